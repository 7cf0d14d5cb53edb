import itertools

import pytest

from pipeline.core.delivery import lifecycle
from pipeline.core.delivery.lifecycle import (
    TERMINAL,
    CampaignState,
    Cause,
    DeliveryState,
    MailingState,
    Policy,
    Stream,
    after_ambiguity,
    allowed,
)

Q, L, S, U = DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.UNKNOWN
ACCEPTED, PRESUMED = DeliveryState.ACCEPTED, DeliveryState.PRESUMED_ACCEPTED
HELD = DeliveryState.HELD_UNKNOWN
NOT_SENT = {DeliveryState.SUPPRESSED, DeliveryState.EXPIRED, DeliveryState.CANCELLED}

# Said a second time and in another form than the squares, so that a slip in either shows.
EXPECTED = {
    Q: {L} | NOT_SENT,
    L: {Q, S, DeliveryState.FAILED, HELD} | NOT_SENT,
    S: {ACCEPTED, DeliveryState.FAILED, Q, U},
    U: {ACCEPTED, PRESUMED, Q, HELD},
    PRESUMED: {ACCEPTED},
    HELD: {ACCEPTED},
}
MAILING = {
    "scheduled": {"materialising", "held_late", "cancelled"},
    "materialising": {"sending", "paused", "cancelled"},
    "sending": {"paused", "finished", "cancelled"},
    "paused": {"sending", "cancelled"},
    "held_late": {"scheduled", "materialising", "cancelled"},
}
CAMPAIGN = {
    "scheduled": {"running", "paused", "cancelled"},
    "running": {"paused", "finished", "cancelled"},
    "paused": {"scheduled", "running", "cancelled"},
}


@pytest.mark.parametrize(("frm", "to"), list(itertools.product(DeliveryState, repeat=2)))
def test_every_pair_of_delivery_states_is_decided(frm, to):
    assert allowed(frm, to) is (to in EXPECTED.get(frm, set()))


@pytest.mark.parametrize(("frm", "to"), list(itertools.product(MailingState, repeat=2)))
def test_every_pair_of_mailing_states_is_decided(frm, to):
    assert allowed(frm, to) is (to.value in MAILING.get(frm.value, set()))


@pytest.mark.parametrize(("frm", "to"), list(itertools.product(CampaignState, repeat=2)))
def test_every_pair_of_campaign_states_is_decided(frm, to):
    assert allowed(frm, to) is (to.value in CAMPAIGN.get(frm.value, set()))


def test_states_of_two_things_do_not_mix():
    with pytest.raises(TypeError, match="MailingState"):
        allowed(Q, MailingState.SENDING)


def test_the_numbers_in_the_database_never_change():
    assert {state.word: int(state) for state in DeliveryState} == {
        "queued": 0, "leased": 1, "sending": 2, "unknown": 3,
        "accepted": 10, "presumed_accepted": 11, "failed": 12, "suppressed": 13,
        "expired": 14, "cancelled": 15, "held_unknown": 16,
    }  # fmt: skip


def test_a_settled_delivery_never_opens_again():
    for settled, opened in itertools.product(TERMINAL, lifecycle.OPEN):
        assert not allowed(settled, opened)


def test_nothing_leaves_accepted():
    assert not any(allowed(ACCEPTED, to) for to in DeliveryState)


def test_only_a_delivery_with_an_intent_is_accepted_or_evidence_arrives():
    assert set(lifecycle.sources(ACCEPTED)) == {S, U, PRESUMED, HELD}


def test_every_state_can_be_reached_from_the_queue_and_can_settle():
    def reach(start):
        seen, todo = {start}, [start]
        while todo:
            here = todo.pop()
            fresh = {to for to in DeliveryState if allowed(here, to)} - seen
            seen |= fresh
            todo += fresh
        return seen

    assert reach(Q) == set(DeliveryState)
    assert all(reach(state) & TERMINAL for state in DeliveryState)


def test_a_square_with_a_missing_pair_stops_the_import():
    with pytest.raises(ValueError):
        lifecycle._square(CampaignState, "scheduled = y y . y\nrunning . = y y\n")


CRASH, OWNER = [Cause.CRASH_AFTER_DOT], [Cause.OWNER_LOST]
REPLY = [Cause.REPLY_LOST, Cause.REPLY_TIMEOUT, Cause.REPLY_GARBLED]
TABLE = [
    # causes, policy, streams, after the first ambiguous attempt, after the second
    (CRASH, "default", ["newsletter"], PRESUMED, PRESUMED),
    (CRASH, "default", ["confirmation", "note", "test"], Q, HELD),
    (REPLY + OWNER, "default", list(Stream), Q, HELD),
    (CRASH, "never_resend", ["newsletter"], PRESUMED, PRESUMED),
    (CRASH, "never_resend", ["confirmation", "note", "test"], HELD, HELD),
    (REPLY + OWNER, "never_resend", list(Stream), HELD, HELD),
    (list(Cause), "always_resend", list(Stream), Q, HELD),
]


@pytest.mark.parametrize(("causes", "policy", "streams", "first", "second"), TABLE)
def test_an_unknown_outcome_is_settled_by_cause_policy_and_stream(causes, policy, streams, first, second):
    for cause, stream in itertools.product(causes, streams):
        assert after_ambiguity(cause, policy, 1, stream) is first
        assert after_ambiguity(cause, policy, 2, stream) is second


def test_the_table_above_covers_every_combination_once():
    rows = [(str(c), p, str(s)) for causes, p, streams, *_ in TABLE for c in causes for s in streams]
    assert sorted(rows) == sorted((c, p, s) for c in Cause for p in Policy for s in Stream)


def test_the_answer_is_always_a_move_from_unknown():
    for cause, policy, stream, n, proven in itertools.product(Cause, Policy, Stream, [1, 2], [True, False]):
        assert allowed(U, after_ambiguity(cause, policy, n, stream, route_proven=proven))


def test_no_policy_ever_sends_a_third_copy():
    for cause, policy, stream, n, proven in itertools.product(Cause, Policy, Stream, [2, 9], [True, False]):
        assert after_ambiguity(cause, policy, n, stream, route_proven=proven) is not Q


def test_a_crash_on_an_unproven_route_counts_as_a_lost_reply():
    assert after_ambiguity("crash_after_dot", "default", 1, "newsletter", route_proven=False) is Q
    assert after_ambiguity("crash_after_dot", "never_resend", 1, "newsletter", route_proven=False) is HELD


def test_an_unknown_cause_or_no_attempt_is_an_error():
    with pytest.raises(ValueError):
        after_ambiguity("moonlight", "default", 1, "newsletter")
    with pytest.raises(ValueError):
        after_ambiguity("reply_lost", "default", 0, "newsletter")
