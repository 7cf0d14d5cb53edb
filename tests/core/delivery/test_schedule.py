"""What was asked for, as moments: the same for the page that shows them and the campaign that keeps them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.schedule import Timing, calendar_slots, course_slots
from pipeline.core.errors import BadInput

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday
LONDON = "Europe/London"


def timing(**more: object) -> Timing:
    asked = {"weekday": 3, "at": time(8), "zone": LONDON, "home_zone": LONDON, "start": date(2026, 12, 1)}
    return Timing(**{**asked, **more})  # type: ignore[arg-type]


def test_issues_come_week_by_week_from_the_first_slot_on():
    slots = calendar_slots(timing(), range(1, 4), NOW)
    assert [slot.local_date for slot in slots] == [date(2026, 12, 3), date(2026, 12, 10), date(2026, 12, 17)]
    assert slots[0].due_at == datetime(2026, 12, 3, 8, 0, tzinfo=UTC)


def test_started_at_once_the_next_issue_comes_a_week_later_at_least():
    slots = calendar_slots(timing(start=None), (1, 2, 3), NOW)
    assert (slots[0].due_at, slots[0].local_date) == (NOW, date(2026, 11, 24))
    assert [slot.local_date for slot in slots[1:]] == [date(2026, 12, 3), date(2026, 12, 10)]


def test_in_each_readers_own_zone_an_issue_opens_where_the_day_begins():
    [slot] = calendar_slots(timing(zone=None), (1,), NOW)
    assert slot.local_date == date(2026, 12, 3)
    assert slot.due_at == datetime(2026, 12, 2, 18, 0, tzinfo=UTC)  # 08:00 in Kiritimati


def test_a_day_that_is_over_is_refused():
    with pytest.raises(BadInput, match="that day is over"):
        calendar_slots(timing(start=date(2026, 11, 23)), (1,), NOW)


def test_today_is_the_day_of_the_zone_that_counts():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # already Wednesday in Tokyo
    with pytest.raises(BadInput, match="Today is 2026-11-25"):
        timing(zone="Asia/Tokyo", start=date(2026, 11, 24)).first_day(late)


def test_without_a_weekday_the_first_day_names_it():
    assert timing(weekday=None).cadence(NOW).weekday == 1
    assert timing(weekday=None, start=None).cadence(NOW).weekday == 1


def test_without_a_time_it_is_now_or_nine():
    assert timing(at=None).cadence(NOW).at == time(9)
    assert timing(at=None, start=None).cadence(NOW.replace(minute=42, second=7)).at == time(9, 42)


def test_every_day_is_every_day():
    slots = calendar_slots(timing(every_day=True), (1, 2, 3), NOW)
    assert [slot.local_date.day for slot in slots] == [1, 2, 3]


def test_a_course_starts_on_its_first_slot_and_keeps_its_week():
    slots = course_slots(timing(), (1, 2), NOW)
    assert [slot.local_date for slot in slots] == [date(2026, 12, 3), date(2026, 12, 10)]


def test_a_course_that_starts_at_once_leaves_a_whole_week():
    slots = course_slots(timing(start=None), (1, 2), NOW)
    assert slots[0].due_at == NOW
    assert slots[1].local_date == date(2026, 12, 3)


@pytest.mark.holds("P-07")
@given(
    weekday=st.none() | st.integers(0, 6),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    zone=st.sampled_from([None, LONDON, "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe"]),
    days=st.none() | st.integers(0, 400),
    every_day=st.booleans(),
)
def test_no_two_issues_share_a_day_and_none_is_due_before_now(weekday, at, zone, days, every_day):
    start = None if days is None else NOW.date() + timedelta(days=days + 1)
    asked = timing(weekday=weekday, at=at, zone=zone, start=start, every_day=every_day)
    slots = calendar_slots(asked, range(1, 7), NOW)
    assert len({slot.local_date for slot in slots}) == 6
    assert [slot.due_at for slot in slots] == sorted({slot.due_at for slot in slots})
    assert asked.starts_at(NOW) == slots[0].due_at
