from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from pipeline.core.consent.entry import EventKind, Method
from pipeline.core.consent.tokens import Audience, make
from pipeline.gateways.keys import keyring
from pipeline.store import models
from tests.web.people import DAILY, OTHER_SITES, WEEKLY, form_token, press


@pytest.fixture
def cleo(joins):
    return joins("cleo", WEEKLY, DAILY)


def token_of(person, audience: Audience = Audience.PREFS) -> str:
    """A preference link stands in a message, and names its delivery: here the confirmation's."""
    delivery = models.Delivery.objects.filter(subscriber_id=person.id).latest("id")
    return make(audience, delivery.uid.bytes, keyring())


def test_the_page_shows_the_lists_one_is_on_and_since_when(browser, cleo):
    page = browser.get(f"/p/{token_of(cleo)}").content.decode()
    today = datetime.now(UTC)
    assert "Weekly health email" in page
    assert f"Since {today.day} {today:%B %Y}" in page
    assert "c…@example.test" in page
    assert cleo.address not in page
    assert page.count(">Stop this list") == 2
    assert page.count("Pause until then") == 2


@pytest.mark.holds("U-18")
def test_one_list_stops_and_the_other_goes_on(browser, cleo):
    page = press(browser, f"/p/{token_of(cleo)}", stop=DAILY).content.decode()
    assert "We have stopped" in page
    assert cleo.consent.permitted == (WEEKLY,)
    [entry] = cleo.entries(EventKind.CONSENT_WITHDRAWN)
    assert entry.method is Method.PREFERENCE_PAGE


@pytest.mark.holds("U-18")
def test_everything_stops(browser, cleo):
    page = press(browser, f"/p/{token_of(cleo)}", stop="everything").content.decode()
    assert "We send nothing to" in page
    assert cleo.consent.permitted == ()


def test_stopping_twice_is_one_withdrawal(browser, cleo):
    for _ in range(3):
        press(browser, f"/p/{token_of(cleo)}", stop=WEEKLY)
    assert len(cleo.entries(EventKind.CONSENT_WITHDRAWN)) == 1


@pytest.mark.parametrize("stop", ["", "no_such_list", "given", "x' OR 1=1"])
def test_a_wish_that_names_no_list_changes_nothing(browser, cleo, stop):
    before = cleo.ledger
    assert press(browser, f"/p/{token_of(cleo)}", stop=stop).status_code == 200
    assert cleo.ledger == before


def test_looking_changes_nothing(browser, cleo):
    before = cleo.ledger
    for method in ("GET", "HEAD", "OPTIONS"):
        for _ in range(20):
            browser.generic(method, f"/p/{token_of(cleo)}")
    assert cleo.ledger == before


def test_after_a_month_the_link_shows_nothing_personal_and_still_stops_everything(browser, cleo):
    token = token_of(cleo)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        page = browser.get(f"/p/{token}").content.decode()
        assert "c…@" not in page
        assert "Weekly health email" not in page
        press(browser, f"/p/{token}", stop="everything")
    assert cleo.consent.permitted == ()


@pytest.mark.holds("S-02")
def test_no_token_for_another_door_opens_the_page(browser, cleo):
    before = cleo.ledger
    tokens = [token_of(cleo, a) for a in Audience if a not in (Audience.PREFS, Audience.PREVIEW)]
    tokens += [cleo.leave_token(), make(Audience.PREFS, UUID(int=9).bytes, keyring()), "x"]
    good = token_of(cleo)
    tokens.append(good[:-1] + ("A" if good[-1] != "A" else "B"))
    pages = [browser.get(f"/p/{t}") for t in tokens]
    pages += [press(browser, f"/p/{t}", stop="everything") for t in tokens]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    assert cleo.ledger == before


def test_a_preview_link_is_inert(browser, cleo):
    token = token_of(cleo, Audience.PREVIEW)
    before = cleo.ledger
    assert "test message" in browser.get(f"/p/{token}").content.decode()
    assert press(browser, f"/p/{token}", stop="everything").status_code == 200
    assert cleo.ledger == before


@pytest.mark.parametrize("headers", OTHER_SITES)
@pytest.mark.holds("S-07")
def test_another_site_cannot_press_the_buttons(cleo, headers):
    assert press(Client(headers=headers), f"/p/{token_of(cleo)}", stop="everything").status_code == 403
    assert cleo.consent.permitted == (DAILY, WEEKLY)


def wish(browser, person, **fields) -> str:
    """A button that a person pressed after reading the page."""
    return press(browser, f"/p/{token_of(person)}", form=form_token(), **fields).content.decode()


def test_one_list_rests_and_goes_on(browser, cleo):
    page = wish(browser, cleo, list=WEEKLY, pause="4")
    assert "The weekly health email is paused until" in page
    assert page.count("Go on now") == 1
    assert cleo.consent.permitted == (DAILY, WEEKLY)
    assert "Go on now" not in wish(browser, cleo, list=WEEKLY, resume="now")
    assert [len(cleo.entries(kind)) for kind in (EventKind.PAUSED, EventKind.RESUMED)] == [1, 1]


@pytest.mark.parametrize(
    "fields", [{"pause": "520"}, {"pause": "date", "on": "2099-01-01"}, {"pause": "date"}]
)
def test_a_pause_that_cannot_be_says_what_can(browser, cleo, fields):
    before = cleo.ledger
    answer = press(browser, f"/p/{token_of(cleo)}", form=form_token(), list=WEEKLY, **fields)
    assert answer.status_code == 400
    assert "Choose" in answer.content.decode()
    assert cleo.ledger == before


@pytest.mark.holds("U-21")
def test_undo_on_the_same_page_is_a_fresh_yes(browser, cleo):
    page = wish(browser, cleo, stop="everything")
    assert cleo.consent.permitted == ()
    undo = re.findall(r'name="undo" value="([^"]+)"', page)
    assert len(undo) == 2
    for _ in range(2):
        assert "signed up again" in wish(browser, cleo, undo=undo)
    assert cleo.consent.permitted == (DAILY, WEEKLY)
    assert len(cleo.entries(EventKind.CONSENT_WITHDRAWN)) == 2
    assert [e.method for e in cleo.entries(EventKind.CONSENT_GIVEN)].count(Method.UNDO) == 2
    assert models.Note.objects.count() == 0


@pytest.mark.holds("U-21", "U-23")
def test_a_machine_that_presses_every_button_stops_things_and_starts_none(browser, cleo):
    wish(browser, cleo, list=WEEKLY, pause="4")
    token, haste = token_of(cleo), {"form": form_token(timedelta(seconds=1))}
    page = press(browser, f"/p/{token}", list=WEEKLY, resume="now", **haste)
    assert page.status_code == 400
    assert not cleo.entries(EventKind.RESUMED)
    page = press(browser, f"/p/{token}", stop="everything", **haste).content.decode()
    assert 'name="undo"' not in page
    assert {e.suspect_automation for e in cleo.entries(EventKind.CONSENT_WITHDRAWN)} == {True}


def test_the_undo_of_one_person_or_list_opens_nothing_for_another(browser, cleo, joins):
    page = wish(browser, cleo, stop=WEEKLY)
    [mine] = re.findall(r'name="undo" value="([^"]+)"', page)
    dan = joins("dan", WEEKLY, DAILY)
    wish(browser, dan, stop="everything")
    for foreign in (mine, mine.replace(WEEKLY, DAILY), "x", f"{WEEKLY} ", "\0 \0"):
        assert press(browser, f"/p/{token_of(dan)}", form=form_token(), undo=foreign).status_code in (
            200,
            400,
            409,
        )
    assert dan.consent.permitted == ()


def test_an_old_link_neither_pauses_nor_undoes(browser, cleo):
    token = token_of(cleo)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        page = press(browser, f"/p/{token}", stop="everything", form=form_token()).content.decode()
        assert 'name="undo"' not in page
        for fields in ({"pause": "4"}, {"resume": "now"}, {"undo": f"{WEEKLY} x"}):
            answer = press(browser, f"/p/{token}", form=form_token(), list=WEEKLY, **fields)
            assert answer.status_code == 409
            assert "too old" in answer.content.decode()
    assert cleo.consent.permitted == ()
