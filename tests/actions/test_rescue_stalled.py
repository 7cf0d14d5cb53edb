"""What dead senders leave behind is settled by the evidence of their journals."""

from __future__ import annotations

import pytest

from pipeline.actions.open_due import open_due
from pipeline.actions.rescue_stalled import rescue_stalled
from pipeline.actions.resolve_unknown import resolve_unknown
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.settlement import Settlement
from pipeline.gateways.journal import Journal
from pipeline.settings import current
from pipeline.store import campaigns, rescue, sending
from pipeline.store.subscribers import random_uid
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def leased():
    """One delivery, claimed by a sender that then dies: gives (campaign, claimed, token, journal)."""
    factories.notices()
    factories.subscriber("ada")
    campaign = factories.campaign()
    open_due(NOW)
    token = random_uid()
    journal = Journal(current().data_dir / "journal", token)
    claimed = sending.claim(token, 10, NOW)[0]
    yield campaign, claimed, token, journal
    journal.path.unlink(missing_ok=True)


def only(campaign):
    return next(iter(campaigns.delivery_lines(campaign.id)))


def test_a_sender_at_work_is_left_alone(leased):
    campaign, _, _, _ = leased
    assert rescue_stalled(NOW) == 0
    assert only(campaign).state == "leased"


def test_what_was_only_leased_goes_back_to_the_queue(leased):
    campaign, _, _, journal = leased
    journal.close(keep=True)
    assert rescue_stalled(NOW) == 1
    assert only(campaign).state == "queued"
    assert not journal.path.exists()


def test_an_intent_without_a_dot_was_provably_not_sent(leased):
    campaign, claimed, token, journal = leased
    sending.record_intent(claimed.id, claimed.stream, token, NOW)
    journal.close(keep=True)
    rescue_stalled(NOW)
    assert only(campaign).state == "queued"


@pytest.mark.parametrize(("code", "state"), [(250, "accepted"), (451, "queued"), (554, "failed")])
def test_a_reply_in_the_journal_decides(leased, code, state):
    campaign, claimed, token, journal = leased
    sending.record_intent(claimed.id, claimed.stream, token, NOW)
    journal.dot(claimed.id, 1)
    journal.reply(claimed.id, 1, code)
    journal.close(keep=True)
    rescue_stalled(NOW)
    assert only(campaign).state == state


def test_a_dot_without_a_reply_is_unknown_and_then_sent_once_more_on_an_unproven_relay(leased):
    campaign, claimed, token, journal = leased
    sending.record_intent(claimed.id, claimed.stream, token, NOW)
    journal.dot(claimed.id, 1)
    journal.close(keep=True)
    rescue_stalled(NOW)
    assert (only(campaign).state, only(campaign).cause) == ("unknown", "crash_after_dot")
    resolve_unknown(NOW)
    assert only(campaign).state == "queued"
    assert only(campaign).ambiguous_attempts == 1


def test_a_dot_without_a_reply_is_presumed_accepted_on_a_proven_relay(leased, monkeypatch):
    campaign, claimed, token, journal = leased
    monkeypatch.setattr(rescue, "acceptance_at_the_dot", lambda: (1000, 1000))
    sending.record_intent(claimed.id, claimed.stream, token, NOW)
    journal.dot(claimed.id, 1)
    journal.close(keep=True)
    rescue_stalled(NOW)
    resolve_unknown(NOW)
    assert only(campaign).state == "presumed_accepted"


def test_a_journal_of_another_boot_proves_nothing(leased):
    campaign, claimed, token, journal = leased
    sending.record_intent(claimed.id, claimed.stream, token, NOW)
    journal.close(keep=True)
    content = journal.path.read_text().replace('"boot": "', '"boot": "another ')
    journal.path.write_text(content)
    rescue_stalled(NOW)
    assert (only(campaign).state, only(campaign).cause) == ("unknown", "owner_lost")


def test_a_late_result_of_a_sender_given_up_changes_nothing(leased):
    campaign, claimed, token, journal = leased
    sending.record_intent(claimed.id, claimed.stream, token, NOW)
    journal.close(keep=True)
    rescue_stalled(NOW)
    late = Settlement(DeliveryState.ACCEPTED, "accepted", "dot", code=250)
    assert not sending.settle(claimed.id, token, DeliveryState.SENDING, 1, late)
    assert only(campaign).state == "queued"


def test_no_copy_is_ever_sent_a_third_time(leased):
    campaign, claimed, token, journal = leased
    for attempt in (1, 2):
        sending.record_intent(claimed.id, claimed.stream, token, NOW)
        journal.dot(claimed.id, attempt)
        journal.close(keep=True)
        rescue_stalled(NOW)
        resolve_unknown(NOW)
        if attempt == 1:
            token = random_uid()
            journal = Journal(current().data_dir / "journal", token)
            sending.claim(token, 10, NOW)
    assert only(campaign).state == "held_unknown"
