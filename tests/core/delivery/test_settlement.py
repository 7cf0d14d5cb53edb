"""Where the outcome of an attempt leaves a delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.replies import Failure, Reply, Stage, classify
from pipeline.core.delivery.settlement import settlement

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATE = NOW + timedelta(hours=48)


def settled(stage: Stage, answer: Reply | Failure, attempt_no: int = 1, expires_at: datetime = LATE):
    return settlement(attempt_no, expires_at, classify(stage, answer), NOW, jitter=0.5)


@pytest.mark.parametrize(
    ("stage", "answer", "state"),
    [
        (Stage.DOT, Reply(250, ("2.0.0 queued as 4fA",)), DeliveryState.ACCEPTED),
        (Stage.DOT, Reply(251), DeliveryState.ACCEPTED),
        (Stage.DOT, Reply(554), DeliveryState.FAILED),
        (Stage.DOT, Reply(451), DeliveryState.QUEUED),
        (Stage.DOT, Failure.LOST, DeliveryState.UNKNOWN),
        (Stage.DOT, Failure.TIMEOUT, DeliveryState.UNKNOWN),
        (Stage.RCPT, Reply(550, ("5.1.1 no such user",)), DeliveryState.FAILED),
        (Stage.RCPT, Reply(450), DeliveryState.QUEUED),
        (Stage.DATA, Failure.LOST, DeliveryState.QUEUED),
        (Stage.BODY, Failure.TIMEOUT, DeliveryState.QUEUED),
    ],
)
def test_the_state_follows_stage_and_answer(stage, answer, state):
    assert settled(stage, answer).state == state


def test_only_an_unknown_outcome_counts_as_ambiguous():
    assert settled(Stage.DOT, Failure.LOST).ambiguous
    assert not settled(Stage.DATA, Failure.LOST).ambiguous


def waits(stage: Stage, answer: Reply | Failure, attempts: int) -> list[float]:
    ends = [settled(stage, answer, attempt_no=n) for n in range(1, attempts + 1)]
    return [(end.next_attempt_at - NOW).total_seconds() for end in ends]


def test_a_connection_that_the_server_closes_costs_its_message_no_wait():
    """C4, row 49: 421 after a hundred messages, or after one. A new connection may do at once."""
    assert waits(Stage.MAIL, Reply(421), 16) == [0] * 16


def test_a_message_on_which_every_connection_ends_waits_like_any_other_in_the_end():
    assert waits(Stage.MAIL, Reply(421), 18)[16:] == [300, 600]
    assert waits(Stage.DATA, Reply(421), 8) == [0, 0, 0, 300, 600, 1200, 2400, 4000]
    assert waits(Stage.BODY, Failure.LOST, 8) == [5, 10, 15, 300, 600, 1200, 2400, 4000]


def test_the_trace_of_a_server_that_defers_for_two_days():
    """M-25: five tries in the first hour and a half, then about one an hour, and no more after 48 hours."""
    now, times, attempt = NOW, [], 0
    while True:
        attempt += 1
        end = settlement(attempt, LATE, classify(Stage.RCPT, Reply(452, ("4.2.2 full",))), now, jitter=0.5)
        if end.next_attempt_at is None:
            break
        times.append(now := end.next_attempt_at)
    assert (end.state, end.reason) == (DeliveryState.FAILED, "gave_up")
    gaps = [
        (later - earlier).total_seconds() / 60 for earlier, later in zip([NOW, *times], times, strict=False)
    ]
    assert gaps[:5] == [5, 10, 20, 40, pytest.approx(66.7, abs=0.1)]
    assert all(gap * 0.8 >= 30 for gap in gaps[3:]), "from the fourth on, thirty minutes at the least"
    assert times[-1] < LATE
    assert 40 <= len(times) <= 48


def test_greylisting_is_met_with_the_second_try():
    """C4, row 39: 451 for the first five minutes."""
    end = settled(Stage.RCPT, Reply(451, ("4.7.1 come back in five minutes",)))
    assert timedelta(minutes=5) <= end.next_attempt_at - NOW <= timedelta(minutes=7)


def test_the_waits_can_be_set():
    end = settlement(
        2, LATE, classify(Stage.DOT, Reply(451)), NOW, 0.5, steps=[timedelta(minutes=30), timedelta(hours=2)]
    )
    assert end.next_attempt_at == NOW + timedelta(hours=2)


def test_a_retry_that_would_come_too_late_gives_up():
    end = settled(Stage.DOT, Reply(451), expires_at=NOW + timedelta(minutes=1))
    assert (end.state, end.reason) == (DeliveryState.FAILED, "gave_up")


def test_what_the_server_said_is_kept_and_cut():
    end = settled(Stage.DOT, Reply(554, ("5.7.1 " + "x" * 2000,)))
    assert (end.code, end.enhanced, len(end.reply)) == (554, "5.7.1", 500)
