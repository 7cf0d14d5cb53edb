"""The suppression list for people: masked, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipeline.core.address import masked, parse
from pipeline.core.consent.suppression import Reason
from pipeline.store import suppressions

PAGE = 50


@dataclass(frozen=True, slots=True)
class ShownSuppression:
    """`shown` is the masked address; empty where only the keyed hash is known."""

    shown: str
    person: UUID | None
    scope: str
    reason: Reason
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SuppressionPage:
    rows: tuple[ShownSuppression, ...]
    counts: dict[Reason, int]
    number: int
    reason: Reason | None

    @property
    def total(self) -> int:
        """How many the choice has, on all pages."""
        return self.counts.get(self.reason, 0) if self.reason else sum(self.counts.values())

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


def list_suppressions(number: int, now: datetime, reason: Reason | None = None) -> SuppressionPage:
    """`number` counts from 1; one beyond the last page is the last."""
    counts = suppressions.counts(now)
    asked = SuppressionPage((), counts, max(1, number), reason)
    number = min(asked.number, asked.last)
    rows = tuple(
        ShownSuppression(
            masked(parse(one.address)) if one.address else "",
            one.person,
            one.scope,
            one.reason,
            one.since,
            one.until,
        )
        for one in suppressions.page(number, PAGE, now, reason)
    )
    return SuppressionPage(rows, counts, number, reason)
