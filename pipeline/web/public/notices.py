"""A stored notice as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.consent.notice import paragraphs
from pipeline.store.consent import StoredNotice


@dataclass(frozen=True, slots=True)
class ReadableNotice:
    """The notice, and its words in paragraphs of one line each."""

    notice: StoredNotice
    paragraphs: tuple[str, ...]


def readable(notice: StoredNotice) -> ReadableNotice:
    return ReadableNotice(notice, paragraphs(notice.body_text))
