"""Months as a calendar shows them, weeks from Monday, with the issues on their days."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Day:
    """One square. `issues` are the numbers that readers get on it; `past` days cannot be chosen."""

    date: date
    inside: bool
    past: bool
    today: bool
    issues: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    weeks: tuple[tuple[Day, ...], ...]


def months(today: date, issues: Mapping[date, tuple[int, ...]], least: int = 2) -> list[Month]:
    """From this month to that of the last issue; at least `least`, at most a year."""
    last = max([*issues, today + timedelta(days=28 * (least - 1))])
    count = (last.year - today.year) * 12 + last.month - today.month + 1
    shown = []
    for step in range(min(max(count, least), MOST_MONTHS)):
        year, month = today.year + (today.month - 1 + step) // 12, (today.month - 1 + step) % 12 + 1
        weeks = tuple(
            tuple(
                Day(day, day.month == month, day < today, day == today, issues.get(day, ())) for day in week
            )
            for week in Calendar().monthdatescalendar(year, month)
        )
        shown.append(Month(date(year, month, 1).strftime("%B %Y"), weeks))
    return shown
