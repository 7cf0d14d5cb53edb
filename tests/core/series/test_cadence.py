from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import BadInput
from pipeline.core.series.cadence import (
    Cadence,
    calendar_due,
    check_zone,
    course_first,
    course_next,
    issue_date,
    next_slot,
    occurrence_key,
    slots,
)

LONDON = "Europe/London"
ZONES = [
    LONDON,
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Pacific/Apia",
]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(at, zone=None):
    return Cadence(None, time.fromisoformat(at), zone)


def weekly(weekday, at, zone=None):
    return Cadence(weekday, time.fromisoformat(at), zone)


# (zone, the wall time meant, the moment it falls on). The clock changes were read off the zone database
# with `zdump`.
SKIPPED = [
    (LONDON, "2026-03-29", "01:30", "2026-03-29T01:00"),
    ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00"),
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30"),  # half an hour is skipped
    ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:00"),  # midnight itself is skipped
    ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:00"),
    ("Pacific/Apia", "2011-12-30", "10:00", "2011-12-30T10:00"),  # the whole day is skipped
]
REPEATED = [
    (LONDON, "2026-10-25", "01:30", "2026-10-25T00:30"),
    ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
    ("Africa/Cairo", "2026-10-29", "23:30", "2026-10-29T20:30"),
    ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30"),
]


@pytest.mark.parametrize(("zone", "day", "at", "expected"), SKIPPED)
def test_an_hour_that_is_skipped_falls_on_the_next_valid_moment(zone, day, at, expected):
    before = utc(expected) - timedelta(hours=12)
    assert next_slot(daily(at), zone, before) == utc(expected)
    assert occurrence_key(daily(at), utc(expected), zone) == f"{day}T{at}"


@pytest.mark.parametrize(("zone", "day", "at", "expected"), REPEATED)
def test_an_hour_that_comes_twice_counts_once(zone, day, at, expected):
    first, second = slots(daily(at), zone, utc(expected) - timedelta(hours=12), 2)
    assert first == utc(expected)
    assert second.astimezone(ZoneInfo(zone)).date() > date.fromisoformat(day)
    assert occurrence_key(daily(at), first, zone) == f"{day}T{at}"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", ["00:00", "00:30", "01:30", "02:15", "02:30", "08:00", "23:30"])
def test_a_year_of_days_has_one_slot_each_and_no_key_twice(zone, at):
    year = slots(daily(at), zone, datetime(2025, 12, 31, tzinfo=UTC), 366)
    keys = [occurrence_key(daily(at), slot, zone) for slot in year]
    days = [date.fromisoformat(key[:10]) for key in keys]
    assert all(later - sooner == timedelta(days=1) for sooner, later in pairwise(days))


def test_the_day_that_apia_skipped_is_sent_once_when_its_slot_meets_the_next():
    days = slots(daily("00:00"), "Pacific/Apia", utc("2011-12-28T12:00"), 3)
    keys = [occurrence_key(daily("00:00"), slot, "Pacific/Apia") for slot in days]
    assert keys == ["2011-12-29T00:00", "2011-12-31T00:00", "2012-01-01T00:00"]


def test_a_slot_is_strictly_after_the_moment_asked():
    tuesday = weekly(1, "08:00", LONDON)
    assert next_slot(tuesday, None, utc("2026-11-24T07:59:59")) == utc("2026-11-24T08:00")
    assert next_slot(tuesday, None, utc("2026-11-24T08:00")) == utc("2026-12-01T08:00")


def test_a_week_is_seven_local_days_and_not_168_hours():
    before, after = slots(weekly(6, "08:00"), LONDON, utc("2026-10-17T12:00"), 2)
    assert after - before == timedelta(days=7, hours=1)
    assert [slot.astimezone(ZoneInfo(LONDON)).hour for slot in (before, after)] == [8, 8]


def test_the_sender_s_zone_wins_over_the_subscriber_s():
    assert next_slot(weekly(1, "08:00", LONDON), "Pacific/Apia", utc("2026-11-23T12:00")) == utc(
        "2026-11-24T08:00"
    )
    assert next_slot(weekly(1, "08:00"), "Pacific/Apia", utc("2026-11-23T12:00")) == utc("2026-11-23T19:00")


def test_without_any_zone_there_is_no_slot():
    with pytest.raises(BadInput, match="none was given"):
        next_slot(weekly(1, "08:00"), None, utc("2026-11-23T12:00"))


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        next_slot(daily("08:00"), LONDON, datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_moment_that_is_not_a_slot_has_no_key():
    with pytest.raises(ValueError, match="not a slot"):
        occurrence_key(weekly(1, "08:00", LONDON), utc("2026-11-25T08:00"), None)


def test_a_leap_day_is_a_day_like_any_other():
    assert [slot.date() for slot in slots(daily("08:00"), "UTC", utc("2028-02-27T12:00"), 3)] == [
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
    ]
    assert issue_date(weekly(1, "08:00"), date(2028, 2, 29), 2) == date(2028, 3, 7)


def test_a_week_crosses_the_end_of_the_year():
    assert slots(weekly(3, "23:59"), LONDON, utc("2026-12-31T23:58:59"), 2) == (
        utc("2026-12-31T23:59"),
        utc("2027-01-07T23:59"),
    )


def test_issue_n_is_due_in_week_n_on_one_local_date_everywhere():
    for zone in ZONES:
        due = [calendar_due(weekly(1, "08:00"), zone, date(2026, 11, 24), n) for n in (1, 2, 7)]
        assert [d.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for d in due] == [
            datetime(2026, 11, 24, 8),  # noqa: DTZ001
            datetime(2026, 12, 1, 8),  # noqa: DTZ001
            datetime(2027, 1, 5, 8),  # noqa: DTZ001
        ]


def test_a_first_date_on_another_weekday_waits_for_the_slot():
    assert issue_date(weekly(1, "08:00"), date(2026, 11, 25), 1) == date(2026, 12, 1)
    assert issue_date(daily("08:00"), date(2026, 11, 25), 3) == date(2026, 11, 27)
    with pytest.raises(ValueError, match="numbered from 1"):
        issue_date(daily("08:00"), date(2026, 11, 25), 0)


def test_a_course_starts_within_the_week_after_joining_and_never_the_same_day():
    tuesday = weekly(1, "08:00")
    for hour in range(24 * 7):
        joined = utc("2026-11-23T00:00") + timedelta(hours=hour)
        wait = course_first(tuesday, LONDON, joined).date() - joined.date()
        assert timedelta(days=1) <= wait <= timedelta(days=7)
    assert course_first(tuesday, LONDON, utc("2026-11-24T07:00")) == utc("2026-12-01T08:00")


def test_a_course_that_may_start_on_the_day_of_joining_never_starts_before_it():
    tuesday = weekly(1, "08:00")
    for joined, starts in [
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
        ("2026-11-24T08:01", "2026-12-01T08:00"),
    ]:
        assert course_first(tuesday, LONDON, utc(joined), days=0) == utc(starts)


def test_a_late_issue_pushes_the_next_one_a_full_week_away():
    tuesday = weekly(1, "08:00")
    assert course_next(tuesday, LONDON, utc("2026-11-24T08:03")) == utc("2026-12-01T08:00")
    assert course_next(tuesday, LONDON, utc("2026-11-26T10:00")) == utc("2026-12-08T08:00")
    assert course_next(daily("08:00"), LONDON, utc("2026-11-26T10:00")) == utc("2026-11-27T08:00")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Londn", "Did you mean Europe/London"),
        ("europe/london", "Did you mean Europe/London"),
        ("America/New York", "Did you mean America/New_York"),
        ("Europe", "time zone"),
        ("../../etc/passwd", "Use a name such as Europe/London"),
        ("", "Use a name such as Europe/London"),
    ],
)
def test_a_zone_that_is_not_one_is_refused_with_the_nearest_name(name, hint):
    with pytest.raises(BadInput, match=hint):
        check_zone(name)


def test_a_cadence_out_of_range_is_refused():
    with pytest.raises(BadInput, match="from 0"):
        weekly(7, "08:00")
    with pytest.raises(BadInput, match="hours and minutes"):
        weekly(1, "08:00:30")
    with pytest.raises(BadInput, match="no time zone"):
        weekly(1, "08:00", "Mars/Olympus")


def test_a_cadence_reads_as_a_sentence():
    assert weekly(1, "08:00", LONDON).in_words() == "every Tuesday at 08:00, Europe/London"
    assert daily("18:30").in_words() == "every day at 18:30, in the time zone of each subscriber"


# The model: walk the real minutes one by one and look at the clock on the wall.
def first_minute_showing(day, at, zone):
    wanted = datetime.combine(day, at)
    minute = wanted.replace(tzinfo=UTC) - timedelta(hours=27)
    while minute.astimezone(zone).replace(tzinfo=None) < wanted:
        minute += timedelta(minutes=1)
    return minute


def nights_of_change(name, years):
    """UTC dates on which the clock of a zone changes."""
    zone, found = ZoneInfo(name), []
    for day in range(366 * len(years)):
        noon = datetime(years[0], 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        if noon.astimezone(zone).utcoffset() != (noon - timedelta(days=1)).astimezone(zone).utcoffset():
            found.append(noon.date())
    return found


NIGHTS = [(name, night) for name in ZONES[:5] for night in nights_of_change(name, range(2026, 2028))]
NIGHTS += [("Pacific/Apia", night) for night in nights_of_change("Pacific/Apia", range(2011, 2013))]


def test_the_nights_of_change_are_really_among_those_tested():
    assert {name for name, _ in NIGHTS} == set(ZONES)
    assert len(NIGHTS) >= 4 * len(ZONES)


@settings(max_examples=60, deadline=None)
@given(
    night=st.sampled_from(NIGHTS),
    offset=st.integers(-2, 2),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_a_slot_is_the_first_minute_at_which_the_wall_clock_shows_it(night, offset, at):
    name, day = night[0], night[1] + timedelta(days=offset)
    expected = first_minute_showing(day, at, ZoneInfo(name))
    assert calendar_due(Cadence(None, at), name, day, 1) == expected
    assert next_slot(Cadence(None, at), name, expected - timedelta(seconds=1)) == expected


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    weekday=st.none() | st.integers(0, 6),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    start=st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_slots_rise_keep_their_weekday_and_have_keys_of_their_own(zone, weekday, at, start):
    cadence = Cadence(weekday, at)
    found = slots(cadence, zone, start, 8)
    keys = [occurrence_key(cadence, slot, zone) for slot in found]
    assert all(slot.tzinfo is UTC and slot > start for slot in found)
    assert len(set(keys)) == 8
    assert keys == sorted(keys)
    if weekday is not None:
        assert all(date.fromisoformat(key[:10]).weekday() == weekday for key in keys)
    assert found[1] == next_slot(cadence, zone, found[0])


@pytest.mark.holds("P-07")
@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    start=st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_no_two_issues_of_a_weekly_course_are_less_than_seven_local_days_apart(zone, weekday, start):
    cadence, last = Cadence(weekday, time(8)), start
    for _ in range(4):
        coming = course_next(cadence, zone, last)
        apart = coming.astimezone(ZoneInfo(zone)).date() - last.astimezone(ZoneInfo(zone)).date()
        assert timedelta(days=7) <= apart <= timedelta(days=13)
        last = coming
