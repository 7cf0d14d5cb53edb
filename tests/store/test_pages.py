"""What touches a whole list goes page by page: no statement holds a million rows, and an interruption loses nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from pipeline.actions.cancel_campaign import cancel_campaign
from pipeline.actions.open_due import WORTH_SENDING, open_due
from pipeline.core.consent.entry import EventKind
from pipeline.core.delivery.campaign import Mode
from pipeline.store import campaigns, deliveries, enrolments
from tests import factories, senders
from tests.factories import NOW, WEEKLY

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("ada", "ben", "cleo", "dan", "eve")
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _people(monkeypatch) -> None:
    factories.notices()
    factories.readers(NAMES)
    monkeypatch.setattr(deliveries, "PAGE", 2)


def states(campaign) -> Counter[str]:
    return Counter(line.state for line in campaigns.delivery_lines(campaign.id, size=2))


def test_a_cancel_of_more_than_a_page_cancels_all_and_counts_them():
    campaign = factories.campaign()
    open_due(NOW)
    token = senders.token()
    senders.claim(token, 1, NOW)
    assert cancel_campaign(campaign.name) == (0, 5)
    assert states(campaign) == {"cancelled": 5}


def test_a_cancel_that_was_interrupted_is_finished_by_the_tick(monkeypatch):
    campaign = factories.campaign()
    open_due(NOW)

    def crash(mailing_id):
        raise KeyboardInterrupt

    monkeypatch.setattr(deliveries, "_cancel_waiting", crash)
    with pytest.raises(KeyboardInterrupt):
        cancel_campaign(campaign.name)
    assert states(campaign) == {"queued": 5}
    assert senders.claim(senders.token(), 9, NOW) == []  # whatever is left, nothing of it is sent
    monkeypatch.undo()
    assert deliveries.cancel_stranded() == 5
    assert states(campaign) == {"cancelled": 5}


def test_stale_deliveries_expire_though_they_are_more_than_a_page():
    campaign = factories.campaign()
    open_due(NOW)
    assert deliveries.expire_overdue(NOW + WORTH_SENDING - timedelta(minutes=1), WORTH_SENDING) == 0
    assert deliveries.expire_overdue(NOW + WORTH_SENDING, WORTH_SENDING) == 5
    assert states(campaign) == {"expired": 5}


def test_what_a_course_never_got_to_send_expires_too():
    campaign = factories.campaign(Mode.COURSE)
    open_due(NOW)
    assert deliveries.expire_overdue(NOW + WORTH_SENDING - timedelta(minutes=1), WORTH_SENDING) == 0
    assert deliveries.expire_overdue(NOW + WORTH_SENDING, WORTH_SENDING) == 5
    assert states(campaign) == {"expired": 5}


def test_a_delivery_that_was_tried_late_expires_when_its_own_time_has_come():
    factories.campaign()
    open_due(NOW)
    with connection.cursor() as cursor:  # greylisted, and tried again an hour ago
        cursor.execute("UPDATE delivery SET next_attempt_at = %s", [NOW + WORTH_SENDING - timedelta(hours=1)])
    assert deliveries.expire_overdue(NOW + WORTH_SENDING, WORTH_SENDING) == 5


def test_the_export_lists_every_delivery_once_whatever_the_size_of_a_page():
    campaign = factories.campaign()
    for week in range(3):
        open_due(NOW + week * WEEK)
        cancel = "UPDATE delivery SET state = 15 WHERE state = 0"
        with connection.cursor() as cursor:
            cursor.execute(cancel)
    for size in (1, 2, 5, 100):
        lines = [(line.issue, line.address[:3]) for line in campaigns.delivery_lines(campaign.id, size=size)]
        assert lines == [(issue, name[:3]) for issue in (1, 2, 3) for name in NAMES]


def test_a_course_passes_those_who_have_left_once_and_reaches_everybody_else():
    campaign = factories.campaign(Mode.COURSE)
    campaigns.start_due(NOW)
    for person in factories.readers(("ada", "cleo")):
        factories.say(person, EventKind.CONSENT_WITHDRAWN)
    opened = []
    last = None
    while members := enrolments.due(campaign.id, WEEKLY, NOW + WEEK, last, size=1):
        opened += members
        last = members[-1]
    assert len(opened) == len({m.subscriber_id for m in opened}) == 3


def test_everybody_is_enrolled_whatever_the_size_of_a_page():
    campaign = factories.campaign(Mode.COURSE)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM enrolment WHERE campaign_id = %s", [campaign.id])
    found, last = [], 0
    while members := enrolments.not_enrolled(campaign.id, WEEKLY, last, size=2):
        found += members
        last = members[-1].subscription_id
    assert len({m.subscriber_id for m in found}) == len(found) == 5
