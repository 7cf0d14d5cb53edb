"""What people write in requests, and are answered, stands under seal, and nothing opens it once its key is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from pipeline.actions.close_request import close_request
from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.list_requests import list_requests, show_request
from pipeline.actions.receive_request import receive_request
from pipeline.actions.watch_requests import watch_requests
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Channel, Lost, Outcome, RequestKind
from pipeline.core.consent.suppression import ALL, Door, Reason, Suppression
from pipeline.gateways.keys import key_of
from pipeline.settings import current
from pipeline.store import consent, models, rights, sealing, subscribers
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

SAID, TOLD = "You wrote after I had left.", "It will not happen again."


@pytest.fixture(params=["of Ada", "of nobody we know"])
def ada(request):
    factories.notices()
    return factories.subscriber() if request.param == "of Ada" else None


def complaint(person, said=SAID):
    return receive_request(
        RequestKind.COMPLAINT, person and person.id, Channel.POST, NOW, actor=Actor.DATA_SUBJECT, words=said
    )


def answered(person):
    request = complaint(person)
    close_request(request.uid, Outcome.REFUSED, NOW, "maya", TOLD)
    return request.uid


def dump() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, ' ') FROM rights_request r")
        return cursor.fetchone()[0]


def read(uid):
    found = show_request(uid, NOW)[0].request
    return found.words, found.answer


@pytest.mark.holds("S-17")
def test_a_dump_of_the_register_holds_no_word_of_what_the_desk_reads(ada):
    uid = answered(ada)
    assert str(uid) in dump()
    assert not [word for word in (*SAID.split(), *TOLD.split()) if f"{word} " in dump() and len(word) > 3]
    assert read(uid) == (SAID, TOLD)
    assert [(r.words, r.answer) for r in rights.closed(9)] == [(SAID, TOLD)]


def test_what_was_moved_swapped_changed_or_put_there_in_the_clear_is_not_taken_for_what_was_said(ada):
    uid, other = answered(ada), complaint(ada).uid
    rows = models.RightsRequest.objects.filter(uid=uid)
    row = rows.get()
    elsewhere = models.RightsRequest.objects.get(uid=other).sealed_words
    cut = {"sealed": row.sealed_words["sealed"][:-8] + "AAAAAAA="}
    for forged in (
        row.sealed_answer,
        elsewhere,
        cut,
        {"sealed": "?"},
        {"words": "I agreed to all of it."},
        [7],
    ):
        rows.update(sealed_words=forged)
        assert not isinstance(read(uid)[0], str), forged
        assert read(uid)[1] == TOLD
    assert watch_requests(NOW) == 0
    assert len(list_requests(NOW, closed=9)) == 2


def test_under_another_secret_it_says_that_it_cannot_be_read_and_not_that_somebody_was_forgotten(
    ada, monkeypatch
):
    uid = answered(ada)
    other = sealing.Wrapping.from_secret(b"another secret, of another host.")
    monkeypatch.setattr(sealing, "_wrapping", lambda secret_key: other)
    monkeypatch.setattr(sealing, "_requests_key", lambda secret_key: bytes(32))
    assert read(uid) == (Lost.UNREADABLE, Lost.UNREADABLE)


@pytest.mark.holds("C-18")
@pytest.mark.parametrize("ada", ["of Ada"], indirect=True)
def test_after_an_erasure_nothing_opens_and_what_is_written_then_is_not_kept(ada):
    uid, waiting, silent = answered(ada), complaint(ada).uid, complaint(ada, "").uid
    before = list(models.RightsRequest.objects.order_by("id").values("sealed_words", "sealed_answer"))
    key, mailbox = subscribers.subject_key(ada.id), ada.address
    erase_subscriber(ada.id, NOW, actor=Actor.DATA_SUBJECT)
    assert read(uid) == (Lost.ERASED, Lost.ERASED)
    assert read(silent) == ("", "")
    assert show_request(waiting, NOW)[0].request.forgotten
    close_request(waiting, Outcome.REFUSED, NOW, "maya", "Ada was told no.")
    assert read(waiting) == (Lost.ERASED, Lost.ERASED)
    assert not [kept for one in before for kept in one.values() if kept and kept["sealed"] in dump()]
    assert key.hex() not in dump()

    # Where a copy of the rows was put back, and she has come back with a new key, they still do not open.
    [number] = models.RightsRequest.objects.filter(uid=uid).values_list("id", flat=True)
    models.RightsRequest.objects.filter(pk=number).update(**before[0])
    assert read(uid) == (Lost.ERASED, Lost.ERASED)
    erased, tomorrow = Suppression(ALL, Reason.ERASED), NOW + timedelta(days=1)
    consent.open_door(key_of(parse(mailbox)), [erased], Door(NOW, tomorrow))
    consent.lift(key_of(parse(mailbox)), erased, tomorrow)
    subscribers.ensure(mailbox, key_of(parse(mailbox)), NOW + timedelta(days=2))
    assert subscribers.subject_key(ada.id) not in (None, key)
    assert read(uid) == (Lost.ERASED, Lost.ERASED)
    again = complaint(ada).uid
    assert read(again) == (SAID, "")


@pytest.mark.holds("C-18")
@pytest.mark.parametrize("ada", ["of nobody we know"], indirect=True)
def test_an_erasure_reaches_requests_of_nobody_we_knew_that_name_the_address(ada):
    ben = factories.subscriber("ben")
    named = complaint(None, "It is BEN@Readers.test who asks. Answer me.")
    close_request(named.uid, Outcome.REFUSED, NOW, "maya", "We wrote to ben@readers.test.")
    other = complaint(None, "Not benjamin@readers.test.")
    erase_subscriber(ben.id, NOW, actor=Actor.DATA_SUBJECT)
    assert read(named.uid) == ("It is (erased) who asks. Answer me.", "We wrote to (erased).")
    assert read(other.uid) == ("Not benjamin@readers.test.", "")


def test_each_database_has_the_key_of_its_own_secret_for_what_is_of_nobody():
    """Not the key of links, or of addresses: who learns one of them opens no request."""
    key = sealing._requests_key(current().secret_key)
    assert len(key) == 32
    assert key != sealing._requests_key("another secret, of another host.")
