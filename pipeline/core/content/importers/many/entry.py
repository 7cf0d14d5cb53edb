"""One article of a source that holds many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.core.content.article import Reading
from pipeline.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` is stable from one reading of the source to the next; `changed` is aware and in UTC.

    `outcome` is the refusal where the entry is no article: one bad entry stops no other. Lines in it count from the
    first line of the entry's own text.
    """

    key: str
    title: str
    url: str | None
    changed: datetime | None
    outcome: Reading | BadInput
