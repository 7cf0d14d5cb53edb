"""What we write for others: who is on our lists, and by what right; and whom we must not mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pipeline.core.consent.lists import cells

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class ExportedSubscription:
    """One person's standing for one list, in the order of the columns. `since` is aware, in UTC."""

    address: str
    given_name: str
    zone: str
    list: str
    status: str
    since: datetime
    notice_id: str
    notice_version: int | None
    evidence_grade: str


@dataclass(frozen=True, slots=True)
class ExportedSuppression:
    """A mailbox that is not to be written to, by its keyed hash in hex: with our key it is found, and never read."""

    address_key: str
    scope: str
    reason: str


def csv_lines(
    kind: type[ExportedSubscription] | type[ExportedSuppression], rows: Iterable[Any], *, bom: bool
) -> Iterator[str]:
    """A header and a line for each row (RFC 4180), every cell safe in a spreadsheet. `bom`: as Excel needs it."""
    names = [each.name for each in fields(kind)]
    yield (BOM if bom else "") + cells.line(names)
    for row in rows:
        yield cells.line([_text(getattr(row, name)) for name in names])


def as_data(row: Any) -> dict[str, Any]:
    """One row for a program, as it is: no cell is changed."""
    return {each.name: getattr(row, each.name) for each in fields(row)}


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
