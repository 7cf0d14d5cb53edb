"""A complaint: from anybody, kept at once with its clock, acknowledged on the page and to an address that is known."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from pathlib import Path

import jsonschema
import pytest
from django.test import Client

from pipeline.actions.close_request import close_request
from pipeline.actions.export_subscriber import export_subscriber
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.rights import Outcome, RequestKind
from pipeline.core.message.note import NoteKind
from pipeline.gateways import clock
from pipeline.store import models, rights
from tests.web.people import OTHER_SITES, OUR_PAGE, form_token
from tests.web.rights_doors import do, link_of, notes_of

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "person-file.json"
WORDS = "You wrote to me after I had left.\r\n<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _no_naps(monkeypatch) -> None:
    monkeypatch.setattr("pipeline.web.public.page.time.sleep", lambda seconds: None)


def complain(client: Client, words: str = WORDS, address: str = "", **fields: object):
    return do(client, "/privacy/complaint/", words=words, address=address, **fields)


@pytest.mark.holds("C-16")
def test_a_known_person_is_told_by_the_page_and_by_one_letter_a_day_without_a_word_of_theirs(browser, ada):
    pages = [complain(browser, address=ada.address).content.decode() for _ in range(2)]
    first, second = rights.of_subscriber(ada.id)
    assert first.kind is RequestKind.COMPLAINT
    assert first.acknowledged_at is not None
    assert first.acknowledge_by == first.received_at + timedelta(days=30)
    assert first.uid.hex[:8].upper() in pages[0]
    assert "ico.org.uk" in pages[0]
    [note] = notes_of(NoteKind.COMPLAINT_RECEIVED)
    assert set(note.values) == {"day", "number"}
    assert note.values["number"] == first.uid.hex[:8].upper()
    assert len(ada.entries(EventKind.DP_COMPLAINT_ACKED)) == 2
    assert second.uid.hex[:8].upper() in pages[1]


@pytest.mark.holds("C-17")
def test_what_a_person_wrote_and_was_told_is_on_their_own_page_and_in_their_download(browser, ada):
    complain(browser, "I had left on Monday.", ada.address)
    [request] = rights.of_subscriber(ada.id)
    close_request(request.uid, Outcome.REFUSED, clock.now(), "maya", "It had left us before you did.")
    here = link_of(browser, ada)
    page = unescape(browser.get(here).content.decode())
    assert "“I had left on Monday." in page
    assert "“It had left us before you did.”" in page
    whole = json.loads(do(browser, f"{here}/download").content)
    jsonschema.validate(whole, json.loads(SCHEMA.read_text()))
    told = whole["requests"][0]
    assert told["words"].startswith("I had left on Monday.")
    assert (told["answer"], told["lost"]) == ("It had left us before you did.", [])
    rights.forget_words(ada.id)  # as an earlier life of theirs was
    page = unescape(browser.get(link_of(browser, ada)).content.decode())
    assert "Some of what was written is no longer kept." in page
    assert "Monday" not in page
    lost = export_subscriber(ada.id, clock.now())["requests"][0]
    assert (lost["words"], lost["answer"], lost["lost"]) == ("", "", ["words", "answer"])


@pytest.mark.holds("C-16", "D-07")
@pytest.mark.parametrize("address", ["", "stranger@example.test"])
def test_anybody_may_complain_and_a_person_can_answer(browser, ada, address):
    page = complain(browser, address=address)
    assert page.status_code == 200
    [request] = rights.open_now()
    assert request.subscriber_id is None
    assert "alert(1)" in request.words
    assert ("stranger@" in request.words) is bool(address)
    assert notes_of(NoteKind.COMPLAINT_RECEIVED) == []


def test_what_cannot_be_taken_is_given_back_with_the_words(browser, ada):
    for fields in (
        {"words": " "},
        {"words": "x" * 4001},
        {"address": "nonsense"},
        {"address": "a@b.test\nBcc: c@d.test"},
        {"website": "https://robot.example"},
        {"form": form_token(timedelta())},
    ):
        answer = complain(browser, **{"words": WORDS, **fields}) if "form" not in fields else None
        page = (
            answer if answer is not None else browser.post("/privacy/complaint/", {"words": WORDS, **fields})
        )
        assert page.status_code == 400
        assert "<script>alert" not in page.content.decode()
    assert {complain(Client(headers=h)).status_code for h in OTHER_SITES} == {403}
    assert models.RightsRequest.objects.count() == 0


def test_a_flood_is_told_so_and_loses_no_words(browser, notices):
    answers = [complain(Client(headers=OUR_PAGE, REMOTE_ADDR=f"192.0.2.{n}")) for n in range(7)]
    assert [a.status_code for a in answers] == [200] * 5 + [429] * 2
    assert "You wrote to me" in answers[-1].content.decode()
    assert "by email" in answers[-1].content.decode()
    assert models.RightsRequest.objects.count() == 5
