"""When each issue of a campaign is due: what was asked for, turned into moments, before anything is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.core.errors import BadInput
from pipeline.core.series.cadence import (
    Cadence,
    calendar_due,
    check_zone,
    course_first,
    course_next,
    issue_date,
)

EVERYWHERE_FIRST = "Pacific/Kiritimati"  # UTC+14: where a day begins
NINE = time(9)
GRACE = timedelta(hours=2)  # later than this after its moment, a person decides about an issue (G12)


@dataclass(frozen=True, slots=True)
class Timing:
    """What was asked for. `weekday` None: the weekday of the first day. `start` None: at once.

    `zone` None means each subscriber's own zone; `home_zone` serves those whose zone is not known.
    """

    weekday: int | None
    at: time | None
    zone: str | None
    home_zone: str
    start: date | None
    every_day: bool = False

    def first_day(self, now: datetime) -> date:
        """The local date from which slots count. Raises BadInput for a day that is over."""
        today = now.astimezone(self._clock()).date()
        if self.start is not None and self.start < today:
            raise BadInput(
                f"The campaign cannot start on {self.start}: that day is over. Today is {today}.", field="day"
            )
        return self.start or today

    def cadence(self, now: datetime) -> Cadence:
        """Without a weekday the first day names it; without a time it is now, or nine in the morning."""
        weekday = self.first_day(now).weekday() if self.weekday is None else self.weekday
        local = now.astimezone(self._clock()).time().replace(second=0, microsecond=0, tzinfo=None, fold=0)
        return Cadence(
            None if self.every_day else weekday, self.at or (NINE if self.start else local), self.zone
        )

    def starts_at(self, now: datetime) -> datetime:
        """When the campaign begins to run: now, or the moment its first slot comes anywhere."""
        return now if self.start is None else calendar_opens(self.cadence(now), self.first_day(now), 1)

    def _clock(self) -> ZoneInfo:
        return ZoneInfo(check_zone(self.zone or self.home_zone))


@dataclass(frozen=True, slots=True)
class Slot:
    """One issue's turn: `due_at` is when it opens, `local_date` the day its readers see."""

    number: int
    due_at: datetime
    local_date: date


def calendar_opens(cadence: Cadence, first: date, place: int) -> datetime:
    """When the slot `place` (from 1) opens; in each subscriber's own zone, when its moment first comes anywhere."""
    return calendar_due(cadence, EVERYWHERE_FIRST, first, place)


def calendar_slots(timing: Timing, numbers: Iterable[int], now: datetime) -> list[Slot]:
    """The turns of a calendar campaign. After an issue sent at once, the next comes a whole cadence later at least."""
    cadence, first = timing.cadence(now), timing.first_day(now)
    at_once = timing.start is None
    slots = []
    for number in numbers:
        if at_once and number == 1:
            slots.append(Slot(1, now, first))
            continue
        start, place = (first + timedelta(cadence.days), number - 1) if at_once else (first, number)
        slots.append(Slot(number, calendar_opens(cadence, start, place), issue_date(cadence, start, place)))
    return slots


def course_slots(timing: Timing, numbers: Iterable[int], now: datetime) -> list[Slot]:
    """The turns of a course for a reader who is on the list already and lives in the home zone."""
    cadence, zone = timing.cadence(now), timing.zone or timing.home_zone
    at_once = timing.start is None
    due = now if at_once else course_first(cadence, zone, timing.starts_at(now), days=0)
    slots = []
    for number in numbers:
        slots.append(Slot(number, due, due.astimezone(ZoneInfo(zone)).date()))
        due = course_next(cadence, zone, due)
    return slots
