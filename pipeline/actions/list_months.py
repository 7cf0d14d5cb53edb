"""The months that deliveries are kept by: how large each is, where it is, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.settings import current
from pipeline.store import periods
from pipeline.store.periods import Month


@dataclass(frozen=True, slots=True)
class ListedMonth:
    """`leaves_on` is the first day on which the policy puts it away; None: never, or it is away already."""

    month: Month
    leaves_on: date | None


def list_months() -> list[ListedMonth]:
    """The oldest first."""
    keep = current().keep_months
    return [
        ListedMonth(
            month,
            periods.after(month.first, keep + 1) if keep and month.place is not periods.Place.KEPT else None,
        )
        for month in periods.months()
    ]
