"""Pausing a list: a choice and no withdrawal, so that it has an end and consent stands meanwhile."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta, tzinfo

from pipeline.core.errors import BadInput

WEEKS = (4, 8, 12)  # what the page offers by a button
LONGEST_MONTHS = 6
BY_DATE = "date"


def pause_until(choice: str, on: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment at which a pause ends: the first of a day in `zone`.

    `choice` is a number of weeks out of WEEKS, or BY_DATE with the day in `on` (ISO 8601, e.g. `2027-03-01`). Raises
    BadInput with a sentence.
    """
    today = now.astimezone(zone).date()
    if choice == BY_DATE:
        return _begins(_day(on, today), zone)
    if choice not in {str(weeks) for weeks in WEEKS}:
        raise BadInput("Choose how long the pause should be: 4, 8 or 12 weeks, or a date.")
    return _begins(today + timedelta(weeks=int(choice)), zone)


def last_day(today: date) -> date:
    """The latest day on which a pause may end."""
    year, month = divmod(today.month - 1 + LONGEST_MONTHS, 12)
    year, month = today.year + year, month + 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def _day(on: str, today: date) -> date:
    try:
        day = date.fromisoformat(on.strip())
    except ValueError:
        raise BadInput("Choose the day on which the emails should start again.") from None
    if day <= today:
        raise BadInput("Choose a day that is still to come.")
    if day > last_day(today):
        raise BadInput(
            f"A pause lasts at most {LONGEST_MONTHS} months. Choose an earlier day, or stop the list: you can sign up"
            " again at any time."
        )
    return day


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)
