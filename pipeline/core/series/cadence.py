"""When a series goes out: a rule in local time, turned into moments in UTC (delivery design, B6).

A rule names a wall-clock time, and a zone says which moment that is on a given date: *the first moment at
which the local clock shows it or later*. So an hour that is skipped in spring falls on the moment the clock
jumps, and an hour that comes twice in autumn counts once, the first time. A week is seven local days, not
168 hours.

Moments go in and come out as aware datetimes in UTC. Nothing here asks what time it is.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from pipeline.core.errors import BadInput

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = timedelta(days=1)


@functools.cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def check_zone(name: str, place: str = "") -> str:
    """`name` if it is a zone of the IANA database. Raises BadInput with the nearest names."""
    if name in _zone_names():
        return name
    by_folded = {zone.casefold(): zone for zone in _zone_names()}
    near = difflib.get_close_matches(name.strip().replace(" ", "_").casefold(), by_folded, n=3, cutoff=0.6)
    hint = f"Did you mean {' or '.join(by_folded[zone] for zone in near)}?" if near else ""
    raise BadInput(
        f'There is no time zone "{name}". {hint or "Use a name such as Europe/London."}', place=place
    )


@dataclass(frozen=True, slots=True)
class Cadence:
    """A slot a week, or a slot a day where `weekday` is None. 0 is Monday.

    `at` is local time, to the minute. `zone` is the sender's zone for everyone, or None for each
    subscriber's own.
    """

    weekday: int | None
    at: time
    zone: str | None = None

    def __post_init__(self) -> None:
        if self.weekday is not None and not 0 <= self.weekday <= 6:
            raise BadInput(f"A weekday is a number from 0 (Monday) to 6 (Sunday), not {self.weekday}.")
        if self.at.tzinfo is not None or self.at.second or self.at.microsecond:
            raise BadInput(f"A cadence has a local time in hours and minutes, such as 08:00, not {self.at}.")
        if self.zone is not None:
            check_zone(self.zone)

    @property
    def days(self) -> int:
        """Local days from one slot to the next."""
        return 1 if self.weekday is None else 7

    def in_words(self) -> str:
        """Such as `every Tuesday at 08:00, Europe/London`."""
        day = "every day" if self.weekday is None else f"every {WEEKDAYS[self.weekday]}"
        return f"{day} at {self.at:%H:%M}, {self.zone or 'in the time zone of each subscriber'}"


def zone_of(cadence: Cadence, zone: str | None) -> ZoneInfo:
    """The zone that counts: the sender's where the cadence names one, else `zone`, the subscriber's."""
    name = cadence.zone or zone
    if name is None:
        raise BadInput("This cadence follows the time zone of each subscriber, and none was given.")
    return ZoneInfo(check_zone(name))


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, at which the clock of `zone` shows `at` on `day` or later."""
    wall = datetime.combine(day, at.replace(fold=0))
    found = wall.replace(tzinfo=zone).astimezone(UTC)  # fold=0: the first of two
    if _wall(found, zone) == wall:
        return found
    # The clock jumps over `wall`. It jumps somewhere between the two readings of that time, to the second.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = 0, int((found - early).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if _wall(early + timedelta(seconds=middle), zone) >= wall:
            high = middle
        else:
            low = middle + 1
    return early + timedelta(seconds=low)


def next_slot(cadence: Cadence, zone: str | None, after: datetime) -> datetime:
    """The first slot strictly after the aware moment `after`."""
    return next(_moments_after(cadence, zone_of(cadence, zone), after))


def slots(cadence: Cadence, zone: str | None, start: datetime, count: int) -> tuple[datetime, ...]:
    """The first `count` slots strictly after `start`, each later than the one before."""
    coming = _moments_after(cadence, zone_of(cadence, zone), start)
    return tuple(next(coming) for _ in range(count))


def occurrence_key(cadence: Cadence, slot: datetime, zone: str | None) -> str:
    """The name of a slot, such as `2026-11-24T08:00`: the local date and time it was meant for.

    One name for each slot of a cadence and zone, so that a unique column lets each fire once. The date is
    the one meant even where the clock jumps over that whole day (Apia, 30 December 2011). Raises ValueError
    for a moment that is not a slot.
    """
    where = zone_of(cadence, zone)
    shown = slot.astimezone(where).date()
    for day in (shown, shown - _DAY):
        if _is_slot_day(cadence, day) and moment(day, cadence.at, where) == slot:
            return f"{day.isoformat()}T{cadence.at:%H:%M}"
    raise ValueError(f"{slot.isoformat()} is not a slot of a cadence {cadence.in_words()}")


def calendar_due(cadence: Cadence, zone_of_subscriber: str | None, first_date: date, number: int) -> datetime:
    """When issue `number` (from 1) is due in a zone, for a campaign whose first issue is on or after `first_date`.

    Everybody has issue n on the same local date.
    """
    day = issue_date(cadence, first_date, number)
    return moment(day, cadence.at, zone_of(cadence, zone_of_subscriber))


def issue_date(cadence: Cadence, first_date: date, number: int) -> date:
    """The local date of issue `number` (from 1): the slot days from `first_date` on, counted."""
    if number < 1:
        raise ValueError("issues are numbered from 1")
    return _slot_day_from(cadence, first_date) + (number - 1) * cadence.days * _DAY


def course_first(cadence: Cadence, zone: str | None, joined: datetime, days: int = 1) -> datetime:
    """When a course starts: the first slot at least `days` local days after joining, and never before it.

    With the default of 1 that is always within the seven days after the day of joining, and never the same day.
    """
    found = _slot_from(cadence, zone, joined, days)
    return found if found >= joined else next_slot(cadence, zone, joined)


def course_next(cadence: Cadence, zone: str | None, joined_or_last: datetime) -> datetime:
    """When the next issue of a course is due, after the one of the moment `joined_or_last`.

    At least seven local days later (P-07), or one for a daily cadence, however late that one went out. For
    somebody who has had no issue yet, `course_first` answers sooner.
    """
    return _slot_from(cadence, zone, joined_or_last, cadence.days)


def _slot_from(cadence: Cadence, zone: str | None, start: datetime, days: int) -> datetime:
    where = zone_of(cadence, zone)
    earliest = start.astimezone(where).date() + days * _DAY
    return moment(_slot_day_from(cadence, earliest), cadence.at, where)


def _moments_after(cadence: Cadence, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    if after.tzinfo is None:
        raise ValueError("a moment needs its offset: pass an aware datetime")
    # Two days back: a slot meant for yesterday may still be ahead where the clock jumped over yesterday.
    day = _slot_day_from(cadence, after.astimezone(zone).date() - 2 * _DAY)
    last = after
    while True:
        found = moment(day, cadence.at, zone)
        if found > last:
            yield found
            last = found
        day += cadence.days * _DAY


def _slot_day_from(cadence: Cadence, day: date) -> date:
    """The first day, from `day` on, that has a slot."""
    if cadence.weekday is None:
        return day
    return day + (cadence.weekday - day.weekday()) % 7 * _DAY


def _is_slot_day(cadence: Cadence, day: date) -> bool:
    return cadence.weekday is None or day.weekday() == cadence.weekday


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
