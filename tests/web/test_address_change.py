"""Another address: the new one is asked, the old one is told and can take it back, and nobody learns of others."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.pause_list import pause_list
from pipeline.actions.tidy_self_service import tidy_self_service
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, EventKind
from pipeline.core.consent.rights import Outcome, RequestKind
from pipeline.core.consent.suppression import ALL, MARKETING, Reason, Suppression, active
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.message.note import NoteKind
from pipeline.gateways import clock
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import consent, deliveries, feedback, inbox, models, rights, subscribers
from tests import factories
from tests.factories import bring
from tests.traces import traces
from tests.web.people import DAILY, WEEKLY, Person, press
from tests.web.rights_doors import do, link_of, notes_of, token_of

NEW = "ada.new@example.test"


@pytest.fixture(autouse=True)
def _no_naps(monkeypatch) -> None:
    monkeypatch.setattr("pipeline.web.public.page.time.sleep", lambda seconds: None)


def mentions(browser, address: str, now: datetime) -> UUID:
    """Replies to letters, a test, a report, a caught message and a complaint name an address. Returns the complaint."""
    key = key_of(parse(address))
    deliveries.queue_test(factories.series()[0].revision_id, address, key, "carol", now)
    models.Delivery.objects.filter(address_key=key).update(reply=f"452 <{address}> is full")
    feedback.lay_aside(b64encode(f"a letter to {address} came back".encode()), "pipe", "unreadable", now)
    inbox.keep("news@clinic.test", [address], "Hello", b"Hello", now)
    do(browser, "/privacy/complaint/", words="You write to me.", address=address)
    return models.RightsRequest.objects.latest("id").uid


def confirm_path() -> str:
    return f"/a/{token_of(notes_of(NoteKind.ADDRESS_CONFIRM)[-1], Audience.ADDRESS)}"


def undo_path(of: int = -1) -> str:
    return f"/w/{token_of(notes_of(NoteKind.ADDRESS_CHANGED)[of], Audience.ADDRESS_UNDO)}"


def moves(browser, person: Person, new: str) -> Person:
    """Somebody who went the whole way to another address."""
    do(browser, f"{link_of(browser, person)}/address", address=new)
    assert do(browser, confirm_path()).status_code == 200
    return Person(new)


@pytest.mark.holds("C-20")
def test_the_new_address_is_asked_and_the_old_one_is_told(browser, ada):
    here, person = link_of(browser, ada), ada.id
    letter = models.Delivery.objects.filter(subscriber_id=person, stream="confirmation").get()
    pause_list(person, WEEKLY, clock.now() + timedelta(weeks=4), clock.now())
    consent.suppress(key_of(parse(ada.address)), Suppression(ALL, Reason.HARD_BOUNCE), clock.now())
    do(browser, f"{here}/address", address=NEW)
    [asked] = notes_of(NoteKind.ADDRESS_CONFIRM)
    assert models.Delivery.objects.get(note_id=asked.id).address_key == key_of(parse(NEW))
    for _ in range(5):
        assert "a…@example.test" in browser.get(confirm_path()).content.decode()
    assert subscribers.by_id(person).address == ada.address

    for _ in range(2):
        assert "Done" in do(browser, confirm_path()).content.decode()
    moved = Person(NEW)
    assert moved.id == person
    assert moved.consent.permitted == (WEEKLY,)
    assert len(moved.entries(EventKind.ADDRESS_CHANGED)) == 1
    [told] = notes_of(NoteKind.ADDRESS_CHANGED)
    assert told.address == ada.address
    assert {s.reason for s in consent.suppressions(key_of(parse(NEW)))} == {
        Reason.PAUSED
    }  # the bounce was the mailbox's
    [request] = rights.of_subscriber(person)
    assert (request.kind, request.outcome) == (RequestKind.RECTIFICATION, Outcome.FULFILLED)
    # What lies in the old mailbox opens nothing more.
    assert browser.get(here).status_code == 410
    page = browser.get(f"/p/{make(Audience.PREFS, letter.uid.bytes, keyring())}").content.decode()
    assert "no details any more" in page
    assert "@example.test" not in page


@pytest.mark.holds("B-31", "C-20")
def test_no_import_mails_the_former_address_of_somebody_who_left(browser, ada, tmp_path):
    old_list = tmp_path / "old.csv"
    old_list.write_text(f"email\n{ada.address}\n")
    left = moves(browser, ada, NEW)
    press(browser, f"/u/{left.leave_token()}", leave="page")
    assert bring(old_list).imported == 0
    assert subscribers.by_key(key_of(parse(ada.address))) is None

    do(browser, undo_path())  # home again: what was left behind there is lifted
    assert consent.suppressions(key_of(parse(ada.address)))[0].until is not None
    assert bring(old_list).imported == 0
    assert ada.consent.permitted == ()


def test_who_has_a_former_address_now_may_sign_up_with_it(browser, ada, joins):
    moves(browser, ada, NEW)
    stranger = joins("ada")
    assert stranger.consent.permitted == (WEEKLY,)
    assert active(consent.suppressions(key_of(parse(ada.address))), clock.now()) == ()


@pytest.mark.holds("C-20")
def test_an_address_of_somebody_else_or_one_that_said_no_is_refused_without_a_word(browser, ada, joins):
    ben = joins("ben")
    for scope in (ALL, MARKETING):
        consent.suppress(
            key_of(parse(f"{scope}@example.test")), Suppression(scope, Reason.MANUAL), clock.now()
        )
    here = link_of(browser, ada)
    pages = [
        do(browser, f"{here}/address", address=new).content.split(b"Who you are")[0]
        for new in (ben.address, f"{ALL}@example.test", "free@example.test")
    ]
    assert len(set(pages)) == 1
    [asked] = notes_of(NoteKind.ADDRESS_CONFIRM)
    assert asked.address == "free@example.test"
    waiting = [r for r in rights.of_subscriber(ada.id) if r.closed_at is None]
    assert len(waiting) == 3  # a person answers those that no machine may
    ben_again = subscribers.by_key(key_of(parse(ben.address)))
    assert ben_again is not None
    assert ben_again.id == ben.id


def test_an_address_that_somebody_took_meanwhile_is_refused_at_the_button(browser, ada, joins):
    do(browser, f"{link_of(browser, ada)}/address", address=NEW)
    joins("ada.new")
    page = do(browser, confirm_path())
    assert page.status_code == 409
    assert "Nothing was changed" in page.content.decode()
    assert subscribers.by_id(ada.id).address == ada.address
    assert notes_of(NoteKind.ADDRESS_CHANGED) == []


@pytest.mark.holds("C-20")
def test_this_was_not_me_brings_it_back_and_voids_what_was_sent_elsewhere(browser, ada, joins):
    thief = moves(browser, ada, NEW)
    thiefs_link = link_of(browser, thief)
    do(browser, f"{thiefs_link}/address", address="further@example.test")
    pending = confirm_path()
    assert browser.get(undo_path()).status_code == 200
    assert Person(NEW).id  # looking has changed nothing
    for _ in range(2):
        assert "come back to" in do(browser, undo_path()).content.decode()
    assert [e.kind for e in ada.ledger].count(EventKind.ADDRESS_CHANGED) == 2
    assert ada.consent.permitted == (WEEKLY,)
    assert browser.get(thiefs_link).status_code == 410
    assert do(browser, pending).status_code == 410
    assert subscribers.by_id(ada.id).address == ada.address


def test_the_first_owner_wins_over_a_chain_of_moves(browser, ada):
    second = moves(browser, ada, NEW)
    moves(browser, second, "third@example.test")
    first_undo, second_undo = undo_path(0), undo_path(1)
    assert do(browser, first_undo).status_code == 200
    person = ada.id
    assert do(browser, second_undo).status_code == 410
    assert subscribers.by_id(person).address == ada.address


def test_an_undo_of_the_second_move_does_not_take_the_first_owner_s_away(browser, ada):
    second = moves(browser, ada, NEW)
    moves(browser, second, "third@example.test")
    assert do(browser, undo_path(1)).status_code == 200
    assert do(browser, undo_path(0)).status_code == 200
    assert ada.id


def test_the_links_are_over_in_time_and_what_was_kept_for_them_is_let_go(browser, ada):
    person = ada.id
    do(browser, f"{link_of(browser, ada)}/address", address=NEW)
    waiting = confirm_path()
    now = datetime.now(UTC)
    with time_machine.travel(now + timedelta(days=7, minutes=1)):
        assert do(browser, waiting).status_code == 410
        tidy_self_service(clock.now())
    [request] = rights.of_subscriber(person)
    assert (request.outcome, request.answer[:15]) == (Outcome.TAKEN_BACK, "The new address")
    assert models.FormUse.objects.count() == 0
    with time_machine.travel(now + timedelta(days=9)):
        moves(browser, ada, NEW)
        tidy_self_service(clock.now())
        assert notes_of(NoteKind.ADDRESS_CONFIRM)[0].address == ""
    with time_machine.travel(now + timedelta(days=23, minutes=1)):
        assert do(browser, undo_path()).status_code == 410
    tidy_self_service(now + timedelta(days=25))
    assert {note.address for note in notes_of(NoteKind.ADDRESS_CHANGED)} == {""}
    assert subscribers.by_id(person).address == NEW


@pytest.mark.holds("C-18")
@pytest.mark.parametrize("undone", [False, True], ids=["moved", "moved and brought back"])
def test_once_a_former_address_is_let_go_of_nothing_names_it_and_its_person_is_mailed_on(
    browser, ada, undone
):
    old, person, now = ada.address, ada.id, datetime.now(UTC)
    moves(browser, ada, NEW)
    if undone:
        with time_machine.travel(now + timedelta(days=13)):
            do(browser, undo_path())
        old = NEW
    others = mentions(browser, "somebody.else@example.test", now)
    asked = mentions(browser, old, now)
    keep = models.Note.objects.exclude(sealed_address=None)
    tidy_self_service(now + timedelta(days=13))
    assert keep.filter(kind=NoteKind.ADDRESS_CHANGED.value).exists()
    assert old in rights.by_uid(asked).words
    tidy_self_service(now + timedelta(days=23))
    assert not keep.exists()
    assert traces([old]) == []
    assert "Address given, not proved: (erased)" in rights.by_uid(asked).words
    assert subscribers.by_id(person).address == (ada.address if undone else NEW)
    assert "somebody.else@example.test" in rights.by_uid(others).words
    assert len(feedback.laid_aside(9)) == 1
    assert list(models.TestSend.objects.order_by("id").values_list("address", flat=True))[1] == ""


@pytest.mark.holds("C-18")
def test_an_erasure_soon_after_a_change_was_undone_reaches_both_addresses(browser, ada):
    person, now = ada.id, datetime.now(UTC)
    moves(browser, ada, NEW)
    do(browser, undo_path())
    asked = mentions(browser, NEW, now)
    erase_subscriber(person, now, actor=Actor.DATA_SUBJECT)
    assert traces([NEW, ada.address]) == []
    assert "Address given, not proved: (erased)" in rights.by_uid(asked).words


def test_what_names_a_former_address_that_somebody_else_has_now_is_left_to_them(browser, ada, joins):
    now = datetime.now(UTC)
    moves(browser, ada, NEW)
    asked = mentions(browser, ada.address, now)
    stranger = joins("ada")
    tidy_self_service(now + timedelta(days=23))
    assert ada.address in rights.by_uid(asked).words
    erase_subscriber(stranger.id, now + timedelta(days=24), actor=Actor.DATA_SUBJECT)
    assert "(erased)" in rights.by_uid(asked).words


def test_one_person_is_no_gun_against_other_mailboxes(browser, ada, joins):
    here = link_of(browser, ada)
    codes = [do(browser, f"{here}/address", address=f"victim{n}@example.test").status_code for n in range(5)]
    assert codes == [200, 200, 200, 409, 409]
    do(browser, f"{link_of(browser, joins('ben'))}/address", address="victim0@example.test")
    assert len(notes_of(NoteKind.ADDRESS_CONFIRM)) == 3
    assert do(browser, f"{here}/address", address=ada.address).status_code == 400


def test_a_sign_up_that_waits_in_the_old_mailbox_is_no_yes_for_the_new_one(browser, ada, asks):
    asks("ada", DAILY)
    waiting = ada.confirm_token()
    moved = moves(browser, ada, NEW)
    do(browser, f"/c/{waiting}")
    assert moved.consent.permitted == (WEEKLY,)
