"""How long a list may rest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.core.consent.pause import BY_DATE, last_day, pause_until
from pipeline.core.errors import BadInput

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)  # half past midnight of 1 October in London


@pytest.mark.parametrize(("weeks", "day"), [("4", (10, 29)), ("8", (11, 26)), ("12", (12, 24))])
def test_a_pause_of_weeks_ends_as_a_day_begins_where_the_page_is_read(weeks, day):
    ends = pause_until(weeks, "", NOW, LONDON)
    assert ends.astimezone(UTC) == datetime(
        2026, *day, tzinfo=UTC
    )  # winter time: the clocks changed meanwhile


def test_a_day_of_ones_own_may_lie_half_a_year_ahead_and_no_further():
    assert pause_until(BY_DATE, " 2027-04-01 ", NOW, LONDON).date() == date(2027, 4, 1)
    with pytest.raises(BadInput, match="at most 6 months"):
        pause_until(BY_DATE, "2027-04-02", NOW, LONDON)


@pytest.mark.parametrize("on", ["2026-10-01", "2026-09-30", "0001-01-01"])
def test_a_day_that_is_not_to_come_is_no_end(on):
    with pytest.raises(BadInput, match="still to come"):
        pause_until(BY_DATE, on, NOW, LONDON)


@pytest.mark.parametrize(
    ("choice", "on"),
    [("", ""), ("5", ""), ("520", ""), ("-4", ""), (BY_DATE, ""), (BY_DATE, "soon"), ("date'", "2027-01-01")],
)
def test_anything_else_is_told_what_to_choose(choice, on):
    with pytest.raises(BadInput, match="Choose"):
        pause_until(choice, on, NOW, LONDON)


def test_half_a_year_from_the_end_of_a_long_month_ends_with_the_short_one():
    assert last_day(date(2026, 8, 31)) == date(2027, 2, 28)
