"""What a pause and a cancel leave behind, also when they meet a letter on the wire or a course that is under way."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from pipeline.actions.cancel_campaign import cancel_campaign
from pipeline.actions.open_due import open_due
from pipeline.actions.pause_campaign import pause_campaign
from pipeline.actions.resume_campaign import resume_campaign
from pipeline.actions.tick import tick
from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.settlement import Settlement
from pipeline.store import campaigns, sending
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

WEEK = timedelta(days=7)
DEFERRED = Settlement(DeliveryState.QUEUED, "deferred", "dot", code=451, next_attempt_at=NOW)


@pytest.fixture(autouse=True)
def _published() -> None:
    factories.notices()
    factories.subscriber("ada")


def states(campaign) -> list[tuple[int, str]]:
    return [(line.issue, line.state) for line in campaigns.delivery_lines(campaign.id)]


def on_the_wire():
    """Claim what is due up to its intent; gives (claimed, token)."""
    token = random_uid()
    [claimed] = senders.claim(token, 10, NOW)
    assert senders.intents(token, [claimed], NOW)
    return claimed, token


def deliver(now) -> list[int]:
    """Stand in for the senders: what is due is accepted. Gives the mailings sent."""
    if not sending.anything_due(now):
        return []
    token = random_uid()
    claimed = senders.claim(token, 100, now)
    assert senders.intents(token, claimed, now) == {one.id for one in claimed}
    for one in claimed:
        assert senders.accept(token, one)
    return [one.mailing_id for one in claimed if one.mailing_id]


def test_a_letter_that_was_on_the_wire_when_its_campaign_was_cancelled_is_not_left_waiting_for_ever():
    campaign = factories.campaign()
    open_due(NOW)
    claimed, token = on_the_wire()
    cancel_campaign(campaign.name)
    assert senders.settle(token, claimed, DeliveryState.SENDING, DEFERRED, NOW)
    assert states(campaign) == [(1, "queued")]
    tick(NOW)
    assert states(campaign) == [(1, "cancelled")]


def test_a_letter_that_waits_in_a_paused_campaign_is_not_taken_for_stranded():
    campaign = factories.campaign()
    open_due(NOW)
    pause_campaign(campaign.name, NOW)
    tick(NOW)
    assert states(campaign) == [(1, "queued")]


def test_a_course_that_was_paused_before_its_start_and_resumed_after_it_sends():
    campaign = factories.campaign(Mode.COURSE, start=date(2026, 12, 1))
    pause_campaign(campaign.name, NOW)
    tuesday = NOW + WEEK
    resume_campaign(campaign.name, tuesday)
    open_due(tuesday)
    assert len(deliver(tuesday)) == 1


@pytest.mark.parametrize("days", [6, 7, 8, 21])
def test_a_course_that_goes_on_after_a_pause_sends_no_two_issues_in_one_week(days):
    campaign = factories.campaign(Mode.COURSE)
    open_due(NOW)
    pause_campaign(campaign.name, NOW)  # issue 1 waits
    sent = {}
    resume_campaign(campaign.name, NOW + timedelta(days=days))
    for hours in range(days * 24, days * 24 + 24 * 30, 6):
        now = NOW + timedelta(hours=hours)
        open_due(now)
        for mailing in deliver(now):
            sent[mailing] = now
    moments = sorted(sent.values())
    assert len(moments) >= 3
    assert all(b - a >= timedelta(days=5) for a, b in pairwise(moments)), moments


def test_a_short_pause_moves_no_later_issue():
    campaign = factories.campaign(Mode.COURSE)
    open_due(NOW)
    pause_campaign(campaign.name, NOW)
    resume_campaign(campaign.name, NOW + timedelta(hours=24))
    deliver(NOW + timedelta(hours=24))
    open_due(NOW + WEEK)
    assert states(campaign) == [(1, "accepted"), (2, "queued")]
