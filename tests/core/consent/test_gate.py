from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, Method
from pipeline.core.consent.gate import Allowed, ListMail, Refused, Stop, SystemMail, decide
from pipeline.core.consent.ledger import NO_ENTRIES, ConsentState, PurposeConsent, fold
from pipeline.core.consent.suppression import (
    ALL,
    CONFIRMATION,
    DOOR_STAYS_OPEN,
    MARKETING,
    ONLY_BY_A_FRESH_ACT,
    Door,
    Reason,
    Suppression,
    active,
    against_sign_up,
    lifted_by_fresh_opt_in,
    list_scope,
)

WEEKLY, DAILY = "weekly_health_email", "daily_health_newsletter"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GIVEN = ConsentState(purposes={WEEKLY: PurposeConsent(ConsentStatus.GIVEN, since=NOW)})


def no(scope: str, reason: Reason = Reason.UNSUBSCRIBED) -> Suppression:
    return Suppression(scope, reason)


@pytest.mark.holds("C-01")
def test_consent_for_the_purpose_lets_its_mail_through():
    assert decide(ListMail(WEEKLY), GIVEN, ()) == Allowed()
    assert decide(ListMail(WEEKLY), GIVEN, ())


@pytest.mark.holds("C-01", "C-41")
def test_consent_for_one_list_sends_nothing_of_the_other():
    assert decide(ListMail(DAILY), GIVEN, ()) == Refused(Stop.NO_CONSENT, "unknown")


@pytest.mark.parametrize("status", ConsentStatus)
@pytest.mark.holds("C-01")
def test_only_given_and_renewed_permit_a_list(status):
    state = ConsentState(purposes={WEEKLY: PurposeConsent(status)})
    assert bool(decide(ListMail(WEEKLY), state, ())) == (status in ("given", "renewed"))


@pytest.mark.parametrize(
    ("everything", "marketing", "this_list", "other_list", "not_me", "consent", "too_soon"),
    list(product([False, True], repeat=7)),
)
@pytest.mark.holds("B-30", "B-32")
def test_the_first_no_in_the_order_of_b30_is_the_reason(
    everything, marketing, this_list, other_list, not_me, consent, too_soon
):
    scopes = {
        ALL: everything,
        MARKETING: marketing,
        list_scope(WEEKLY): this_list,
        list_scope(DAILY): other_list,
    }
    suppressions = [no(scope) for scope, on in scopes.items() if on]
    if not_me:
        suppressions.append(no(CONFIRMATION, Reason.NOT_ME))
    state = GIVEN if consent else NO_ENTRIES

    order = [
        (everything, Stop.SUPPRESSED_ALL),
        (marketing, Stop.SUPPRESSED_MARKETING),
        (this_list, Stop.SUPPRESSED_LIST),
        (not consent, Stop.NO_CONSENT),
        (too_soon, Stop.TOO_SOON),
    ]
    expected = next((stop for on, stop in order if on), None)
    decision = decide(ListMail(WEEKLY), state, suppressions[::-1], too_soon=too_soon)
    assert (decision.reason if isinstance(decision, Refused) else None) == expected

    system = decide(SystemMail(), state, suppressions, too_soon=too_soon)
    expected_system = Stop.SUPPRESSED_ALL if everything else Stop.NOT_ME if not_me else None
    assert (system.reason if isinstance(system, Refused) else None) == expected_system


def test_a_suppression_that_ended_stops_nothing():
    ended = Suppression(CONFIRMATION, Reason.NOT_ME, until=NOW)
    lasting = Suppression(CONFIRMATION, Reason.NOT_ME, until=NOW + timedelta(days=1))
    assert active([ended, lasting, no(ALL)], NOW) == (lasting, no(ALL))


def test_a_fresh_yes_lifts_the_persons_own_no_for_that_list_alone():
    assert lifted_by_fresh_opt_in(no(list_scope(WEEKLY)), [WEEKLY], NOW)
    assert lifted_by_fresh_opt_in(no(MARKETING, Reason.OBJECTION), [WEEKLY], NOW)
    assert not lifted_by_fresh_opt_in(no(list_scope(DAILY)), [WEEKLY], NOW)


@pytest.mark.parametrize(
    "reason", [Reason.COMPLAINT, Reason.NOT_ME, Reason.ERASED, Reason.MANUAL, Reason.IMPORTED, Reason.CHILD]
)
def test_a_fresh_yes_lifts_nothing_that_somebody_else_decided(reason):
    assert not lifted_by_fresh_opt_in(no(MARKETING, reason), [WEEKLY], NOW)


def test_of_all_that_stops_everything_only_a_bounce_is_lifted():
    lifted = [reason for reason in Reason if lifted_by_fresh_opt_in(no(ALL, reason), [WEEKLY], NOW)]
    assert lifted == [Reason.HARD_BOUNCE]  # the letter with the link arrived (B-10)


@pytest.mark.holds("S-14", "C-07")
def test_a_door_lets_a_sign_up_through_while_it_is_open_and_in_a_no_of_its_kind_alone():
    door, week = Door(NOW, NOW + DOOR_STAYS_OPEN), timedelta(days=7)
    for reason in Reason:
        opened = Suppression(ALL, reason, door=door)
        asked = {at: against_sign_up([opened], at) == () for at in (NOW - week, NOW, NOW + week, door.until)}
        only = reason in ONLY_BY_A_FRESH_ACT
        assert asked == {NOW - week: False, NOW: only, NOW + week: only, door.until: False}, reason
        assert not lifted_by_fresh_opt_in(opened, [WEEKLY], door.until) or reason is Reason.HARD_BOUNCE
        assert lifted_by_fresh_opt_in(opened, [WEEKLY], NOW + week) == (only or reason is Reason.HARD_BOUNCE)
    assert not decide(ListMail(WEEKLY), GIVEN, [Suppression(ALL, Reason.COMPLAINT, door=door)])


def test_a_withdrawal_in_the_ledger_stops_the_list_without_any_suppression():
    def entry(seq: int, kind: EventKind) -> Entry:
        return Entry(UUID(int=seq), kind, WEEKLY, NOW, Actor.DATA_SUBJECT, Method.ONE_CLICK_POST, seq=seq)

    state = fold([entry(1, EventKind.CONSENT_GIVEN), entry(2, EventKind.CONSENT_WITHDRAWN)])
    assert decide(ListMail(WEEKLY), state, ()) == Refused(Stop.NO_CONSENT, "withdrawn")


def test_a_bounce_does_not_stop_the_letter_that_alone_can_show_the_mailbox_is_back():
    assert decide(SystemMail(), NO_ENTRIES, [no(ALL, Reason.HARD_BOUNCE)])
    assert not decide(SystemMail(), NO_ENTRIES, [no(ALL, Reason.HARD_BOUNCE), no(ALL, Reason.ERASED)])
    assert not decide(ListMail(WEEKLY), GIVEN, [no(ALL, Reason.HARD_BOUNCE)])
