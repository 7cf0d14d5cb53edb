"""Give out who is on a list, or whom we must not mail: the one place from which people's data leave in bulk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pipeline.actions.record_audit import record
from pipeline.core.consent.lists.export import (
    ExportedSubscription,
    ExportedSuppression,
    as_data,
    csv_lines,
)
from pipeline.core.errors import NotFound
from pipeline.core.people.audit import Event
from pipeline.store import consent, subscribers


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`purpose` empty: all lists. `suppressions`: the suppression list instead. `bom`: for Excel."""

    purpose: str = ""
    suppressions: bool = False
    as_json: bool = False
    bom: bool = False

    @property
    def digest(self) -> str:
        """What an approval is bound to. Hex SHA-256."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def file_name(self) -> str:
        """It names no list: a list's name may be a topic of health."""
        return (
            f"{'suppressions' if self.suppressions else 'subscribers'}.{'jsonl' if self.as_json else 'csv'}"
        )


def export_subscribers(options: ExportOptions, member: str, now: datetime) -> Iterator[str]:
    """The export line by line, in bounded memory. Raises NotFound before the first for an unknown purpose."""
    if options.purpose and not consent.list_exists(options.purpose):
        known = ", ".join(consent.list_ids()) or "none: run rounds migrate first"
        raise NotFound(f"There is no purpose {options.purpose!r}. Known: {known}.")
    record(
        Event.EXPORT_ENDED,
        member=member,
        about=options.digest[:16],
        outcome="started",
        detail={"digest": options.digest},
    )
    return _lines(options, member)


def _lines(options: ExportOptions, member: str) -> Iterator[str]:
    rows = 0
    outcome = "cut_short"

    def counted() -> Iterator[Any]:
        nonlocal rows
        found = (
            subscribers.exported_suppressions()
            if options.suppressions
            else subscribers.exported(options.purpose)
        )
        for row in found:
            rows += 1
            yield row

    try:
        if options.as_json:
            for row in counted():
                yield json.dumps(as_data(row), ensure_ascii=False, default=_plain) + "\n"
        else:
            kind = ExportedSuppression if options.suppressions else ExportedSubscription
            yield from csv_lines(kind, counted(), bom=options.bom)
        outcome = "done"
    finally:
        record(
            Event.EXPORT_ENDED,
            member=member,
            about=options.digest[:16],
            outcome=outcome,
            detail={"rows": rows},
        )


def _plain(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
