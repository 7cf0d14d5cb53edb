"""A stored notice as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pipeline.core.consent.notice import paragraphs
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.settings import current
from pipeline.store import consent
from pipeline.store.consent import StoredNotice


@dataclass(frozen=True, slots=True)
class ReadableNotice:
    """The notice, and its words in paragraphs of one line each."""

    notice: StoredNotice
    paragraphs: tuple[str, ...]


@lru_cache(maxsize=64)
def readable(notice: StoredNotice) -> ReadableNotice:
    return ReadableNotice(notice, paragraphs(notice.body_text))


def in_force(now: datetime) -> list[ReadableNotice]:
    """The notice of each list that can be joined now, in the order of their ids."""
    return [readable(n) for n in sorted(consent.current_notices(now.date()), key=lambda n: n.notice_id)]


def about_opens(now: datetime) -> ReadableNotice | None:
    """The notice of measuring, None while nothing is measured or nobody can say yes to it."""
    found = consent.current_notice(OPEN_TRACKING, now.date()) if current().measure_opens else None
    return readable(found) if found else None
