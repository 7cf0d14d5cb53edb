"""What stops a campaign, and what a person is told about it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection

from pipeline.actions.open_due import open_due
from pipeline.actions.resume_campaign import resume_campaign
from pipeline.actions.watch_campaigns import watch_campaigns
from pipeline.core.delivery.breaker import Alarm
from pipeline.core.delivery.lifecycle import CampaignState, MailingState
from pipeline.core.delivery.quiet_hours import QuietHours
from pipeline.store import alerts, campaigns, models, periods
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LIST = 300


@pytest.fixture
def campaign():
    """A campaign whose first issue went out to three hundred, as far as these tests look."""
    factories.notices()
    factories.readers()
    made = factories.campaign()
    open_due(NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO delivery (period, uid, stream, mailing_id, subscriber_id, address_key, state, next_attempt_at,
                                  expires_at, created_at, done_at)
            SELECT %s, gen_random_uuid(), 'newsletter', m.id, 1000000 + n, int8send(n), 10, %s, %s, %s, %s
              FROM mailing m, generate_series(1, %s) n WHERE m.campaign_id = %s AND m.number = 1
            """,
            [periods.ready(NOW), NOW, NOW + timedelta(days=2), NOW, NOW, LIST - 3, made.id],
        )
    models.Mailing.objects.filter(campaign_id=made.id, number=1).update(audience_count=LIST)
    models.Delivery.objects.filter(state=0).update(state=1)
    models.Delivery.objects.filter(state=1).update(state=2)
    models.Delivery.objects.filter(state=2).update(state=10)
    return made


def mailing(campaign) -> models.Mailing:
    return models.Mailing.objects.get(campaign_id=campaign.id, number=1)


def failed(
    campaign, count: int, at: datetime = NOW, *, cause: str = "bad_address", verdict: str = "refused"
) -> None:
    """So many of its deliveries have an attempt on record that ended like this."""
    used = models.Attempt.objects.values("delivery_id")
    rows = (
        models.Delivery.objects.filter(mailing=mailing(campaign)).exclude(id__in=used).order_by("id")[:count]
    )
    models.Attempt.objects.bulk_create(
        models.Attempt(
            period=row.period,
            delivery_id=row.pk,
            at=at,
            attempt_no=1,
            stage="rcpt",
            verdict=verdict,
            cause=cause,
            code=550,
            reply="5.1.1 no such user",
        )
        for row in rows
    )


def complained(campaign, count: int, at: datetime = NOW, kind: str = "complaint") -> None:
    rows = models.Delivery.objects.filter(mailing=mailing(campaign)).order_by("-id")[:count]
    models.DeliveryEvent.objects.bulk_create(
        models.DeliveryEvent(
            delivery_id=row.pk,
            period=row.period,
            mailing_id=row.mailing_id,
            kind=kind,
            source="arf",
            external_id=f"{kind}-{row.pk}-{at}",
            occurred_at=at,
            recorded_at=at,
        )
        for row in rows
    )


def state(campaign) -> CampaignState:
    return campaigns.by_id(campaign.id).state


def told() -> dict[str, str]:
    return {alert.kind: alert.sentence for alert in alerts.open_now()}


def test_a_campaign_in_which_all_is_well_is_left_alone(campaign):
    assert watch_campaigns(NOW) == 0
    assert state(campaign) is CampaignState.RUNNING
    assert told() == {}


def test_five_bounces_in_a_hundred_stop_it_and_a_person_reads_why(campaign):
    failed(campaign, 15)
    assert watch_campaigns(NOW) == 1
    assert state(campaign) is CampaignState.PAUSED
    assert mailing(campaign).state == MailingState.PAUSED
    assert told()[Alarm.BOUNCES] == (
        "Paused: 15 of 300 letters (5.0%) of issue 1 of autumn came back as undeliverable; the limit is 5 %. "
        'It said last: "5.1.1 no such user". Check where these addresses came from, take out the dead ones, then '
        "run rounds campaign resume autumn."
    )
    [alert] = alerts.of_campaign("autumn")
    assert alert.subject == "autumn/1"


def test_two_bounces_in_a_hundred_are_told_and_the_warning_goes_when_they_are_fewer(campaign):
    failed(campaign, 6)
    assert watch_campaigns(NOW) == 0
    assert told() == {
        "bounces_warning": "6 of 300 letters (2.0%) of issue 1 of autumn came back as undeliverable. "
        "At 5 % the campaign is paused."
    }
    models.Mailing.objects.filter(campaign_id=campaign.id, number=1).update(audience_count=400)
    watch_campaigns(NOW)
    assert told() == {}


def test_bounces_that_come_later_count_with_those_at_once_and_each_delivery_once(campaign):
    failed(campaign, 10)
    complained(campaign, 4, kind="hard")
    complained(campaign, 4, at=NOW + timedelta(minutes=1), kind="hard")
    assert watch_campaigns(NOW) == 0
    complained(campaign, 5, at=NOW + timedelta(minutes=2), kind="soft")
    assert watch_campaigns(NOW) == 1


def test_one_complaint_in_three_hundred_stops_it(campaign):
    complained(campaign, 1)
    assert watch_campaigns(NOW) == 1
    assert "1 of 300 letters (0.3%) of issue 1 of autumn were reported as spam" in told()[Alarm.COMPLAINTS]


def test_complaints_about_an_issue_that_has_gone_out_stop_the_next(campaign):
    models.Mailing.objects.filter(campaign_id=campaign.id, number=1).update(state="finished", finished_at=NOW)
    complained(campaign, 3, at=NOW + timedelta(days=2))
    assert watch_campaigns(NOW + timedelta(days=2)) == 1
    assert state(campaign) is CampaignState.PAUSED


def test_a_list_too_small_to_judge_is_not_judged(campaign):
    models.Mailing.objects.filter(campaign_id=campaign.id, number=1).update(audience_count=199)
    failed(campaign, 100)
    complained(campaign, 50)
    assert watch_campaigns(NOW) == 0


def test_more_than_one_in_a_hundred_that_cannot_be_written_stop_it(campaign):
    failed(campaign, 3, cause="unwritable")
    assert watch_campaigns(NOW) == 0
    failed(campaign, 1, cause="unwritable")
    assert watch_campaigns(NOW) == 1
    assert "could not be written" in told()[Alarm.UNWRITABLE]


def test_five_rejections_of_the_sender_in_a_row_stop_it(campaign):
    later = NOW + timedelta(days=3)  # nothing was accepted after these
    failed(campaign, 4, later, cause="sender", verdict="not_sent")
    assert watch_campaigns(later) == 0
    failed(campaign, 1, later, cause="greylisted", verdict="deferred")
    failed(campaign, 4, later, cause="sender", verdict="not_sent")
    assert watch_campaigns(later) == 0, "not in a row"
    failed(campaign, 1, later, cause="sender", verdict="not_sent")
    assert watch_campaigns(later) == 1
    assert "refused us as the sender 5 times in a row" in told()[Alarm.SENDER]


def test_rejections_of_the_sender_with_acceptances_between_are_not_in_a_row(campaign):
    failed(campaign, 9, NOW - timedelta(days=30), cause="sender", verdict="not_sent")
    assert watch_campaigns(NOW) == 0


def test_what_a_person_let_go_on_is_judged_anew(campaign):
    failed(campaign, 15)
    watch_campaigns(NOW)
    later = NOW + timedelta(hours=1)
    resume_campaign("autumn", later)
    assert watch_campaigns(later) == 0
    assert state(campaign) is CampaignState.RUNNING
    assert told() == {}
    again = later + timedelta(minutes=5)
    models.RouteTally.objects.create(route="relay", minute=again, accepted=285)
    failed(campaign, 14, again)
    assert watch_campaigns(again) == 0
    failed(campaign, 1, again)
    assert watch_campaigns(again) == 1


def test_a_paused_campaign_is_not_paused_again_and_its_alert_stays(campaign):
    failed(campaign, 15)
    watch_campaigns(NOW)
    assert watch_campaigns(NOW + timedelta(minutes=1)) == 0
    assert Alarm.BOUNCES in told()


def test_the_alerts_of_a_campaign_that_is_over_go(campaign):
    failed(campaign, 15)
    watch_campaigns(NOW)
    models.Campaign.objects.filter(pk=campaign.id).update(state="cancelled")
    watch_campaigns(NOW)
    assert told() == {}


@pytest.fixture
def waiting():
    """An issue that is due and that nobody sends."""
    factories.notices()
    factories.readers()
    made = factories.campaign()
    open_due(NOW)
    return made


def test_what_is_due_for_ten_minutes_and_does_not_leave_is_told_until_it_does(waiting):
    watch_campaigns(NOW + timedelta(minutes=9))
    assert told() == {}
    watch_campaigns(NOW + timedelta(minutes=11))
    assert told()[Alarm.STALLED].startswith(
        "3 letters of autumn are due and the oldest has waited 11 minutes, but nothing is being accepted."
    )
    models.Delivery.objects.update(next_attempt_at=NOW + timedelta(hours=1))
    watch_campaigns(NOW + timedelta(minutes=12))
    assert told() == {}


def test_a_large_issue_on_its_way_is_no_alarm(waiting):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO route_tally (route, minute, accepted)"
            " VALUES ('relay', date_trunc('minute', clock_timestamp()), 5)"
        )
    watch_campaigns(NOW + timedelta(minutes=30))
    assert told() == {}
    watch_campaigns(NOW + timedelta(minutes=61))
    assert "goes out slowly" in told()[Alarm.STALLED]


def test_nothing_is_said_of_what_waits_while_everything_is_stopped(waiting):
    models.Instance.objects.update(sending_enabled=False)
    watch_campaigns(NOW + timedelta(minutes=30))
    assert told() == {}


def test_unknown_outcomes_that_are_held_are_told_until_a_person_decides(campaign):
    failed(campaign, 1, cause="reply_lost", verdict="unknown")
    row = models.Attempt.objects.get()
    fresh = models.Delivery.objects.filter(mailing=mailing(campaign)).exclude(id=row.delivery_id).first()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE delivery DISABLE TRIGGER delivery_edges")
    models.Delivery.objects.filter(id=row.delivery_id).update(state=16)
    watch_campaigns(NOW)
    assert "1 letter of issue 1 of autumn may or may not have arrived" in told()[Alarm.UNKNOWN]
    models.Delivery.objects.filter(id=row.delivery_id).update(reason="left")
    watch_campaigns(NOW)
    assert told() == {}
    assert fresh is not None


def test_an_issue_that_opens_at_night_is_due_in_the_morning_of_each_reader(monkeypatch):
    from dataclasses import replace

    from pipeline import settings

    changed = replace(settings.current(), quiet_hours=QuietHours(time(22), time(7)))
    monkeypatch.setattr("pipeline.actions.open_due.current", lambda: changed)
    factories.notices()
    factories.readers(["ada"], zone="Europe/London")
    factories.readers(["ben"], zone="America/New_York")
    factories.readers(["cleo"])
    factories.campaign()
    open_due(NOW)  # nine in London, four in New York
    due = dict(models.Delivery.objects.values_list("address_key", "next_attempt_at"))
    assert {bytes(key): at for key, at in due.items()} == {
        factories.key("ada"): NOW,
        factories.key("ben"): NOW + timedelta(hours=3),
        factories.key("cleo"): NOW,
    }
