"""A list that rests: nothing opens and nothing leaves meanwhile, and consent stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.actions.open_due import open_due
from pipeline.actions.pause_list import pause_list, resume_list
from pipeline.core.consent.changes import MOST_A_DAY
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.ledger import fold
from pipeline.core.delivery.audience import reason_in_words
from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.errors import Refused
from pipeline.store import campaigns, consent
from tests import factories, senders
from tests.factories import DAILY, NOW, WEEKLY

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)

WEEK = timedelta(weeks=1)


@pytest.fixture
def ada():
    factories.notices()
    return factories.subscriber("ada")


def issues(campaign, now, name="ada") -> list[int]:
    """The numbers of the issues that have opened for somebody."""
    open_due(now)
    lines = campaigns.delivery_lines(campaign.id)
    return sorted(line.issue for line in lines if line.address.startswith(name))


def test_a_pause_is_no_withdrawal(ada):
    assert pause_list(ada.id, WEEKLY, NOW + 4 * WEEK, NOW)
    entries = consent.ledger(ada.id)
    assert fold(entries).of(WEEKLY).permits
    assert entries[-1].kind is EventKind.PAUSED
    assert entries[-1].evidence == {"until": "2026-12-22T09:00:00+00:00"}
    assert not pause_list(ada.id, WEEKLY, NOW + 4 * WEEK, NOW)  # the same again
    assert not pause_list(ada.id, DAILY, NOW + 4 * WEEK, NOW)  # a list that she is not on
    assert consent.ledger(ada.id) == entries


def test_a_link_that_writes_all_day_long_is_stopped_and_still_stops_the_list(ada):
    day = NOW + timedelta(days=1)
    for moment in (NOW, day):  # another day, and one may again
        for _ in range(MOST_A_DAY // 2):
            assert pause_list(ada.id, WEEKLY, NOW + WEEK, moment)
            assert resume_list(ada.id, WEEKLY, moment)
    before = len(consent.ledger(ada.id))
    later = day + timedelta(hours=1)
    with pytest.raises(Refused, match="tomorrow"):
        pause_list(ada.id, WEEKLY, NOW + 2 * WEEK, later)
    assert len(consent.ledger(ada.id)) == before
    factories.say(ada, EventKind.CONSENT_WITHDRAWN, WEEKLY, later)
    assert not fold(consent.ledger(ada.id)).of(WEEKLY).permits


def test_issues_of_a_pause_are_left_out_and_counted_and_the_next_one_comes(ada):
    campaign = factories.campaign()
    pause_list(ada.id, WEEKLY, NOW + 2 * WEEK, NOW)
    assert issues(campaign, NOW) == issues(campaign, NOW + WEEK) == []
    assert issues(campaign, NOW + 2 * WEEK) == [3]
    first = campaigns.mailings(campaign.id)[0].progress
    assert dict(first.left_out) == {"paused": 1}
    assert reason_in_words("paused") == "paused by the reader"
    assert first.adds_up()


def test_a_second_pause_may_be_shorter_and_resuming_ends_it_at_once(ada):
    campaign = factories.campaign()
    pause_list(ada.id, WEEKLY, NOW + 12 * WEEK, NOW)
    pause_list(ada.id, WEEKLY, NOW + WEEK, NOW)
    assert issues(campaign, NOW) == []
    assert issues(campaign, NOW + WEEK) == [2]
    pause_list(ada.id, WEEKLY, NOW + 12 * WEEK, NOW + WEEK)
    assert resume_list(ada.id, WEEKLY, NOW + WEEK)
    assert not resume_list(ada.id, WEEKLY, NOW + WEEK)
    assert issues(campaign, NOW + 2 * WEEK) == [2, 3]


def test_a_course_goes_on_where_it_was(ada):
    campaign = factories.campaign(Mode.COURSE)
    assert issues(campaign, NOW) == [1]
    pause_list(ada.id, WEEKLY, NOW + 4 * WEEK, NOW + timedelta(hours=1))
    assert [issues(campaign, NOW + n * WEEK) for n in (1, 2, 3)] == [[1]] * 3
    assert issues(campaign, NOW + 4 * WEEK + timedelta(hours=3)) == [
        1
    ]  # its slot was missed: it takes the next
    assert issues(campaign, NOW + 5 * WEEK) == [1, 2]


@committed
def test_a_letter_that_waits_already_does_not_leave():
    factories.notices()
    ada, ben = factories.readers(("ada", "ben"))
    factories.campaign()
    open_due(NOW)
    token = senders.token()
    found = senders.claim(token, 5, NOW)
    pause_list(ada.id, WEEKLY, NOW + WEEK, NOW)
    allowed = senders.intents(token, found, NOW)
    [mine] = [d for d in found if d.address == ada.address]
    assert allowed == {d.id for d in found if d.address == ben.address}
    stop = senders.obstacle(mine, NOW)
    assert (stop.state, stop.reason) == (DeliveryState.SUPPRESSED, "paused")
