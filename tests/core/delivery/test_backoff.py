"""When a delivery is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.backoff import STEPS, next_attempt, parse_steps
from pipeline.core.errors import BadInput

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATE = NOW + timedelta(hours=48)


@pytest.mark.parametrize(
    ("attempt", "minutes"),
    [(1, 5), (2, 10), (3, 20), (4, 40), (5, 4000 / 60), (6, 4000 / 60), (99, 4000 / 60)],
)
def test_the_wait_doubles_and_then_stays(attempt: int, minutes: float) -> None:
    assert next_attempt(attempt, NOW, LATE, 0.5, greylist=False) == NOW + timedelta(minutes=minutes)


@given(st.integers(1, 50), st.floats(0, 1))
def test_jitter_moves_the_wait_by_a_fifth_at_most(attempt: int, jitter: float) -> None:
    middle = next_attempt(attempt, NOW, LATE, 0.5, greylist=False)
    moved = next_attempt(attempt, NOW, LATE, jitter, greylist=False)
    assert middle is not None
    assert moved is not None
    slack = timedelta(microseconds=2)
    assert 0.8 * (middle - NOW) - slack <= moved - NOW <= 1.2 * (middle - NOW) + slack


@given(st.floats(0, 1))
def test_a_first_greylist_waits_five_to_seven_minutes(jitter: float) -> None:
    moment = next_attempt(1, NOW, LATE, jitter, greylist=True)
    assert moment is not None
    assert timedelta(minutes=5) <= moment - NOW <= timedelta(minutes=7)


def test_a_second_greylist_waits_like_everybody_else() -> None:
    assert next_attempt(2, NOW, LATE, 0.5, greylist=True) == next_attempt(2, NOW, LATE, 0.5, greylist=False)


def test_nothing_is_tried_once_it_has_expired() -> None:
    assert next_attempt(1, NOW, NOW + timedelta(minutes=5), 0.5, greylist=False) is None
    assert next_attempt(1, NOW, NOW + timedelta(minutes=5, seconds=1), 0.5, greylist=False) is not None


@pytest.mark.parametrize(("attempt", "jitter"), [(0, 0.5), (1, -0.1), (1, 1.1)])
def test_a_caller_out_of_range_is_told(attempt: int, jitter: float) -> None:
    with pytest.raises(ValueError, match="attempt_no"):
        next_attempt(attempt, NOW, LATE, jitter, greylist=False)


def test_the_waits_are_read_in_minutes() -> None:
    assert parse_steps("30, 120") == (timedelta(minutes=30), timedelta(hours=2))
    assert parse_steps("") == STEPS


@pytest.mark.parametrize("text", ["0", "-5", "soon", "1.5", "2881", "٣"])
def test_what_are_not_waits_is_told_what_to_write(text: str) -> None:
    with pytest.raises(BadInput, match="Write minutes"):
        parse_steps(text)
