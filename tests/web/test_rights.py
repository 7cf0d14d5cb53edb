"""See, take along, object, be forgotten: by a link to the mailbox on file, and by nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest
import time_machine
from django.test import Client

from pipeline.actions.export_subscriber import export_subscriber
from pipeline.actions.pause_list import pause_list
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.rights import Outcome, RequestKind
from pipeline.core.consent.suppression import ALL, MARKETING, Reason, Suppression
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.message.note import NoteKind
from pipeline.gateways import clock
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import consent, models, rights, subscribers
from tests.web.people import DAILY, OTHER_SITES, OUR_PAGE, SCANNERS, WEEKLY, Person, form_token, press
from tests.web.rights_doors import ask, do, link_of, notes_of, token_of

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "person-file.json"
ACTS = ["download", "address", "object", "forget"]


@pytest.fixture(autouse=True)
def slept(monkeypatch) -> list[float]:
    """How long the answers were held back, without holding back the tests."""
    naps: list[float] = []
    monkeypatch.setattr("pipeline.web.public.page.time.sleep", naps.append)
    return naps


def state_of(person: Person) -> tuple:
    """All that an act by the link could change."""
    stops = consent.suppressions(key_of(parse(person.address)))
    return (
        person.ledger,
        stops,
        rights.of_subscriber(person.id),
        models.Note.objects.values_list("used_at", "kind")[:],
    )


@pytest.mark.holds("C-19", "D-07")
def test_the_link_goes_to_an_address_that_is_known_and_the_answer_tells_nobody(browser, ada, slept):
    consent.suppress(key_of(parse("eve@example.test")), Suppression(ALL, Reason.ERASED), clock.now())
    answers = [
        ask(browser, who) for who in (ada.address, "eve@example.test", "nobody@example.test", ada.address)
    ]
    assert {(a.status_code, a["Location"], a.content) for a in answers} == {(303, "/privacy/see/sent/", b"")}
    assert min(slept) > 0
    [note] = notes_of(NoteKind.ACCESS_LINK)
    assert (note.subscriber_id, note.address, note.values) == (ada.id, "", {})
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        ask(browser, ada.address)
    assert len(notes_of(NoteKind.ACCESS_LINK)) == 2


def test_one_network_causes_five_letters_an_hour(joins, browser):
    people = [joins(f"reader{n}") for n in range(7)]
    for n, person in enumerate(people):
        ask(Client(headers=OUR_PAGE, REMOTE_ADDR=f"192.0.2.{n}"), person.address)
    assert len(notes_of(NoteKind.ACCESS_LINK)) == 5
    ask(Client(headers=OUR_PAGE, REMOTE_ADDR="198.51.100.1"), people[6].address)
    assert len(notes_of(NoteKind.ACCESS_LINK)) == 6


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"form": ""}, 400),
        ({"form": "A" * 36}, 400),
        ({"address": "not an address"}, 400),
        ({"address": "a@b.test\r\nBcc: c@d.test"}, 400),
        ({"website": "https://robot.example"}, 303),
    ],
)
def test_a_form_that_no_person_sent_causes_no_letter(browser, ada, fields, status):
    assert ask(browser, ada.address, **fields).status_code == status
    assert (
        press(browser, "/privacy/see/", address=ada.address, form=form_token(timedelta())).status_code == 400
    )
    assert notes_of(NoteKind.ACCESS_LINK) == []


@pytest.mark.holds("C-17", "U-09")
def test_the_page_shows_everything_as_often_as_one_looks_and_looking_changes_nothing(browser, joins):
    cleo, ben = joins("cleo", WEEKLY, DAILY), joins("ben")
    here = link_of(browser, cleo)
    before = state_of(cleo)
    for agent in SCANNERS:
        for path in ("", *(f"/{act}" for act in ACTS)):
            assert Client(headers={"User-Agent": agent}).get(here + path).status_code == 200
    page = browser.get(here).content.decode()
    shown = (
        cleo.address,
        "Weekly health email",
        "Daily health newsletter",
        "You said yes, by the link in our letter",
    )
    assert [
        words
        for words in (*shown, "Please confirm your address", "What we hold about you")
        if words not in page
    ] == []
    assert ben.address not in page
    assert state_of(cleo)[:3] == before[:3]


@pytest.mark.holds("C-17", "S-02")
def test_a_link_is_good_for_one_download_which_stands_on_the_register(browser, ada):
    pause_list(ada.id, WEEKLY, clock.now() + timedelta(weeks=4), clock.now())
    here = link_of(browser, ada)
    file = do(browser, f"{here}/download")
    assert file["Content-Disposition"] == 'attachment; filename="what-we-hold.json"'
    assert file["Cache-Control"] == "no-store"
    whole = json.loads(file.content)
    jsonschema.validate(whole, json.loads(SCHEMA.read_text()))
    assert whole.keys() == export_subscriber(ada.id, clock.now()).keys()
    assert whole["subscriber"]["address"] == ada.address
    again = do(browser, f"{here}/download")
    assert again.status_code == 409
    assert ada.address not in again.content.decode()
    [request] = rights.of_subscriber(ada.id)
    assert (request.kind, request.outcome) == (RequestKind.ACCESS, Outcome.FULFILLED)
    assert [len(ada.entries(k)) for k in (EventKind.SAR_RECEIVED, EventKind.SAR_FULFILLED)] == [1, 1]


@pytest.mark.holds("C-06")
def test_an_objection_ends_every_list_at_once_and_is_recorded_once(browser, joins):
    cleo = joins("cleo", WEEKLY, DAILY)
    here = link_of(browser, cleo)
    for _ in range(2):
        assert "no marketing of any kind" in do(browser, f"{here}/object").content.decode()
    assert cleo.consent.permitted == ()
    assert len(cleo.entries(EventKind.OBJECTION_RECORDED)) == 1
    assert Suppression(MARKETING, Reason.OBJECTION) in consent.suppressions(key_of(parse(cleo.address)))
    assert [r.kind for r in rights.of_subscriber(cleo.id)] == [RequestKind.OBJECTION]


@pytest.mark.holds("U-11")
def test_to_be_forgotten_takes_two_steps_and_the_old_links_answer_without_a_name(browser, machine, ada):
    here, leave, address = link_of(browser, ada), ada.leave_token(), ada.address
    letter = models.Delivery.objects.filter(subscriber_id=ada.id, stream="confirmation").get()
    choices = f"/p/{make(Audience.PREFS, letter.uid.bytes, keyring())}"
    assert "Forget me" in browser.get(f"{here}/forget").content.decode()
    person = ada.id
    page = do(browser, f"{here}/forget").content.decode()
    assert "You are forgotten" in page
    assert address not in page
    assert subscribers.by_id(person).address == ""
    assert Suppression(ALL, Reason.ERASED) in consent.suppressions(key_of(parse(address)))
    [request] = rights.of_subscriber(person)
    assert (request.kind, request.outcome) == (RequestKind.ERASURE, Outcome.FULFILLED)
    assert browser.get(here).status_code == 410
    assert do(browser, f"{here}/download").status_code == 409
    assert press(machine, f"/u/{leave}", **{"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "no details any more" in browser.get(choices).content.decode()
    assert do(browser, choices, stop="everything").status_code == 200
    ask(browser, address)
    assert len(notes_of(NoteKind.ACCESS_LINK)) == 1


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.holds("S-07", "U-23")
def test_neither_a_machine_nor_another_site_presses_a_button(browser, ada, act):
    path = f"{link_of(browser, ada)}/{act}"
    before = state_of(ada)
    for form in ("", "x", form_token(timedelta()), form_token(timedelta(days=1))):
        assert press(browser, path, form=form, address="new@example.test").status_code == 400
    for headers in OTHER_SITES:
        answer = do(Client(headers=headers), path, address="new@example.test")
        assert answer.status_code == 403
    assert state_of(ada)[:3] == before[:3]
    assert notes_of(NoteKind.ADDRESS_CONFIRM) == []


@pytest.mark.holds("S-02", "U-24")
def test_no_token_for_another_door_opens_a_page_of_rights(browser, ada):
    here = link_of(browser, ada)
    [note] = notes_of(NoteKind.ACCESS_LINK)
    [subscription] = consent.subscriptions(ada.id)
    good = here.removeprefix("/you/")
    for door, audience in (("you", Audience.EXPORT), ("a", Audience.ADDRESS), ("w", Audience.ADDRESS_UNDO)):
        tokens = [token_of(note, a) for a in Audience if a is not audience]
        tokens += [make(audience, id16, keyring()) for id16 in (UUID(int=9).bytes, subscription.uid.bytes)]
        tokens += ["x", good[:-1] + ("A" if good[-1] != "A" else "B")]
        if door != "you":
            tokens.append(token_of(note, audience))  # the right door, and a note of another kind
        pages = [browser.get(f"/{door}/{t}") for t in tokens] + [
            do(browser, f"/{door}/{t}") for t in tokens[:3] if door != "you"
        ]
        pages += [
            do(browser, f"/you/{t}/{act}", address="b@c.test")
            for t in tokens[:12]
            for act in ACTS
            if door == "you"
        ]
        assert {(page.status_code, page.content) for page in pages} == {(404, pages[0].content)}
    assert models.RightsRequest.objects.count() == 0


def test_after_a_day_the_link_shows_and_does_nothing(browser, ada):
    here = link_of(browser, ada)
    before = state_of(ada)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24, minutes=1)):
        page = browser.get(here)
        assert page.status_code == 410
        assert ada.address not in page.content.decode()
        assert browser.get(f"{here}/forget").status_code == 410
        assert {do(browser, f"{here}/{act}", address="b@c.test").status_code for act in ACTS} == {409}
    assert state_of(ada)[:3] == before[:3]
