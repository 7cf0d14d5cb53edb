"""What is heard about a message is kept once, and means the same by whatever road it came.

C4, row 50: accepted, and bounced later, twice, for an unknown uid, forged (the forged are in `test_collect_reports`).
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from pipeline.actions.change_preferences import change_preferences
from pipeline.actions.confirm import confirm
from pipeline.actions.open_due import open_due
from pipeline.actions.record_feedback import Recorded, record_feedback, record_refusal
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.suppression import ALL, CONFIRMATION, MARKETING, Reason, active
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.feedback.event import FeedbackEvent, Kind
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import alerts, campaigns, consent, feedback, models
from pipeline.store.subscribers import random_uid
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY

pytestmark = pytest.mark.django_db

TO_ACCEPTED = (DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.ACCEPTED)


def move(delivery: models.Delivery, *states: DeliveryState, **more: object) -> models.Delivery:
    """Lead a delivery through states, as senders do."""
    for state in states:
        models.Delivery.objects.filter(uid=delivery.uid).update(state=state, **more)
    return models.Delivery.objects.get(uid=delivery.uid)


@pytest.fixture
def campaign():
    factories.notices()
    factories.subscriber("ada")
    found = factories.campaign()
    open_due(NOW)
    return found


@pytest.fixture
def sent(campaign) -> models.Delivery:
    """A letter to ada that the next hop took."""
    return move(models.Delivery.objects.get(), *TO_ACCEPTED)


def event(
    delivery: models.Delivery, kind: Kind = Kind.HARD, source: str = "dsn", **more: object
) -> FeedbackEvent:
    name = f"{delivery.uid.hex}:{kind.value}"
    fields = {
        "external_id": name,
        "delivery_uid": delivery.uid.bytes,
        "code": 550,
        "enhanced": "5.1.1",
        **more,
    }
    return FeedbackEvent(kind=kind, source=source, **fields)


def in_force(name: str = "ada") -> set[tuple[str, str]]:
    rows = active(consent.suppressions(key_of(parse(f"{name}@readers.test"))), NOW + timedelta(days=400))
    return {(row.scope, row.reason.value) for row in rows}


def ledger(delivery: models.Delivery) -> list[EventKind]:
    return [entry.kind for entry in consent.ledger(delivery.subscriber_id)]


def test_one_hard_bounce_stops_all_mail_and_is_in_the_ledger(sent):
    assert record_feedback(event(sent), NOW) is Recorded.KEPT
    assert in_force() == {(ALL, "hard_bounce")}
    assert ledger(sent)[-1] is EventKind.HARD_BOUNCED


def test_the_same_event_again_changes_nothing_and_by_another_road_hardly_anything(sent):
    record_feedback(event(sent), NOW)
    entries = len(ledger(sent))
    assert record_feedback(event(sent), NOW + timedelta(days=10)) is Recorded.KNOWN
    assert len(ledger(sent)) == entries
    assert record_feedback(event(sent, source="postmark", external_id="42"), NOW) is Recorded.KEPT
    assert in_force() == {(ALL, "hard_bounce")}


def test_a_bounce_after_acceptance_is_an_event_beside_it(sent):
    record_feedback(event(sent), NOW)
    assert models.Delivery.objects.get().state == DeliveryState.ACCEPTED
    assert models.DeliveryEvent.objects.get().delivery_uid == sent.uid


def test_an_event_about_nobody_leaves_no_row(sent):
    stranger = FeedbackEvent(Kind.HARD, "dsn", "x", delivery_uid=random_uid().bytes)
    assert record_feedback(stranger, NOW) is Recorded.NOBODY
    assert not models.DeliveryEvent.objects.exists()
    assert not in_force()


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.HARD, Kind.COMPLAINT, Kind.FRAUD, Kind.VIRUS}))
def test_nothing_but_a_hard_bounce_and_a_complaint_suppresses_at_once(sent, kind):
    record_feedback(event(sent, kind), NOW)
    assert not in_force()


@pytest.mark.parametrize("kind", [Kind.DELIVERED, Kind.SOFT, Kind.HARD, Kind.DELAYED, Kind.RELAYED])
@pytest.mark.parametrize(
    "doubt", [(DeliveryState.UNKNOWN,), (DeliveryState.UNKNOWN, DeliveryState.HELD_UNKNOWN)]
)
def test_whatever_is_heard_proves_that_the_next_hop_took_the_message(campaign, kind, doubt):
    delivery = move(models.Delivery.objects.get(), DeliveryState.LEASED, DeliveryState.SENDING, *doubt)
    record_feedback(event(delivery, kind), NOW)
    assert models.Delivery.objects.get().state == DeliveryState.ACCEPTED


@pytest.mark.parametrize("held", [(), (DeliveryState.LEASED,), (DeliveryState.LEASED, DeliveryState.SENDING)])
def test_a_delivery_that_a_sender_may_hold_is_left_to_it(campaign, held):
    delivery = move(models.Delivery.objects.get(), *held)
    record_feedback(event(delivery, Kind.DELAYED), NOW)
    assert models.Delivery.objects.get().state == (held[-1] if held else DeliveryState.QUEUED)


def test_evidence_that_came_before_the_doubt_is_found_by_the_resolver(campaign):
    delivery = move(models.Delivery.objects.get(), DeliveryState.LEASED, DeliveryState.SENDING)
    record_feedback(event(delivery, Kind.DELAYED), NOW)
    assert feedback.settle_proven() == 0
    move(delivery, DeliveryState.UNKNOWN)
    assert feedback.settle_proven() == 1
    assert models.Delivery.objects.get().state == DeliveryState.ACCEPTED
    assert feedback.settle_proven() == 0


def test_a_refusal_during_smtp_proves_nothing_and_follows_the_same_policy(campaign):
    delivery = move(models.Delivery.objects.get(), DeliveryState.LEASED, DeliveryState.FAILED)
    record_refusal(delivery.id, delivery.period, 550, "5.1.1", "5.1.1 <ada@readers.test> unknown", NOW)
    assert in_force() == {(ALL, "hard_bounce")}
    assert models.Delivery.objects.get().state == DeliveryState.FAILED
    kept = models.DeliveryEvent.objects.get()
    assert kept.source == "smtp"
    assert "ada" not in str(kept.detail)


def test_a_complaint_ends_every_list_and_no_mail_goes_back(campaign):
    ada = factories.subscriber("ada", DAILY)
    waiting = models.Delivery.objects.get()
    record_feedback(event(waiting, Kind.COMPLAINT, "arf"), NOW)
    assert consent.standing(consent.ledger(ada.id), WEEKLY).status == "withdrawn"
    assert consent.standing(consent.ledger(ada.id), DAILY).status == "withdrawn"
    assert ledger(waiting)[-1] is EventKind.COMPLAINT_FBL
    assert models.Delivery.objects.get().state == DeliveryState.SUPPRESSED
    assert in_force() == {(MARKETING, "complaint"), (CONFIRMATION, "complaint")}
    subscribe(SignUp("ada@readers.test", (WEEKLY,), "test"), NOW)
    assert models.Delivery.objects.count() == 1


def test_a_complaint_known_by_its_unsubscribe_link_is_about_that_person(sent):
    ada = consent.subscriptions(sent.subscriber_id)[0]
    by_link = FeedbackEvent(
        Kind.COMPLAINT, "arf", "x", subscription_uid=ada.uid.bytes, claimed_uid=sent.uid.bytes
    )
    record_feedback(by_link, NOW)
    kept = models.DeliveryEvent.objects.get()
    assert (kept.subscriber_id, kept.delivery_id) == (sent.subscriber_id, sent.id)


def test_a_message_id_that_is_another_persons_is_not_believed(sent):
    ben = factories.subscriber("ben")
    link = consent.subscriptions(ben.id)[0]
    mixed = FeedbackEvent(
        Kind.COMPLAINT, "arf", "x", subscription_uid=link.uid.bytes, claimed_uid=sent.uid.bytes
    )
    record_feedback(mixed, NOW)
    kept = models.DeliveryEvent.objects.get()
    assert (kept.subscriber_id, kept.delivery_id) == (ben.id, None)
    assert not in_force("ada")


@pytest.mark.parametrize("kind", [Kind.FRAUD, Kind.VIRUS])
def test_a_person_is_told_of_fraud(sent, kind):
    record_feedback(event(sent, kind, "arf"), NOW)
    assert [alert.kind for alert in alerts.open_now()] == [kind.value]


def test_a_provider_that_says_unsubscribed_ends_one_list(sent):
    factories.subscriber("ada", DAILY)
    record_feedback(event(sent, Kind.UNSUBSCRIBED, "mailgun"), NOW)
    entries = consent.ledger(sent.subscriber_id)
    assert consent.standing(entries, WEEKLY).status == "withdrawn"
    assert consent.standing(entries, DAILY).permits


# --- a row of soft failures


def issues(campaign, number: int) -> list[models.Delivery]:
    """One letter to ada for each of `number` weeks, all accepted."""
    first = move(models.Delivery.objects.get(), *TO_ACCEPTED)
    for n in range(1, number):
        mailing = models.Mailing.objects.get(pk=first.mailing_id)
        mailing.pk, mailing.number = None, 100 + n
        mailing.save()
        copy = models.Delivery.objects.get(uid=first.uid)
        copy.pk, copy.uid, copy.mailing, copy.state = None, random_uid(), mailing, DeliveryState.QUEUED
        copy.created_at = first.created_at + timedelta(days=n)
        copy.save(force_insert=True)
        move(copy, *TO_ACCEPTED)
    return list(models.Delivery.objects.order_by("created_at"))


@pytest.mark.parametrize("order", [range(7), range(6, -1, -1), (3, 0, 6, 1, 5, 2, 4)])
def test_seven_soft_issues_in_a_row_end_the_lists_in_whatever_order_they_are_heard(campaign, order):
    letters = issues(campaign, 7)
    for heard, n in enumerate(order):
        assert not in_force(), heard
        record_feedback(event(letters[n], Kind.FULL, enhanced="5.2.2"), NOW)
    assert in_force() == {(MARKETING, "soft_limit")}
    assert ledger(letters[0])[-1] is EventKind.SUPPRESSION_ADDED


def test_one_that_arrived_begins_the_count_again(campaign):
    letters = issues(campaign, 13)
    for n in [*range(6), *range(7, 13)]:
        record_feedback(event(letters[n], Kind.SOFT), NOW)
    assert not in_force()


def test_our_own_faults_are_not_counted_against_anybody(campaign):
    for letter in issues(campaign, 9):
        record_feedback(event(letter, Kind.SENDER_FAULT), NOW)
    assert not in_force()
    assert [alert.kind for alert in alerts.open_now()] == ["sender_fault"]


def test_refusals_during_smtp_count_like_reports(campaign):
    letters = issues(campaign, 7)
    for letter in letters[:6]:
        record_feedback(event(letter, Kind.SOFT), NOW)
    last = models.Delivery.objects.get(uid=letters[6].uid)
    last.pk, last.uid, last.state = None, random_uid(), DeliveryState.QUEUED
    models.Delivery.objects.filter(uid=letters[6].uid).delete()
    last.save(force_insert=True)
    move(last, DeliveryState.LEASED)
    move(last, DeliveryState.FAILED, cause="temporary", code=452, enhanced="4.2.2", reply="4.2.2 full")
    record_refusal(last.id, last.period, 452, "4.2.2", "4.2.2 full", NOW)
    assert in_force() == {(MARKETING, "soft_limit")}


# --- the fault of the issue


def test_hosts_that_refuse_the_form_stop_the_issue_and_nobody_is_blamed(campaign):
    """Three of them; one odd filter stops nothing."""
    [delivery] = models.Delivery.objects.all()
    letters = [move(delivery, *TO_ACCEPTED)]
    for name in ("ben", "cleo"):
        person = factories.subscriber(name)
        copy = models.Delivery.objects.get(uid=delivery.uid)
        copy.pk, copy.uid, copy.state = None, random_uid(), DeliveryState.QUEUED
        copy.subscriber_id, copy.address_key = person.id, key_of(parse(f"{name}@readers.test"))
        copy.save(force_insert=True)
        letters.append(move(copy, *TO_ACCEPTED))
    for letter in letters[:2]:
        record_feedback(event(letter, Kind.CONTENT, enhanced="5.3.4"), NOW)
    assert campaigns.by_id(campaign.id).state == "running"
    record_feedback(event(letters[2], Kind.CONTENT, enhanced="5.3.4"), NOW)
    assert campaigns.by_id(campaign.id).state == "paused"
    [alert] = alerts.open_now()
    assert "5.3.4" in alert.sentence
    assert not in_force("ada") | in_force("ben") | in_force("cleo")


# --- a fresh yes


def confirmed_again(now) -> None:
    subscribe(SignUp("ada@readers.test", (WEEKLY,), "test"), now)
    asked = models.Confirmation.objects.latest("id")
    confirm(make(Audience.CONFIRM, asked.uid.bytes, keyring()), now)


def test_a_fresh_yes_lifts_a_hard_bounce_and_old_news_does_not_put_it_back(sent):
    ada = consent.subscriptions(sent.subscriber_id)[0]
    record_feedback(event(sent), NOW)
    confirmed_again(NOW + timedelta(days=2))
    assert not in_force()
    assert consent.subscription(ada.uid).status.permits
    late = event(sent, source="postmark", external_id="late")
    assert record_feedback(late, NOW + timedelta(days=10)) is Recorded.KEPT
    assert not in_force()


def test_a_bounce_of_a_letter_written_after_the_yes_counts_again(campaign, sent):
    record_feedback(event(sent), NOW)
    confirmed_again(NOW + timedelta(days=2))
    later = models.Delivery.objects.get(stream="confirmation")
    models.Delivery.objects.filter(uid=later.uid).update(created_at=NOW + timedelta(days=3))
    record_feedback(event(later), NOW + timedelta(days=4))
    assert in_force() == {(ALL, Reason.HARD_BOUNCE.value)}


def test_the_ledger_and_the_events_hold_no_address(sent):
    record_feedback(event(sent, said="…@readers.test is not there"), NOW)
    [row] = models.DeliveryEvent.objects.all()
    evidence = [str(entry.evidence) for entry in consent.ledger(sent.subscriber_id)]
    assert not any("ada@" in text for text in [str(row.detail), *evidence])
    assert UUID(str(row.delivery_uid)) == sent.uid


@pytest.mark.parametrize("kind", [Kind.DELIVERED, Kind.RELAYED, Kind.EXPANDED])
def test_good_news_about_what_is_known_to_have_arrived_leaves_no_row(sent, kind):
    assert record_feedback(event(sent, kind, "sendgrid"), NOW) is Recorded.KNOWN
    assert not models.DeliveryEvent.objects.exists()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2, 1, 1)])
def test_the_end_is_the_same_in_whatever_order_events_come(sent, order):
    """C7, row 77: ten days late, out of order and more than once, nothing goes back."""
    told = [
        event(sent, Kind.DELIVERED, "mailgun", external_id="a"),
        event(sent, Kind.DELAYED, "mailgun", external_id="b"),
        event(sent, Kind.HARD, "mailgun", external_id="c"),
        event(sent, Kind.COMPLAINT, "arf"),
    ]
    for days, n in enumerate(order):
        record_feedback(told[n], NOW + timedelta(days=3 * days))
    assert in_force() == {(ALL, "hard_bounce"), (MARKETING, "complaint"), (CONFIRMATION, "complaint")}
    assert models.Delivery.objects.get().state == DeliveryState.ACCEPTED
    assert not consent.standing(consent.ledger(sent.subscriber_id), WEEKLY).permits


def test_a_link_that_names_its_letter_proves_that_it_arrived(campaign):
    delivery = move(
        models.Delivery.objects.get(), DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.UNKNOWN
    )
    change_preferences(make(Audience.PREFS, delivery.uid.bytes, keyring()), "nothing", NOW)
    assert models.Delivery.objects.get().state == DeliveryState.ACCEPTED
