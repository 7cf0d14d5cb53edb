"""What opens, when, and for whom: calendars and courses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from pipeline.actions.open_due import open_due
from pipeline.actions.pause_campaign import pause_campaign
from pipeline.actions.release_mailing import release_mailing
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.suppression import Reason, Suppression
from pipeline.core.delivery.campaign import Mode
from pipeline.core.errors import BadInput
from pipeline.gateways.keys import key_of
from pipeline.store import campaigns, consent, sending
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import DAILY, NOW

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what a sender of its own connection is to see

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _published() -> None:
    factories.notices()


def opened(campaign) -> list[tuple[int, str]]:
    return sorted(
        (line.issue, line.address.partition("@")[0]) for line in campaigns.delivery_lines(campaign.id)
    )


def settle_all(campaign) -> None:
    """Stand in for the senders: everything under way is accepted."""
    from django.db import connection

    with connection.cursor() as cursor:
        for step in (1, 2, 10):
            cursor.execute(
                "UPDATE delivery SET state = %s FROM mailing m"
                " WHERE m.id = mailing_id AND campaign_id = %s AND delivery.state < 10",
                [step, campaign.id],
            )


def test_everybody_gets_issue_n_in_week_n():
    factories.readers()
    campaign = factories.campaign()
    for week in range(8):
        open_due(NOW + week * WEEK)
        settle_all(campaign)
    open_due(NOW + 8 * WEEK)
    assert opened(campaign) == [(n, who) for n in range(1, 7) for who in ("ada", "ben", "cleo")]
    assert campaigns.by_id(campaign.id).state == "finished"


def test_opening_twice_opens_once():
    factories.readers()
    campaign = factories.campaign()
    for _ in range(3):
        open_due(NOW)
    assert len(opened(campaign)) == 3


def test_those_left_out_are_counted_by_reason():
    people = factories.readers(("ada", "ben", "cleo", "dan", "eve"))
    factories.say(people[1], EventKind.CONSENT_WITHDRAWN)
    consent.suppress(key_of(parse("cleo@readers.test")), Suppression("all", Reason.HARD_BOUNCE), NOW)
    factories.say(people[3], EventKind.CONSENT_INVALIDATED)
    campaign = factories.campaign()
    open_due(NOW)
    first = campaigns.mailings(campaign.id)[0]
    assert opened(campaign) == [(1, "ada"), (1, "eve")]
    assert dict(first.progress.left_out) == {"withdrawn": 1, "hard_bounce": 1, "invalidated": 1}
    assert first.progress.audience == 5
    assert first.progress.adds_up()


def test_a_yes_to_the_daily_list_is_no_yes_to_the_weekly_one():
    factories.subscriber("ada", DAILY)
    campaign = factories.campaign()
    open_due(NOW)
    assert opened(campaign) == []


def test_opening_goes_on_where_it_was_interrupted():
    factories.readers()
    campaign = factories.campaign()
    mailing = campaigns.mailings(campaign.id)[0]
    campaigns.start_due(NOW)
    from pipeline.core.delivery.lifecycle import MailingState

    campaigns.move_mailing(mailing.id, MailingState.SCHEDULED, MailingState.MATERIALISING)
    campaigns.open_page(mailing.id, {}, NOW, timedelta(hours=48), NOW, size=2)
    assert len(opened(campaign)) == 2
    open_due(NOW)
    assert len(opened(campaign)) == 3
    assert campaigns.mailings(campaign.id)[0].progress.audience == 3


def test_an_issue_opens_though_a_delivery_of_it_is_there_already():
    factories.readers()
    campaign = factories.campaign()
    mailing = campaigns.mailings(campaign.id)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT make_period(%s)", [NOW.date().replace(day=1)])
        cursor.execute(
            "INSERT INTO delivery (period, uid, stream, mailing_id, subscriber_id, address_key, next_attempt_at,"
            " expires_at, created_at) SELECT %s, gen_random_uuid(), 'newsletter', %s, id, address_key, %s, %s, %s"
            " FROM subscriber WHERE address_key = %s",
            [
                NOW.date().replace(day=1),
                mailing.id,
                NOW,
                NOW + timedelta(hours=48),
                NOW,
                factories.key("ben"),
            ],
        )
    open_due(NOW)
    assert opened(campaign) == [(1, "ada"), (1, "ben"), (1, "cleo")]


def test_every_delivery_has_a_uid_of_its_own_that_says_nothing_of_the_others():
    factories.readers([f"reader{n}" for n in range(40)])
    campaign = factories.campaign()
    open_due(NOW)
    uids = [int(line.uid, 16) for line in campaigns.delivery_lines(campaign.id)]
    assert len(set(uids)) == 40
    ones = [sum(uid >> bit & 1 for uid in uids) for bit in range(128)]
    assert all(2 <= count <= 38 for count in ones)  # no bit stands still: all 128 are random


def test_a_launch_that_comes_too_late_waits_for_a_person():
    factories.readers()
    campaign = factories.campaign(start=date(2026, 11, 25))
    due = campaigns.mailings(campaign.id)[0].due_at
    open_due(due + timedelta(hours=3))
    assert campaigns.mailings(campaign.id)[0].state == "held_late"
    assert opened(campaign) == []


def test_a_person_may_send_a_late_issue_at_once():
    factories.readers()
    campaign = factories.campaign(start=date(2026, 11, 25))
    late = campaigns.mailings(campaign.id)[0].due_at + timedelta(hours=3)
    open_due(late)
    release_mailing(campaign.name, 1, late, at_once=True)
    open_due(late)
    assert len(opened(campaign)) == 3


def test_a_person_may_move_a_late_issue_and_all_after_it():
    factories.readers()
    campaign = factories.campaign(start=date(2026, 11, 25))
    before = [m.due_at for m in campaigns.mailings(campaign.id)]
    late = before[0] + timedelta(hours=3)
    open_due(late)
    release_mailing(campaign.name, 1, late, at_once=False)
    assert [m.due_at for m in campaigns.mailings(campaign.id)] == [due + WEEK for due in before]


@committed
def test_each_zone_gets_the_issue_at_its_own_nine_o_clock():
    factories.subscriber("ada", zone="Pacific/Auckland")
    factories.subscriber("ben", zone="America/New_York")
    factories.subscriber("cleo")
    campaign = factories.campaign(zone=None, start=date(2026, 12, 1))
    first = campaigns.mailings(campaign.id)[0]
    assert first.due_at == datetime(2026, 11, 30, 19, 0, tzinfo=UTC)  # nine in the morning at UTC+14
    open_due(first.due_at)
    assert not sending.anything_due(datetime(2026, 11, 30, 19, 59, tzinfo=UTC))
    assert sending.anything_due(datetime(2026, 11, 30, 20, 0, tzinfo=UTC))  # Auckland
    nine_in_london = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    claimed = senders.claim(random_uid(), 10, nine_in_london)
    assert {d.address.partition("@")[0] for d in claimed} == {"ada", "cleo"}


@committed
def test_an_issue_at_once_is_due_at_once_in_every_zone():
    for name, zone in (("ada", "Pacific/Auckland"), ("ben", "America/New_York"), ("cleo", "")):
        factories.subscriber(name, zone=zone)
    campaign = factories.campaign(
        zone=None, now=NOW + timedelta(days=2)
    )  # a Thursday; the issues go on Tuesdays
    thursday = campaign.starts_at
    open_due(thursday)
    assert len(senders.claim(random_uid(), 10, thursday)) == 3


@committed
def test_a_late_issue_that_a_person_sends_at_once_is_due_at_once_in_every_zone():
    factories.subscriber("ben", zone="America/New_York")
    campaign = factories.campaign(zone=None, start=date(2026, 12, 1))
    late = campaigns.mailings(campaign.id)[0].due_at + timedelta(days=3)
    open_due(late)
    release_mailing(campaign.name, 1, late, at_once=True)
    open_due(late)
    assert len(senders.claim(random_uid(), 10, late)) == 1


def test_a_course_starts_in_the_week_after_joining():
    factories.subscriber("ada", now=NOW - timedelta(days=30))
    campaign = factories.campaign(Mode.COURSE, start=date(2026, 11, 25))
    tuesday = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    open_due(tuesday)
    assert opened(campaign) == [(1, "ada")]
    factories.subscriber("ben", now=tuesday + timedelta(days=2))
    open_due(tuesday + WEEK)
    assert opened(campaign) == [(1, "ada"), (1, "ben"), (2, "ada")]


def test_a_course_goes_through_every_issue_once():
    factories.subscriber("ada")
    campaign = factories.campaign(Mode.COURSE)
    for day in range(80):
        open_due(NOW + timedelta(days=day))
    assert opened(campaign) == [(n, "ada") for n in range(1, 7)]


def test_a_course_survives_a_missed_week():
    factories.subscriber("ada")
    campaign = factories.campaign(Mode.COURSE)
    open_due(NOW)
    open_due(NOW + 2 * WEEK + timedelta(days=3))  # the machine was off: nothing is sent at an odd hour
    assert opened(campaign) == [(1, "ada")]
    open_due(NOW + 3 * WEEK)
    assert opened(campaign) == [(1, "ada"), (2, "ada")]


def test_a_course_survives_the_change_of_the_clocks():
    start = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)  # nine in London, in summer time
    factories.notices(start)
    factories.subscriber("ada", now=start)
    campaign = factories.campaign(Mode.COURSE, now=start)
    open_due(start)
    winter = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
    open_due(winter - timedelta(minutes=1))
    assert len(opened(campaign)) == 1
    open_due(winter)
    assert len(opened(campaign)) == 2


def test_whoever_leaves_a_course_and_comes_back_goes_on_where_they_were():
    ada = factories.subscriber("ada")
    campaign = factories.campaign(Mode.COURSE)
    open_due(NOW)
    open_due(NOW + WEEK)
    factories.say(ada, EventKind.CONSENT_WITHDRAWN, now=NOW + WEEK)
    for week in (2, 3, 4):
        open_due(NOW + week * WEEK)
    assert [n for n, _ in opened(campaign)] == [1, 2]
    factories.say(ada, EventKind.CONSENT_GIVEN, now=NOW + 4 * WEEK)
    for week in (5, 6, 7, 8, 9, 10):
        open_due(NOW + week * WEEK)
    assert [n for n, _ in opened(campaign)] == [1, 2, 3, 4, 5, 6]


def test_a_paused_campaign_opens_nothing():
    factories.readers()
    campaign = factories.campaign()
    pause_campaign(campaign.name, NOW)
    open_due(NOW)
    assert opened(campaign) == []


def test_a_first_slot_that_has_passed_is_refused():
    with pytest.raises(BadInput, match="has passed already"):
        factories.campaign(now=NOW + timedelta(hours=1), start=NOW.date())
