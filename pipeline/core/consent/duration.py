"""Durations as ISO 8601 writes them: `P24M`, `P2Y`, `P6W`, `P1Y30D`. No hours: nothing here is that short."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_FORM = re.compile(r"P(?=\d)(?:(\d{1,2})Y)?(?:(\d{1,3})M)?(?:(\d{1,3})W)?(?:(\d{1,4})D)?", re.ASCII)
DAYS_A_MONTH = 30.436875  # of the Gregorian calendar, on average


@dataclass(frozen=True, slots=True)
class Duration:
    """`text` is as it was written."""

    text: str
    months: int
    days: int

    def after(self, moment: datetime) -> datetime:
        """So much later. A month from 31 January is the last day of February."""
        number = moment.year * 12 + moment.month - 1 + self.months
        year, month = divmod(number, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day) + timedelta(days=self.days)

    @property
    def in_days(self) -> float:
        """About how many, to tell the longer of two."""
        return self.months * DAYS_A_MONTH + self.days

    @property
    def in_words(self) -> str:
        """`24 months`, `6 months and 3 days`."""
        parts = [(self.months, "month"), (self.days, "day")]
        return " and ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)


def parse(text: str) -> Duration:
    """ValueError for anything else, and for no time at all."""
    found = _FORM.fullmatch(text)
    years, months, weeks, days = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    made = Duration(text, years * 12 + months, weeks * 7 + days)
    if not made.months and not made.days:
        raise ValueError(f"{text!r} is no duration such as P24M")
    return made
