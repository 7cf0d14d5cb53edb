"""`/renew/<token>`: reading changes nothing, the button says yes again, and nobody else's link does (C-09, C-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from pipeline.actions.note_no import noes_folder
from pipeline.actions.record_consent import record_consent
from pipeline.actions.renew_consents import renew_consents
from pipeline.actions.replay_goodbyes import replay_goodbyes
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.tokens import Audience, make
from pipeline.gateways import clock, noes
from pipeline.gateways.keys import keyring
from pipeline.store import consent, instance, models, subscribers
from pipeline.store.subscribers import random_uid
from pipeline.web.logs import masked
from tests import factories
from tests.database_away import database_away
from tests.notice_files import NoticeFiles
from tests.web.people import OTHER_SITES, SCANNERS, URLENCODED, WEEKLY, Person, form_token, press
from tests.web.rights_doors import prefs_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(ada, tmp_path, monkeypatch):
    """Ada, whom a new recipient in the notice has made us ask again, and the token of the letter."""
    files = NoticeFiles(tmp_path, monkeypatch)
    files.new_recipient()
    files.publish(clock.now())
    renew_consents(clock.now())
    note = models.Note.objects.get(subscriber_id=ada.id)
    return ada, make(Audience.RENEW, note.uid.bytes, keyring())


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.holds("C-10", "U-23")
def test_scanners_that_open_the_link_say_yes_for_nobody(asked, method):
    ada, token = asked
    before = ada.ledger
    for n in range(20):
        scanner = Client(headers={"User-Agent": SCANNERS[n % len(SCANNERS)]})
        assert scanner.generic(method, f"/renew/{token}").status_code == 200
    assert ada.ledger == before


@pytest.mark.holds("C-10")
def test_the_page_shows_what_changed_and_both_notices_and_a_way_out(browser, asked):
    ada, token = asked
    page = browser.get(f"/renew/{token}").content.decode()
    assert "Example Relay Ltd is now among those who receive your details." in page
    assert "Notice notice-a, version 5" in page
    assert "Notice notice-a, version 4" in page
    assert page.count("<button") == 1
    assert f"/u/{ada.leave_token()}" in page
    assert ada.address not in page
    assert "a…@example.test" in page


@pytest.mark.holds("C-10")
def test_the_button_is_a_yes_to_the_new_notice_and_a_second_press_is_no_other(browser, asked):
    ada, token = asked
    answer = press(browser, f"/renew/{token}", form=form_token())
    assert "Your yes lasts until" in answer.content.decode()
    [yes] = ada.entries(EventKind.CONSENT_RENEWED)
    assert (yes.notice_id, yes.notice_version, yes.method) == ("notice-a", 5, Method.RENEW_POST)
    assert (yes.evidence_grade, yes.suspect_automation) == (EvidenceGrade.FULL, False)
    assert press(browser, f"/renew/{token}", form=form_token()).status_code == 200
    assert len(ada.entries(EventKind.CONSENT_RENEWED)) == 1


def runs_out(person: Person) -> None:
    factories.say(subscribers.by_id(person.id), EventKind.CONSENT_EXPIRED, WEEKLY, clock.now())


@pytest.mark.django_db(transaction=True)
@pytest.mark.holds("C-50", "U-11")
@pytest.mark.parametrize(
    "door", ["one click", "the page", "the choices", "everything", "while the database was away"]
)
def test_a_goodbye_to_a_yes_that_had_run_out_is_written_down_once_and_nobody_renews_it(
    machine, browser, asked, door, spool_of_our_own
):
    ada, token = asked
    choices, leave = prefs_path(ada), f"/u/{ada.leave_token()}"
    if door != "while the database was away":
        runs_out(ada)
    assert "Yes, keep sending" in browser.get(f"/renew/{token}").content.decode()
    for _ in range(3):
        match door:
            case "one click":
                answer = machine.post(leave, "List-Unsubscribe=One-Click", content_type=URLENCODED)
            case "the page":
                answer = press(browser, leave, leave="page", form=form_token())
            case "the choices":
                answer = press(browser, choices, form=form_token(), stop=WEEKLY)
            case "everything":
                answer = press(browser, choices, form=form_token(), stop="everything")
            case _:
                with database_away():
                    answer = machine.post(leave, "", content_type=URLENCODED)
                runs_out(ada)  # before the goodbye is read from the disk
                replay_goodbyes(clock.now())
        assert answer.status_code == (202 if "away" in door else 200)
        assert 'name="undo"' not in answer.content.decode()
    goodbye, *second = ada.entries(EventKind.CONSENT_WITHDRAWN)
    assert (goodbye.purpose, goodbye.actor) == (WEEKLY, Actor.DATA_SUBJECT)
    assert len(second) == (
        goodbye.method in (Method.UNSUBSCRIBE_PAGE, Method.PREFERENCE_PAGE)
    )  # so no undo after it
    [standing] = consent.subscriptions(ada.id)
    assert standing.status is ada.consent.of(WEEKLY).status is ConsentStatus.WITHDRAWN
    noted = list(noes.noted(noes_folder(), instance.uid()))
    assert goodbye.event_id.hex in [line["event"] for line in noted if line and line["what"] == "entry"]
    assert "You are not on this list" in press(browser, f"/renew/{token}", form=form_token()).content.decode()
    assert ada.entries(EventKind.CONSENT_RENEWED) == []


def test_whoever_wants_to_leave_after_their_yes_has_run_out_finds_the_button_and_no_undo(browser, asked):
    ada, _ = asked
    leave = f"/u/{ada.leave_token()}"
    runs_out(ada)
    page = browser.get(leave).content.decode()
    assert "has ended" in page
    assert page.count("<button") == 1
    left = press(browser, leave, leave="page", form=form_token()).content.decode()
    assert "You are unsubscribed" in left
    assert 'name="undo"' not in left
    assert "unsubscribed already" in browser.get(leave).content.decode()


def test_a_press_that_no_person_makes_renews_nothing_and_a_person_is_told_to_press_once_more(browser, asked):
    ada, token = asked
    for fields in (
        {"form": form_token(timedelta())},
        {"form": form_token(), "website": "https://spam.example/"},
    ):
        answer = press(browser, f"/renew/{token}", **fields)
        assert answer.status_code == 400
        assert "Please press the button once more" in answer.content.decode()
        assert b'name="website"' not in answer.content
    assert ada.entries(EventKind.CONSENT_RENEWED) == []
    press(browser, f"/renew/{token}", form=form_token())
    assert len(ada.entries(EventKind.CONSENT_RENEWED)) == 1


@pytest.mark.holds("C-20", "S-02")
def test_a_link_in_a_mailbox_that_is_hers_no_more_says_yes_for_nobody_and_shows_nothing(browser, asked):
    ada, token = asked
    entry = Entry(
        random_uid(), EventKind.ADDRESS_CHANGED, None, clock.now(), Actor.DATA_SUBJECT, Method.ADDRESS_PAGE
    )
    record_consent(ada.id, [entry])
    before = ada.ledger
    for page in (browser.get(f"/renew/{token}"), press(browser, f"/renew/{token}", form=form_token())):
        assert "a…@example.test" not in page.content.decode()
        assert "/u/" not in page.content.decode()
    assert ada.ledger == before


@pytest.mark.parametrize("headers", OTHER_SITES)
def test_another_site_presses_no_button_here(asked, headers):
    ada, token = asked
    assert press(Client(headers=headers), f"/renew/{token}", form=form_token()).status_code == 403
    assert not ada.entries(EventKind.CONSENT_RENEWED)


@pytest.mark.holds("S-01", "S-02")
def test_only_a_token_of_this_door_and_of_such_a_letter_opens_it(browser, asked):
    ada, token = asked
    note = models.Note.objects.get(subscriber_id=ada.id)
    others = [make(audience, note.uid.bytes, keyring()) for audience in Audience if audience.value != "renew"]
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
    strangers = [
        make(Audience.RENEW, random_uid().bytes, keyring()),
        flipped,
        "nonsense",
        "A" * 36,
        token * 5,
    ]
    for wrong in (*others, *strangers):
        for answer in (browser.get(f"/renew/{wrong}"), press(browser, f"/renew/{wrong}", form=form_token())):
            assert answer.status_code == 404
            assert "Traceback" not in answer.content.decode()
    assert not ada.entries(EventKind.CONSENT_RENEWED)


@pytest.mark.holds("S-03", "S-04")
def test_neither_a_log_nor_another_site_is_told_the_token(browser, asked):
    _, token = asked
    assert masked(f'"GET /renew/{token} HTTP/1.1" 200') == '"GET /renew/… HTTP/1.1" 200'
    answer = browser.get(f"/renew/{token}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
