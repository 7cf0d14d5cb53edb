"""Whoever is erased is nowhere to be found, is not mailed again, and every seal over the ledger still holds."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.actions.check_proof import check_proof
from pipeline.actions.confirm import confirm
from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.open_due import open_due
from pipeline.actions.prove_consent import prove_consent
from pipeline.actions.refuse_confirmation import refuse_confirmation
from pipeline.actions.show_consent import show_consent
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.unsubscribe import look_at_unsubscribe, unsubscribe
from pipeline.actions.verify_ledger import verify_ledger
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, EventKind, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.suppression import ALL, DOOR_STAYS_OPEN, Door, Reason, Suppression
from pipeline.core.consent.tokens import Audience, make
from pipeline.gateways.keys import key_of, keyring
from pipeline.settings import current
from pipeline.store import consent, deliveries, feedback, inbox, models, series, subscribers
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW, WEEKLY
from tests.sealing import seal_all
from tests.traces import traces

pytestmark = pytest.mark.django_db(transaction=True)

WHO = "Ada.Lovelace@Readers.test"
MAILBOX = parse(WHO).mailbox


@pytest.fixture(autouse=True)
def _lists(tmp_path, monkeypatch):
    here = replace(current(), data_dir=tmp_path)
    for module in ("note_no", "seal_ledger", "verify_ledger", "unsubscribe"):
        monkeypatch.setattr(f"pipeline.actions.{module}.current", lambda: here, raising=False)
    factories.notices()


def sign_up(now=NOW) -> None:
    subscribe(
        SignUp(
            WHO,
            (WEEKLY,),
            "footer",
            page_url=f"https://clinic.test/?email={MAILBOX}",
            client_ip="192.0.2.7",
            user_agent="Firefox",
            zone="Europe/London",
        ),
        now,
    )


def link(audience: Audience) -> str:
    return make(audience, models.Confirmation.objects.latest("id").uid.bytes, keyring())


def ada():
    return subscribers.by_key(key_of(parse(WHO)))


def found(folder: Path) -> list[str]:
    """Where the address, the local part or the name is."""
    return traces({MAILBOX, MAILBOX.lower(), WHO, "Ada.Lovelace", "Augusta"}, folder)


def a_life() -> None:
    """She is on a list, has a letter that was put off, was sent a test, and is in a report that nobody could read."""
    subscribers.ensure(MAILBOX, key_of(parse(WHO)), NOW, given_name="Augusta")
    sign_up()
    confirm(link(Audience.CONFIRM), NOW)
    factories.readers(["ben"])
    factories.campaign()
    open_due(NOW)
    deliveries.queue_test(
        series.latest_revisions(factories.SERIES)[0].id, MAILBOX, key_of(parse(WHO)), "carol", NOW
    )
    inbox.keep("news@clinic.test", [MAILBOX], "Hello", f"To: {MAILBOX}".encode(), NOW)
    feedback.lay_aside(
        b"Subject: x\r\n\r\n" + b64encode(f"to {MAILBOX}, gone".encode()), "pipe", "unreadable", NOW
    )
    one = models.Delivery.objects.get(address_key=key_of(parse(WHO)), mailing__isnull=False)
    models.Delivery.objects.filter(pk=one.pk).update(reply=f"452 <{MAILBOX}> is full")
    models.Delivery.objects.filter(address_key=factories.key("ben")).update(
        reply="452 <ben@readers.test> is full"
    )
    models.Attempt.objects.create(
        period=one.period, delivery_id=one.id, at=NOW, attempt_no=1, stage="rcpt", verdict="deferred",
        reply="452 mailbox ada.lovelace is full",
    )  # fmt: skip
    seal_all()


def erase(reason: Reason = Reason.ERASED) -> int:
    number = ada().id
    erase_subscriber(number, NOW + timedelta(hours=1), actor=Actor.DATA_SUBJECT, reason=reason)
    return number


@pytest.mark.holds("C-18", "S-17")
def test_nothing_is_left_of_somebody_who_is_erased(tmp_path):
    a_life()
    proof = prove_consent(WHO)
    assert found(tmp_path), "the search finds what is there"
    number = erase()
    assert found(tmp_path) == []

    entries = consent.ledger(number)
    assert [e.kind for e in entries[-2:]] == [EventKind.ERASURE_RECEIVED, EventKind.ERASURE_COMPLETED]
    assert all(e.evidence in ({"erased": True}, {}) for e in entries)
    assert fold(entries).permitted == ()
    assert [row.status.value for row in consent.subscriptions(number)] == ["withdrawn"]
    states = models.Delivery.objects.filter(address_key=key_of(parse(WHO))).values_list("state", "reason")
    assert set(states) == {(13, "withdrawn"), (13, "erased")}, "newsletter, and test"
    assert models.Delivery.objects.get(address_key=factories.key("ben")).reply, "of others nothing is touched"

    seal_all()
    assert verify_ledger().tamperings == ()
    assert check_proof(json.dumps(proof).encode(), "given before").wrong == ()
    assert any("opened" in entry for entry in proof["entries"])
    after = prove_consent(WHO)
    assert check_proof(json.dumps(after).encode(), "given after").wrong == ()
    assert not any("opened" in entry for entry in after["entries"])


@pytest.mark.holds("C-07")
def test_whoever_is_erased_stays_away_whatever_brings_them_back(tmp_path):
    sign_up()
    confirm(link(Audience.CONFIRM), NOW)
    old = {audience: link(audience) for audience in (Audience.CONFIRM, Audience.NOT_ME)}
    leave = make(Audience.UNSUB, models.Subscription.objects.get().uid.bytes, keyring())
    erase()
    letters = models.Delivery.objects.count()
    people = tmp_path / "people.csv"
    people.write_text(f"email,given_name\n{WHO},Augusta\n")
    report = factories.bring(people)
    for file in tmp_path.glob("people*"):  # the operator's own, with the row that was refused
        file.unlink()
    assert (report.imported, report.refused) == (0, {"suppressed": 1})
    sign_up(NOW + timedelta(days=30))
    confirm(old[Audience.CONFIRM], NOW)
    refuse_confirmation(old[Audience.NOT_ME], NOW)
    assert not unsubscribe(leave, Method.ONE_CLICK_POST, NOW).subscribed
    assert look_at_unsubscribe(leave).address == ""
    assert models.Delivery.objects.count() == letters
    assert found(tmp_path) == [], "nor is what they typed since"
    assert set(show_consent(WHO, NOW).may_mail.values()) == {(False, "erased")}


def test_erasing_twice_is_erasing_once_and_a_child_is_told_apart():
    sign_up()
    number = erase(Reason.CHILD)
    entries = consent.ledger(number)
    erase_subscriber(number, NOW + timedelta(days=1), actor=Actor.SYSTEM)
    assert consent.ledger(number) == entries
    assert consent.suppressions(key_of(parse(WHO))) == [Suppression(ALL, Reason.CHILD)]
    assert models.Confirmation.objects.get().state == "expired"


def test_a_request_that_was_recorded_already_is_not_recorded_again():
    person = factories.subscriber("ben")
    factories.say(person, EventKind.ERASURE_RECEIVED, None)
    erase_subscriber(person.id, NOW, actor=Actor.CONTROLLER_USER, method=Method.ADMIN)
    kinds = [entry.kind for entry in consent.ledger(person.id)]
    assert kinds.count(EventKind.ERASURE_RECEIVED) == kinds.count(EventKind.ERASURE_COMPLETED) == 1


def test_through_a_door_that_two_opened_a_fresh_yes_begins_a_new_life_under_a_new_key():
    sign_up()
    confirm(link(Audience.CONFIRM), NOW)
    number = erase()
    later = NOW + timedelta(days=60)
    doorway = Door(later, later + DOOR_STAYS_OPEN)
    consent.open_door(key_of(parse(WHO)), [Suppression(ALL, Reason.ERASED)], doorway)
    sign_up(later)
    confirm(link(Audience.CONFIRM), later)
    assert ada().id == number
    assert ada().address == MAILBOX
    entries = consent.ledger(number)
    assert fold(entries).permitted == (WEEKLY,)
    assert entries[0].evidence == {"erased": True}, "what was destroyed stays so"
    assert entries[-1].evidence["confirmation"]


def test_a_delivery_that_comes_back_after_the_erasure_holds_up_nobody():
    factories.readers(["ben", "cleo", "dora"])
    factories.campaign()
    open_due(NOW)
    ben, cleo = (subscribers.by_key(factories.key(name)) for name in ("ben", "cleo"))
    theirs = models.Delivery.objects.filter(subscriber_id__in=[ben.id, cleo.id])
    for state in (1, 2):
        theirs.update(state=state)  # on the wire
    erase_subscriber(ben.id, NOW, actor=Actor.DATA_SUBJECT)
    models.Subscriber.objects.filter(pk=cleo.id).update(
        sealed_address=b"\x01 tampered with, and long enough for a tag"
    )
    theirs.update(state=0)  # and put off
    assert [one.address for one in senders.claim(random_uid(), 10, NOW)] == ["dora@readers.test"]
    settled = models.Delivery.objects.exclude(state=1).values_list("subscriber_id", "state", "reason")
    assert set(settled) == {(ben.id, 13, "erased"), (cleo.id, 12, "unreadable")}


@pytest.mark.holds("S-17")
def test_the_dump_of_a_living_subscriber_names_nobody(tmp_path):
    person = factories.subscriber("ben", given_name="Benedict")
    people = tmp_path / "people.csv"
    people.write_text(f"email,given_name\n{WHO},Augusta\n")
    factories.bring(people)
    people.unlink()
    assert (ada().address, ada().given_name) == (MAILBOX, "Augusta")
    assert consent.ledger(ada().id)[0].evidence["line"] == 2
    assert found(tmp_path) == []
    assert subscribers.by_id(person.id).given_name == "Benedict"
