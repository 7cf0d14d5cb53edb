"""What a journal says of a delivery whose sender died, and of one whose database was put back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.fence import Counters, behind
from pipeline.core.delivery.lifecycle import MAX_COPIES, DeliveryState, allowed
from pipeline.core.delivery.recovery import Recovered, Replayed, code_noted, recovered, replayed
from pipeline.core.delivery.replies import Cause, Failure, Outcome, Reply, Stage, Verdict, classify

S = DeliveryState


@pytest.mark.parametrize(
    ("sending", "trusted", "dot", "code", "verdict"),
    [
        (False, True, False, None, Recovered.NOT_SENT),
        (False, False, False, None, Recovered.NOT_SENT),
        (True, True, True, 250, Recovered.ANSWERED),
        (True, True, True, 451, Recovered.ANSWERED),
        (True, False, True, 250, Recovered.ANSWERED),
        (True, True, False, None, Recovered.NOT_SENT),
        (True, True, True, None, Recovered.CRASH_AFTER_DOT),
        (True, True, True, 0, Recovered.REPLY_LOST),
        (True, False, True, 0, Recovered.REPLY_LOST),
        (True, False, True, None, Recovered.OWNER_LOST),
        (True, False, False, None, Recovered.OWNER_LOST),
    ],
)
def test_the_table_of_verdicts(
    sending: bool, trusted: bool, dot: bool, code: int | None, verdict: Recovered
) -> None:
    assert recovered(sending=sending, trusted=trusted, dot=dot, reply_code=code) is verdict


@pytest.mark.parametrize(
    ("state", "attempt_no", "attempts", "expected"),
    [
        (S.QUEUED, 0, {1: 250}, Replayed(S.ACCEPTED, 1, 250)),
        (S.SENDING, 1, {1: 250}, Replayed(S.ACCEPTED, 1, 250)),
        (S.QUEUED, 1, {1: 451, 2: 250}, Replayed(S.ACCEPTED, 2, 250)),
        (S.UNKNOWN, 1, {1: None, 2: 250}, Replayed(S.ACCEPTED, 2, 250)),
        (S.HELD_UNKNOWN, 2, {2: 250}, Replayed(S.ACCEPTED, 2, 250)),
        (S.QUEUED, 0, {1: None}, Replayed(S.UNKNOWN, 1, None, 1)),
        (S.SENDING, 1, {1: None}, Replayed(S.UNKNOWN, 1, None, 1)),
        (S.QUEUED, 0, {1: None, 2: 451}, Replayed(S.QUEUED, 2, 451, 1)),
        (S.QUEUED, 0, {1: 0}, Replayed(S.UNKNOWN, 1, None, 1)),
        (S.QUEUED, 0, {1: 0, 2: 451}, Replayed(S.QUEUED, 2, 451, 1)),
        (S.UNKNOWN, 1, {2: None}, Replayed(S.UNKNOWN, 2, None, 1)),
        (S.LEASED, 0, {1: 554}, Replayed(S.FAILED, 1, 554)),
        (S.QUEUED, 0, {1: 421}, Replayed(S.QUEUED, 1, 421)),
        (S.QUEUED, 1, {1: 451}, None),
        (S.QUEUED, 1, {1: None}, None),
        (S.ACCEPTED, 1, {1: 250}, None),
        (S.SUPPRESSED, 1, {1: 250}, None),
        (S.FAILED, 1, {2: None}, None),
        (S.QUEUED, 0, {}, None),
    ],
)
def test_a_database_is_told_what_it_has_not_heard(
    state: DeliveryState, attempt_no: int, attempts: dict[int, int | None], expected: Replayed | None
) -> None:
    assert replayed(state, attempt_no, attempts) == expected


codes = st.sampled_from([None, 250, 251, 421, 451, 550, 554])


@given(
    st.sampled_from(list(DeliveryState)),
    st.integers(0, 3),
    st.dictionaries(st.integers(1, 4), codes, max_size=4),
)
def test_a_replay_makes_no_move_that_a_sender_could_not_have_made(
    state: DeliveryState, attempt_no: int, attempts: dict[int, int | None]
) -> None:
    found = replayed(state, attempt_no, attempts)
    if found is None:
        return
    through = S.SENDING if state in (S.QUEUED, S.LEASED, S.SENDING) else state
    assert found.state is through or allowed(through, found.state)
    assert found.attempt_no >= attempt_no
    assert replayed(found.state, found.attempt_no, attempts) is None, (
        "the second time there is nothing to tell"
    )
    assert found.ambiguous <= len(attempts) <= MAX_COPIES * 2


def test_a_database_is_behind_when_any_of_its_numbers_is() -> None:
    here = Counters(epoch=2, pulse=10, delivery=100, consent=7)
    assert behind(here, here) == ""
    assert behind(Counters(3, 11, 200, 8), here) == ""
    assert behind(Counters(2, 9, 100, 7), here) == "moments of its life"
    assert behind(Counters(2, 9, 90, 6), here) == (
        "entries of the consent ledger, deliveries and moments of its life"
    )


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (classify(Stage.DOT, Reply(250)), 250),
        (classify(Stage.DOT, Reply(451)), 451),
        (classify(Stage.DOT, Reply(554, ("5.7.1 no",))), 554),
        (classify(Stage.DOT, Reply(552, ("5.2.2 mailbox full",))), 450),
        (classify(Stage.DOT, Failure.LOST), 0),
        (classify(Stage.DOT, Reply(354)), 0),
        (classify(Stage.BODY, Failure.LOST), 450),
        (Outcome(Verdict.NOT_SENT, Stage.AUTH, Reply(535, ("5.7.8 HTTP 401",)), Cause.LOGIN), 450),
    ],
)
def test_a_journal_notes_what_the_sender_took_an_outcome_for(outcome: Outcome, code: int) -> None:
    assert code_noted(outcome) == code
