"""Hours in which no newsletter is sent, by each reader's clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.quiet_hours import QuietHours, parse_quiet_hours
from pipeline.core.errors import BadInput

NIGHT = QuietHours(time(22), time(7))
SPAN = (datetime(2026, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001 - Hypothesis adds the zone
ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Apia",
]


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London"))


def test_what_is_due_at_night_waits_for_the_morning() -> None:
    assert NIGHT.after(london("2026-11-24T23:30"), "Europe/London") == london("2026-11-25T07:00")
    assert NIGHT.after(london("2026-11-25T03:00"), "Europe/London") == london("2026-11-25T07:00")


def test_what_is_due_by_day_is_not_moved() -> None:
    due = london("2026-11-24T09:00")
    assert NIGHT.after(due, "Europe/London") == due
    assert NIGHT.after(london("2026-11-24T07:00"), "Europe/London") == london("2026-11-24T07:00")


def test_each_reader_has_their_own_night() -> None:
    due = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # four in the morning in New York
    assert NIGHT.after(due, "America/New_York") == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@given(
    st.datetimes(*SPAN, timezones=st.just(UTC)),
    st.sampled_from(ZONES),
    st.sampled_from([NIGHT, QuietHours(time(12), time(14)), QuietHours(time(23, 30), time(2, 30))]),
)
def test_the_moment_is_never_quiet_never_earlier_and_never_a_day_later(due, zone, quiet) -> None:
    moved = quiet.after(due, zone)
    assert due <= moved <= due + timedelta(hours=26)
    wall = moved.astimezone(ZoneInfo(zone)).time()
    assert not quiet.covers(wall) or moved == due.astimezone(UTC)
    # Where a clock goes back over the end of the quiet, the hour that comes twice is not waited out twice.
    if quiet.covers(wall):
        assert moved.astimezone(ZoneInfo(zone)).fold == 1


def test_they_are_read_and_printed() -> None:
    assert parse_quiet_hours("22:00-07:00") == NIGHT
    assert str(NIGHT) == "22:00 to 07:00"
    assert parse_quiet_hours("") is None


@pytest.mark.parametrize("text", ["22-7", "22:00", "24:00-07:00", "07:00-07:00", "night"])
def test_what_are_not_quiet_hours_is_told_what_to_write(text: str) -> None:
    with pytest.raises(BadInput, match="Write 22:00-07:00"):
        parse_quiet_hours(text)
