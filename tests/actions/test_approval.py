"""What no clinician stands for does not go out: at scheduling, at opening, and at the dot (E-01, E-02)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection

from pipeline.actions import create_campaign as create_campaign_
from pipeline.actions.approve_article import approve_article
from pipeline.actions.create_campaign import NewCampaign, create_campaign
from pipeline.actions.open_due import WORTH_SENDING, open_due
from pipeline.actions.read_issue import read_issue
from pipeline.actions.send_back_article import send_back_article
from pipeline.actions.submit_article import submit_article
from pipeline.actions.watch_reviews import watch_reviews
from pipeline.actions.withdraw_approval import withdraw_approval
from pipeline.core.content.article import Finding, Severity
from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.lifecycle import DeliveryState, MailingState
from pipeline.core.editorial.approval import ApprovalState
from pipeline.core.errors import BadInput, Refused
from pipeline.core.message.web_copy import series_code, web_copy
from pipeline.store import alerts, articles, campaigns, deliveries, models, sending, series
from tests import factories, senders
from tests.factories import NOW, SERIES, WEEKLY

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what a sender of its own connection is to see

WEEK = timedelta(days=7)
SHORT = date(2026, 11, 25)  # the day after NOW
AFTER = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _published() -> None:
    factories.notices()


def state(now: datetime = NOW) -> ApprovalState:
    return articles.standing_of(SERIES, now.date()).state


def schedule(now: datetime = NOW) -> str:
    wanted = NewCampaign(
        SERIES, WEEKLY, Mode.CALENDAR, None, None, "Europe/London", "Europe/London", None, name="autumn"
    )
    return create_campaign(wanted, now).name


def mailing(campaign, number: int = 1):
    return campaigns.mailings(campaign.id)[number - 1]


@pytest.mark.holds("E-01")
def test_one_changed_character_sends_an_approved_article_back_to_review():
    factories.series()
    assert state() is ApprovalState.APPROVED
    factories.edited("very common", "very, common")
    assert state() is ApprovalState.IN_REVIEW
    with pytest.raises(Refused, match="not approved as it stands now"):
        schedule()
    assert articles.latest(SERIES).approval is None


def test_the_hash_that_was_shown_is_the_one_that_is_signed():
    factories.approved_article()
    shown = articles.latest(SERIES).digest
    assert factories.signed(digest=shown) == factories.signed(digest=shown[:12].upper()) == shown
    newest = factories.edited("very common", "rather common")
    with pytest.raises(Refused, match="edited since you were shown it"):
        factories.signed(digest=shown)
    with pytest.raises(BadInput, match="12 digits"):
        factories.signed(digest=newest[:5])
    assert factories.signed(digest=newest) == newest
    with pytest.raises(Exception, match="names the digest of the words"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sign_off (revision_id, content_sha256, reviewer, profession, registration, demonstration,"
            " next_review_on, signed_at, decisions, member)"
            " SELECT revision_id, repeat('0', 64), reviewer, profession, registration, demonstration,"
            " next_review_on, signed_at, decisions, member FROM sign_off LIMIT 1"
        )


def test_each_finding_that_only_a_clinician_can_decide_is_decided_in_words():
    factories.approved_article()
    stored = articles.latest(SERIES)
    doubts = tuple(Finding(rule, Severity.A, 7, "1 in 2", "Is this so?") for rule in ("dose.limit", "bound"))
    articles.save_revision(stored.article, "f" * 64, doubts, "x.md", NOW)
    with pytest.raises(Refused, match=r"bound:7 .*; dose\.limit:7"):
        factories.signed()
    with pytest.raises(Refused, match=r"each of these: bound:7"):
        factories.signed(decisions={"dose.limit:7": "I checked the source.", "bound:7": " "})
    with pytest.raises(BadInput, match="no finding 'other:1'"):
        factories.signed(decisions={"other:1": "Fine."})
    factories.signed(decisions={"dose.limit:7": "I checked the source.", "bound:7": "The text is right."})
    assert [(d.key, d.reason) for d in articles.latest(SERIES).approval.decisions] == [
        ("bound:7", "The text is right."),
        ("dose.limit:7", "I checked the source."),
    ]


@pytest.mark.holds("E-01")
def test_a_byline_without_credentials_is_signed_for_a_demonstration_alone():
    factories.approved_article()
    with pytest.raises(Refused, match=r"has no credentials in the article"):
        approve_article(SERIES, "Dr Ada", "GP", "GMC 1", date(2027, 1, 1), NOW)


def test_a_review_is_asked_for_given_back_and_withdrawn():
    factories.approved_article()
    with pytest.raises(Refused, match="there is nothing to ask for"):
        submit_article(SERIES, "maya", NOW)
    factories.edited("very common", "rather common")
    digest = submit_article(SERIES, "maya", NOW)
    assert submit_article(SERIES, "maya", NOW) == digest
    with pytest.raises(BadInput):
        send_back_article(SERIES, "  ", "nia", NOW)
    send_back_article(SERIES, "Say how common.", "nia", NOW)
    assert state() is ApprovalState.DRAFT
    with pytest.raises(Refused, match="is draft"):
        send_back_article(SERIES, "Again.", "nia", NOW)
    submit_article(SERIES, "maya", NOW)
    assert state() is ApprovalState.IN_REVIEW
    assert [(h.kind.value, h.member, h.remarks) for h in articles.history(SERIES)][-2:] == [
        ("sent_back", "nia", "Say how common."),
        ("submitted", "maya", ""),
    ]


@pytest.mark.holds("E-01")
def test_a_letter_that_reads_otherwise_than_when_it_was_signed_is_not_scheduled(monkeypatch):
    factories.series()
    factories.signed()
    changed = replace(series.plan(SERIES), title="Another name for it")
    series.save_plan(changed, NOW)
    monkeypatch.setattr(create_campaign_, "plan_series", lambda *_: (changed, ()))
    with pytest.raises(Refused, match="does not read as it did when the article was signed off"):
        schedule()


@pytest.mark.holds("E-01")
def test_what_was_approved_is_byte_for_byte_what_the_archive_shows():
    factories.series()
    factories.signed()
    [approved] = articles.signed_letters(SERIES, SERIES)[1].values()
    schedule()
    open_due(NOW)
    revision = next(r for r in series.latest_revisions(SERIES) if r.number == 1)
    assert approved == revision.letter.content_sha256
    assert read_issue(series_code(SERIES), 1) == web_copy(revision.letter.html)
    assert "Page last reviewed: 24 November 2026" in " ".join(revision.letter.text.split())
    assert "Next review due: 1 November 2027" in " ".join(revision.letter.text.split())


@pytest.mark.holds("E-02")
def test_past_its_date_nothing_is_scheduled_or_opened_and_it_goes_on_when_it_is_signed_again():
    factories.readers()
    campaign = factories.campaign()
    factories.signed(until=SHORT)
    with pytest.raises(Refused, match="was due for review on 2026-11-25"):
        schedule(AFTER)
    open_due(NOW)
    assert mailing(campaign).state is MailingState.SENDING
    second = NOW + WEEK
    open_due(second)
    assert (mailing(campaign, 2).state, mailing(campaign, 2).waits_for) == ("scheduled", "expired")
    alert = next(a for a in alerts.open_now() if a.kind == "unapproved")
    assert (alert.subject, "past its review date" in alert.sentence) == ("autumn", True)
    factories.signed(now=second + timedelta(hours=1))
    open_due(second + timedelta(hours=1))
    assert (mailing(campaign, 2).state, mailing(campaign, 2).waits_for) == ("sending", "")
    assert not [a for a in alerts.open_now() if a.kind == "unapproved"]


def test_an_issue_whose_day_went_by_takes_the_coming_slot_and_those_after_it_follow():
    campaign = factories.campaign()
    factories.signed(until=SHORT)
    open_due(NOW)
    for hours in (0, 24):
        open_due(NOW + WEEK + timedelta(hours=hours))
    signed_at = NOW + WEEK + timedelta(hours=30)
    factories.signed(now=signed_at)
    open_due(signed_at)
    due = [m.due_at for m in campaigns.mailings(campaign.id)][1:]
    assert all(later - sooner >= WEEK for sooner, later in pairwise(due))
    assert due[0] > signed_at
    assert {m.state for m in campaigns.mailings(campaign.id)[1:]} == {MailingState.SCHEDULED}


def test_in_a_course_the_same_issue_waits_for_the_members_next_slot():
    factories.readers(["ada"])
    campaign = factories.campaign(Mode.COURSE)
    factories.signed(until=SHORT)
    for days in (0, 7, 8):
        open_due(NOW + timedelta(days=days))
    assert [line.issue for line in campaigns.delivery_lines(campaign.id)] == [1]
    factories.signed(now=NOW + timedelta(days=9))
    for days in (9, 14):
        open_due(NOW + timedelta(days=days))
    assert sorted(line.issue for line in campaigns.delivery_lines(campaign.id)) == [1, 2]


@committed
@pytest.mark.holds("E-02")
def test_an_issue_that_was_opened_before_its_date_stops_at_the_dot_and_loses_nothing():
    factories.readers()
    campaign = factories.campaign()
    factories.signed(until=SHORT)
    open_due(NOW)
    sender = senders.token()
    first, *rest = senders.claim(sender, 2, NOW)
    assert senders.intents(sender, [first], NOW) == {first.id}
    senders.accept(sender, first)
    # The date passes while a sender holds one: it is asked at the dot, and nobody has to have ticked.
    assert senders.intents(sender, rest, AFTER) == set()
    assert senders.obstacle(rest[0], AFTER).state is DeliveryState.QUEUED
    assert senders.leave_unsent(sender, rest[0], senders.obstacle(rest[0], AFTER))
    assert senders.claim(sender, 9, AFTER) == []
    assert not sending.anything_due(AFTER)
    # A tick writes down why it waits, and nothing of it grows stale, however long that takes.
    open_due(AFTER)
    assert mailing(campaign).waits_for == "expired"
    later = AFTER + timedelta(days=30)
    assert deliveries.expire_overdue(later, WORTH_SENDING) == 0
    factories.signed(now=later)
    open_due(later)
    deliveries.expire_overdue(later, WORTH_SENDING)
    again = senders.claim(sender, 9, later)
    assert len(again) == 2
    assert senders.intents(sender, again, later) == {each.id for each in again}


@committed
def test_a_withdrawal_stops_a_running_sender_at_its_next_dot():
    factories.readers()
    campaign = factories.campaign()
    open_due(NOW)
    sender = senders.token()
    claimed = senders.claim(sender, 9, NOW)
    factories.edited("very common", "rather common")  # a draft of other words stops nothing
    assert senders.intents(sender, claimed[:1], NOW) == {claimed[0].id}
    with pytest.raises(BadInput):
        withdraw_approval(SERIES, " ", "nia", NOW)
    withdraw_approval(SERIES, "The source was retracted.", "nia", NOW)
    assert senders.intents(sender, claimed[1:], NOW) == set()
    assert mailing(campaign).waits_for == "withdrawn"
    with pytest.raises(Refused, match="no approval that could be withdrawn"):
        withdraw_approval(SERIES, "Again.", "nia", NOW)


def test_a_button_that_is_pressed_twice_withdraws_one_approval_and_not_the_one_before_it():
    factories.approved_article()
    before = articles.digest_in_force(SERIES)
    factories.edited("very common", "rather common")
    factories.signed()
    shown = articles.digest_in_force(SERIES)
    assert withdraw_approval(SERIES, "Retracted.", "nia", NOW, shown=shown) == shown != before
    with pytest.raises(Refused, match="not what this page showed"):
        withdraw_approval(SERIES, "Retracted.", "nia", NOW, shown=shown)
    assert articles.digest_in_force(SERIES) == before


@pytest.mark.holds("E-02")
def test_a_person_is_told_ninety_days_before_the_date_and_no_more_once_it_is_signed_again():
    factories.approved_article()
    found = []
    for day in (date(2027, 8, 2), date(2027, 8, 3), date(2027, 11, 2)):
        watch_reviews(datetime(day.year, day.month, day.day, tzinfo=UTC))
        found.append([a.sentence for a in alerts.open_now() if a.kind == "review"])
    assert [len(told) for told in found] == [0, 1, 1]
    assert "is due for review on 2027-11-01. Nothing of it goes out after that day" in found[1][0]
    assert "was due for review on 2027-11-01" in found[2][0]
    factories.signed(now=datetime(2027, 11, 2, tzinfo=UTC), until=date(2028, 11, 1))
    watch_reviews(datetime(2027, 11, 2, tzinfo=UTC))
    assert not [a for a in alerts.open_now() if a.kind == "review"]


def test_what_happened_to_an_article_is_never_edited():
    factories.approved_article()
    with pytest.raises(Exception, match="append-only"):
        models.ReviewEvent.objects.update(remarks="It was all agreed.")
