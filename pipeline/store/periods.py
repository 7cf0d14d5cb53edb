"""The months that deliveries are kept by, one partition each, so that old ones can be put away whole.

All deliveries of one mailing that could meet (the same subscriber, the same mailbox) lie in the same month, or the
unique keys would not hold them apart: the month in which a calendar mailing opened, or in which a member joined a
course; letters lie in the month they were made in.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import connection


def period(moment: datetime) -> date:
    """The month of a moment, as its first day in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


def ready(moment: datetime) -> date:
    """The month of a moment, with a partition to put its rows in."""
    first = period(moment)
    with connection.cursor() as cursor:
        cursor.execute("SELECT make_period(%s)", [first])
    return first


def prepare(now: datetime, ahead: int = 2) -> None:
    """Make the partitions of this month and of the next `ahead`, before anybody has to wait for one."""
    first = period(now)
    for step in range(ahead + 1):
        years, month = divmod(first.month - 1 + step, 12)
        ready(datetime(first.year + years, month + 1, 1, tzinfo=UTC))
