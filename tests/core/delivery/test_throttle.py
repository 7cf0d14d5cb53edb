"""How fast mail may leave, and what slows it down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.replies import Failure, Reply, Stage, classify
from pipeline.core.delivery.throttle import (
    LEAST_FACTOR,
    ONE_CONNECTION_RATE,
    Signal,
    about_the_route,
    free_again,
    new_pace,
    parse_rate,
    parse_rates,
    put_back,
    quicker,
    refilled,
    signal_of,
    slowed,
    taken,
)
from pipeline.core.errors import BadInput

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

# What may happen to a bucket, in any order, by a clock that jumps anywhere.
steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "put_back", "slower", "stop", "accepted"]),
        st.integers(0, 200),
        st.floats(-1e8, 1e8),  # seconds by which the clock moves: three years either way
    ),
    max_size=30,
)


def after(pace, step, now):
    kind, number, _ = step
    if kind == "take":
        granted, pace = taken(pace, number, now)
        assert 0 <= granted <= number
        return pace
    if kind == "put_back":
        return put_back(pace, number)
    if kind == "accepted":
        return quicker(pace, number)
    return slowed(pace, Signal(kind), now)


@given(st.floats(0.001, 10_000), steps)
def test_tokens_are_never_negative_and_never_above_the_burst(rate: float, steps) -> None:
    pace, now = new_pace(rate, NOW), NOW
    for step in steps:
        now = NOW + timedelta(seconds=step[2])
        pace = after(pace, step, now)
        assert 0 <= pace.tokens <= pace.burst
        assert LEAST_FACTOR <= pace.factor <= 1


@given(st.floats(1, 1_000), st.integers(1, 20))
def test_never_more_leaves_than_the_rate_and_one_burst(rate: float, seconds: int) -> None:
    pace, sent = new_pace(rate, NOW), 0
    for tenth in range(seconds * 10 + 1):
        granted, pace = taken(pace, 10_000, NOW + tenth * SECOND / 10)
        sent += granted
    assert sent <= pace.burst + rate * seconds
    assert sent >= pace.burst + rate * seconds - 2


def test_a_clock_that_jumps_ahead_fills_the_bucket_once() -> None:
    pace = taken(new_pace(20, NOW), 20, NOW)[1]
    granted, pace = taken(pace, 1_000, NOW + timedelta(days=3650))
    assert granted == 20


def test_a_clock_that_goes_back_brings_nothing_and_takes_nothing() -> None:
    pace = taken(new_pace(20, NOW), 5, NOW)[1]
    back = refilled(pace, NOW - timedelta(hours=2))
    assert back.tokens == pace.tokens
    assert taken(back, 100, NOW - timedelta(hours=2))[0] == 15


def test_without_a_rate_everything_goes() -> None:
    assert taken(new_pace(None, NOW), 5_000, NOW)[0] == 5_000


def test_what_waits_for_a_token_is_spread_over_the_time_it_takes() -> None:
    pace = taken(new_pace(20, NOW), 20, NOW)[1]
    assert [free_again(pace, n, NOW) - NOW for n in (0, 19, 39)] == [SECOND / 20, SECOND, 2 * SECOND]


def said(stage: Stage, code: int, text: str = ""):
    return classify(stage, Reply(code, (text,)))


@pytest.mark.parametrize(
    ("outcome", "signal"),
    [
        (said(Stage.DOT, 250, "2.0.0 queued"), Signal.NONE),
        (said(Stage.DOT, 421, "4.7.28 Our system has detected an unusual rate"), Signal.STOP),
        (said(Stage.RCPT, 450, "4.7.28 unusual rate"), Signal.STOP),
        (said(Stage.DOT, 550, "5.7.28 unusual rate"), Signal.STOP),
        (said(Stage.RCPT, 421, "try again later"), Signal.SLOWER),
        (said(Stage.DOT, 421, "4.7.0 [TSS04] temporarily deferred"), Signal.SLOWER),
        (said(Stage.RCPT, 450, "4.7.25 no PTR"), Signal.SLOWER),
        (said(Stage.MAIL, 421, "4.7.0 too many connections"), Signal.SLOWER),
        (said(Stage.MAIL, 421, "that was a hundred messages, goodbye"), Signal.NONE),
        (said(Stage.RCPT, 451, "4.7.1 greylisted, come back in five minutes"), Signal.NONE),
        (said(Stage.RCPT, 421, "4.7.0 Greylisted"), Signal.NONE),
        (said(Stage.RCPT, 450, "4.2.2 mailbox full"), Signal.NONE),
        (said(Stage.RCPT, 550, "5.7.1 policy"), Signal.NONE),
        (classify(Stage.DOT, Failure.LOST), Signal.NONE),
    ],
)
def test_what_asks_for_patience(outcome, signal) -> None:
    assert signal_of(outcome) is signal


def test_what_is_said_before_a_recipient_is_about_the_route() -> None:
    assert about_the_route(said(Stage.MAIL, 421, "4.7.0 slow down"))
    assert not about_the_route(said(Stage.RCPT, 421, "4.7.0 slow down"))


def test_patience_halves_the_rate_and_success_brings_it_back_by_a_twentieth() -> None:
    slow = slowed(new_pace(20, NOW), Signal.SLOWER, NOW)
    assert slow.speed == 10
    assert quicker(slow, 100).speed == pytest.approx(10.5)  # ten seconds of mail at this speed
    assert quicker(slow, 1_000_000).speed == 20


def test_a_slow_pace_grows_by_a_twentieth_for_one_message_and_no_more() -> None:
    slow = slowed(new_pace(1 / 60, NOW), Signal.SLOWER, NOW)
    assert quicker(slow, 1).factor == pytest.approx(0.525)


def test_what_had_no_limit_gets_one_when_patience_is_asked_for() -> None:
    assert slowed(new_pace(None, NOW), Signal.SLOWER, NOW).speed == 10


def test_4_7_28_stops_for_ten_minutes_and_starts_again_as_one_connection() -> None:
    """P-08, as a trace: full speed, the stop, silence, then one a second, and slowly up again."""
    pace, now, sent = new_pace(50, NOW), NOW, []
    for _ in range(10):
        granted, pace = taken(pace, 1_000, now)
        sent.append(granted)
        now += SECOND
    assert sum(sent[1:]) == 9 * 50
    stopped = now
    pace = slowed(pace, signal_of(said(Stage.DOT, 421, "4.7.28 unusual rate")), now)
    trace: list[tuple[float, int]] = []
    while now < stopped + timedelta(hours=2):
        granted, pace = taken(pace, 1_000, now)
        pace = quicker(pace, granted)
        trace.append(((now - stopped).total_seconds(), granted))
        now += SECOND
    assert sum(granted for at, granted in trace if at < 600) == 0, "something left in the ten minutes"
    first_minute = sum(granted for at, granted in trace if 600 <= at < 660)
    assert 30 <= first_minute <= 60 * ONE_CONNECTION_RATE * 1.5
    by_ten_minutes = [
        sum(g for at, g in trace if start <= at < start + 600) for start in range(600, 7200, 600)
    ]
    assert by_ten_minutes == sorted(by_ten_minutes), "it grows, and does not jump"
    assert all(later <= 20 * earlier for earlier, later in pairwise(by_ten_minutes))
    assert pace.factor == 1


def test_a_second_stop_in_the_silence_never_shortens_it() -> None:
    first = slowed(new_pace(50, NOW), Signal.STOP, NOW)
    again = slowed(first, Signal.STOP, NOW - timedelta(hours=1))
    assert again.blocked_until == first.blocked_until


@pytest.mark.parametrize(
    ("text", "rate"), [("20", 20), ("20/s", 20), ("600/min", 10), ("3600/h", 1), ("0.5/s", 0.5)]
)
def test_a_rate_is_read(text: str, rate: float) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "0", "-1", "20/day", "fast", "1e9", "nan", "20 /s/s"])
def test_what_is_not_a_rate_is_told_what_to_write(text: str) -> None:
    with pytest.raises(BadInput, match="Write"):
        parse_rate(text)


def test_rates_are_read_by_name() -> None:
    assert parse_rates("gmail.com=20/s, Outlook.com=600/min") == {"gmail.com": 20, "outlook.com": 10}
    assert parse_rates("50/s relay2=5/s") == {"": 50, "relay2": 5}
    assert parse_rates("") == {}


@pytest.mark.parametrize("text", ["=20/s", "a=1 a=2", "20 30", "gmail.com"])
def test_rates_without_a_name_or_with_two_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="Write"):
        parse_rates(text)
