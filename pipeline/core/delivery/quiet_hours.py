"""Hours in which no newsletter is sent, by each reader's clock. Letters that somebody waits for go at any hour."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.core.errors import BadInput
from pipeline.core.series.cadence import moment

_FORM = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until before `end` by the local clock; over midnight where `end` is the earlier."""

    start: time
    end: time

    def covers(self, wall: time) -> bool:
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def after(self, due: datetime, zone: str) -> datetime:
        """`due` itself (in UTC) if it is not quiet then in `zone`, else the moment at which the quiet ends."""
        where = ZoneInfo(zone)
        local = due.astimezone(where)
        if not self.covers(local.time().replace(tzinfo=None, fold=0)):
            return due.astimezone(UTC)
        over_midnight = self.start > self.end and local.time() >= self.start
        day = local.date() + timedelta(days=1) if over_midnight else local.date()
        end = moment(day, self.end, where)
        # Where the clock goes back over the end, the quiet ends the first time that the clock shows it.
        return max(end, due.astimezone(UTC))

    def __str__(self) -> str:
        return f"{self.start:%H:%M} to {self.end:%H:%M}"


def parse_quiet_hours(text: str) -> QuietHours | None:
    """`22:00-07:00`; nothing for no quiet hours. Raises BadInput."""
    if not text.strip():
        return None
    found = _FORM.fullmatch(text.strip())
    if not found or found.group(1, 2) == found.group(3, 4):
        raise BadInput(f"{text!r} are not quiet hours. Write 22:00-07:00: from, until, and not all day.")
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in found.groups())
    return QuietHours(time(start_hour, start_minute), time(end_hour, end_minute))
