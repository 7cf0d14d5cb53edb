"""Put old months of deliveries away, so that a table that only grows does not slow down what is sent today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import structlog

from pipeline.settings import current
from pipeline.store import locks, periods
from pipeline.store.periods import Place

NOT_OURS = "Run `rounds partitions detach` as the role that owns the tables: this one may not take it out."
BUSY = "Something still reads it. It goes next time."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MonthPutAway:
    """What became of a month that the policy names. `why` is empty where it is away now."""

    first: date
    why: str = ""


def put_away(now: datetime) -> list[MonthPutAway]:
    """Detach the months that are older than `ROUNDS_KEEP_MONTHS`, unless something of them is under way.

    Safe to repeat and to interrupt: what was taken out by halves is finished first, whatever the policy says by then.
    """
    with locks.only_one("put away") as mine:
        if not mine:
            return []
        return [_put_away(month.first, month.place) for month in periods.months() if _is_due(month, now)]


def _is_due(month: periods.Month, now: datetime) -> bool:
    keep = current().keep_months
    old = bool(keep) and month.first < periods.after(periods.period(now), -keep)
    return month.place is Place.LEAVING or (month.place is Place.IN_USE and old)


def _put_away(month: date, place: Place) -> MonthPutAway:
    why = periods.in_the_way(month) if place is Place.IN_USE else None
    if why is None and not periods.ours():
        why = NOT_OURS
    if why is None and not periods.put_away(month):
        why = BUSY
    if why is None:
        log.info("deliveries.put_away", month=f"{month:%Y-%m}")
    return MonthPutAway(month, why or "")
