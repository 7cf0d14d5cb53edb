"""What a fresh yes puts right, and what it does not."""

from __future__ import annotations

import pytest

from pipeline.actions.confirm import confirm
from pipeline.actions.refuse_confirmation import refuse_confirmation
from pipeline.actions.subscribe import CONFIRM_WITHIN, SignUp, subscribe
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.suppression import ALL, MARKETING, Reason, Suppression, active, list_scope
from pipeline.core.consent.tokens import Audience, make
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import consent, models
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY

pytestmark = pytest.mark.django_db

KEY = key_of(parse("ada@readers.test"))


def asked(audience: Audience = Audience.CONFIRM) -> str:
    """Ada filled in the form. Gives the token of her letter."""
    factories.notices()
    subscribe(SignUp("ada@readers.test", (WEEKLY,), "test"), NOW)
    return make(audience, models.Confirmation.objects.latest("id").uid.bytes, keyring())


def ledger() -> list:
    return consent.ledger(models.Confirmation.objects.latest("id").subscriber_id)


def in_force() -> set[str]:
    return {s.scope for s in active(consent.suppressions(KEY), NOW)}


def test_a_fresh_yes_lifts_what_a_no_of_the_persons_own_had_stopped():
    token = asked()
    for scope in (MARKETING, list_scope(WEEKLY), list_scope(DAILY)):
        consent.suppress(KEY, Suppression(scope, Reason.UNSUBSCRIBED), NOW)
    confirm(token, NOW)
    assert in_force() == {list_scope(DAILY)}  # another list's stays (B-32)
    lifted = [e.evidence["scope"] for e in ledger() if e.kind is EventKind.SUPPRESSION_LIFTED]
    assert lifted == [MARKETING, list_scope(WEEKLY)]
    consent.suppress(KEY, Suppression(MARKETING, Reason.UNSUBSCRIBED), NOW)
    assert MARKETING in in_force()


@pytest.mark.parametrize("reason", [Reason.COMPLAINT, Reason.MANUAL, Reason.ERASED])
@pytest.mark.parametrize("scope", [ALL, MARKETING])
def test_a_fresh_yes_lifts_nothing_that_others_decided(scope, reason):
    token = asked()
    consent.suppress(KEY, Suppression(scope, reason), NOW)
    confirm(token, NOW)
    assert in_force() == {scope}


@pytest.mark.parametrize("late", [False, True])
def test_no_yes_follows_not_me_or_the_end_of_the_request(late):
    token = asked()
    if not late:
        refuse_confirmation(
            make(Audience.NOT_ME, models.Confirmation.objects.get().uid.bytes, keyring()), NOW
        )
    before = ledger()
    page = confirm(token, NOW + CONFIRM_WITHIN if late else NOW)
    assert page.state == ("expired" if late else "refused")
    assert ledger() == before


def test_not_me_takes_back_a_yes_that_somebody_else_gave():
    token = asked()
    confirm(token, NOW)
    refuse_confirmation(make(Audience.NOT_ME, models.Confirmation.objects.get().uid.bytes, keyring()), NOW)
    confirm(token, NOW)
    [row] = consent.subscriptions(models.Confirmation.objects.get().subscriber_id)
    assert row.status.value == "refused"
