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


def test_a_server_that_always_hangs_up_is_given_a_pause_that_grows():
    waits = [settled(Stage.MAIL, Reply(421), attempt_no=n).next_attempt_at - NOW for n in (1, 2, 3)]
    assert waits == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=15)]


def test_a_retry_that_would_come_too_late_gives_up():
    end = settled(Stage.DOT, Reply(451), expires_at=NOW + timedelta(minutes=1))
    assert (end.state, end.reason) == (DeliveryState.FAILED, "gave_up")


def test_what_the_server_said_is_kept_and_cut():
    end = settled(Stage.DOT, Reply(554, ("5.7.1 " + "x" * 2000,)))
    assert (end.code, end.enhanced, len(end.reply)) == (554, "5.7.1", 500)
