"""Requests under the law: entered with their clock, heeded at once where the law says so, closed once, and watched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from pipeline.actions.acknowledge_request import acknowledge_request
from pipeline.actions.close_request import close_request
from pipeline.actions.extend_request import extend_request
from pipeline.actions.list_alerts import list_alerts
from pipeline.actions.list_requests import list_requests, show_request
from pipeline.actions.open_due import open_due
from pipeline.actions.receive_request import receive_request
from pipeline.actions.tick import tick
from pipeline.actions.watch_requests import watch_requests
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, EventKind
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.rights import Channel, Lost, Outcome, RequestKind, RequestState
from pipeline.core.consent.suppression import MARKETING, Reason, Suppression
from pipeline.core.errors import BadInput, Refused
from pipeline.gateways.keys import key_of
from pipeline.store import consent, models, rights
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    factories.notices()
    ada = factories.subscriber()
    factories.say(ada, EventKind.CONSENT_GIVEN, DAILY)
    return ada


def receive(kind, person, now=NOW, **more):
    more = {"actor": Actor.CONTROLLER_USER, "member": "maya", **more}
    return receive_request(kind, person and person.id, Channel.POST, now, **more)


def kinds(person):
    return [entry.kind for entry in consent.ledger(person.id)][2:]


@pytest.mark.holds("C-17")
def test_a_request_to_see_everything_is_in_the_ledger_from_its_receipt_to_its_answer(ada):
    request = receive(RequestKind.ACCESS, ada, received_at=NOW - timedelta(days=2))
    assert request.due_at == NOW.replace(day=22, month=12)
    close_request(request.uid, Outcome.FULFILLED, NOW, "maya", "Sent by letter.")
    assert kinds(ada) == [EventKind.SAR_RECEIVED, EventKind.SAR_FULFILLED]
    assert consent.ledger(ada.id)[2].evidence["received_at"].startswith("2026-11-22")
    found, log = show_request(request.uid, NOW)
    assert (found.request.state, found.request.answer) == (RequestState.CLOSED, "Sent by letter.")
    assert [(e.what, e.member) for e in log] == [("received", "maya"), ("close", "maya")]
    with pytest.raises(Refused):
        close_request(request.uid, Outcome.REFUSED, NOW, "maya", "A second answer.")
    assert kinds(ada) == [EventKind.SAR_RECEIVED, EventKind.SAR_FULFILLED]


@pytest.mark.holds("C-06", "U-16")
def test_an_objection_by_letter_stops_all_marketing_in_the_same_transaction(ada):
    factories.campaign()
    open_due(NOW)
    request = receive(RequestKind.OBJECTION, ada)
    assert request.state is RequestState.CLOSED
    assert fold(consent.ledger(ada.id)).permitted == ()
    assert Suppression(MARKETING, Reason.OBJECTION) in consent.suppressions(key_of(parse(ada.address)))
    assert set(models.Delivery.objects.values_list("reason", flat=True)) == {"withdrawn"}


@pytest.mark.holds("B-32")
def test_a_withdrawal_by_telephone_ends_the_list_that_it_names_and_no_other(ada):
    receive(RequestKind.WITHDRAWAL, ada, purposes=[WEEKLY])
    assert fold(consent.ledger(ada.id)).permitted == (DAILY,)
    receive(RequestKind.WITHDRAWAL, ada)
    assert fold(consent.ledger(ada.id)).permitted == ()


def test_nothing_is_entered_for_a_list_or_a_day_that_there_is_not(ada):
    for wrong in ({"purposes": ["nosuch"]}, {"received_at": NOW + timedelta(minutes=1)}):
        with pytest.raises(BadInput):
            receive(RequestKind.WITHDRAWAL, ada, **wrong)
    assert list_requests(NOW, closed=9) == []
    assert fold(consent.ledger(ada.id)).permitted == (DAILY, WEEKLY)


@pytest.mark.holds("C-16")
def test_a_complaint_is_warned_of_a_week_before_and_is_an_alert_until_it_is_acknowledged(ada):
    request = receive(RequestKind.COMPLAINT, ada, words="Nobody answers me.")
    watch_requests(NOW + timedelta(days=22))
    assert list_alerts() == []
    watch_requests(NOW + timedelta(days=23))
    assert [alert.kind for alert in list_alerts()] == ["request_soon"]
    tick(NOW + timedelta(days=31), bell=False)
    [alert] = list_alerts()
    assert alert.kind == "request_overdue"
    assert "acknowledged by 24 December 2026" in alert.sentence
    assert "Nobody" not in alert.sentence
    assert "ada@" not in alert.sentence + alert.subject
    acknowledge_request(request.uid, NOW + timedelta(days=31), "maya")
    acknowledge_request(request.uid, NOW + timedelta(days=32), "maya")
    assert kinds(ada) == [EventKind.DP_COMPLAINT_RECEIVED, EventKind.DP_COMPLAINT_ACKED]
    watch_requests(NOW + timedelta(days=31))
    assert "answered by" in list_alerts()[0].sentence
    close_request(request.uid, Outcome.FULFILLED, NOW + timedelta(days=31), "maya")
    assert kinds(ada)[-1] is EventKind.DP_COMPLAINT_CLOSED
    assert list_alerts() == []


def test_what_takes_longer_is_put_off_once_with_its_reason(ada):
    request = receive(RequestKind.PORTABILITY, ada)
    later = extend_request(request.uid, NOW, "maya", "The archive is on tape.")
    assert later.due_at == NOW.replace(year=2027, month=2)
    with pytest.raises(Refused):
        extend_request(request.uid, NOW, "maya", "And again.")


def test_an_objection_of_somebody_unknown_is_overdue_until_a_person_finds_them(ada):
    request = receive(RequestKind.OBJECTION, None, words="Stop it. Yours, C.")
    assert request.state is RequestState.RECEIVED
    assert watch_requests(NOW) == 1
    complaint = receive(RequestKind.COMPLAINT, ada)
    assert [one.request.uid for one in list_requests(NOW)] == [request.uid, complaint.uid]
    close_request(request.uid, Outcome.NOTHING_HELD, NOW, "maya")
    assert watch_requests(NOW) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rights_event SET member = 'nobody'",
        "DELETE FROM rights_event",
        "TRUNCATE rights_event",
        "DELETE FROM rights_request",
        "UPDATE rights_request SET received_at = received_at + interval '1 year'",
        "UPDATE rights_request SET state = 'received', closed_at = NULL",
    ],
)
def test_the_register_cannot_be_made_to_say_something_else(ada, statement):
    request = receive(RequestKind.OBJECTION, ada, words="Stop.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)
    assert rights.forget_words(ada.id) == 1  # but what a person wrote can be forgotten
    assert show_request(request.uid, NOW)[0].request.words is Lost.ERASED
