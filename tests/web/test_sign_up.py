from __future__ import annotations

import json
import re
import time
from datetime import timedelta

import pytest
from django.test import Client

from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.suppression import ALL, CONFIRMATION, DOOR_STAYS_OPEN, Door, Reason, Suppression
from pipeline.gateways import clock
from pipeline.gateways.keys import key_of
from pipeline.gateways.puzzles import make_puzzle, solve_puzzle
from pipeline.store import consent, models
from pipeline.web.public import sign_up
from pipeline.web.public.sign_up_form import form_of
from tests.web.people import DAILY, OTHER_SITES, WEEKLY, Person, form_token, press


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch) -> None:
    monkeypatch.setattr(sign_up, "ANSWER_TAKES", 0.0)


def solved(token: str) -> str:
    """What the script in a browser sends besides, for the cheapest of puzzles."""
    return solve_puzzle(json.dumps(make_puzzle(token, cost=1)))


def send(
    client, address="ada@example.test", purpose=(WEEKLY,), age=timedelta(minutes=1), ip="127.0.0.1", **more
):
    """A form of our page, sent without a script."""
    shown = more.get("shown") or form_of(None).shown
    fields = {"address": address, "purpose": list(purpose), "form": form_token(age), **more, "shown": shown}
    client.defaults["REMOTE_ADDR"] = ip
    return press(client, "/signup/", **fields)


def send_solved(client, **more):
    """The same with the puzzle solved, as the page's script does."""
    token = form_token()
    return send(client, form=token, puzzle=solved(token), **more)


def nobody_was_asked() -> bool:
    return not models.Delivery.objects.exists() and not models.ConsentEvent.objects.exists()


@pytest.mark.holds("C-02")
def test_the_form_has_a_box_for_each_list_and_none_is_ticked(browser, notices):
    page = browser.get("/signup/").content.decode()
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert len(boxes) == 2
    assert not any("checked" in box for box in boxes)


def test_the_form_shows_the_words_of_each_notice(browser, notices):
    page = browser.get("/signup/").content.decode()
    lists = models.NoticeVersion.objects.exclude(purpose_id=OPEN_TRACKING)
    for sentence in lists.values_list("consent_sentence", flat=True):
        assert sentence in page
    assert "Notice notice-a, version 4" in page


@pytest.mark.holds("D-01")
def test_a_sign_up_asks_and_does_nothing_more(browser, notices):
    answer = send(browser)
    assert (answer.status_code, answer["Location"]) == (303, "/signup/sent/")
    ada = Person("ada@example.test")
    assert [entry.kind for entry in ada.ledger] == [EventKind.CONSENT_REQUESTED]
    assert ada.consent.permitted == ()
    assert [d.stream for d in models.Delivery.objects.all()] == ["confirmation"]


def test_the_request_keeps_what_was_shown_and_where(browser, notices):
    send(browser, purpose=(WEEKLY, DAILY))
    weekly, daily = sorted(Person("ada@example.test").ledger, key=lambda entry: entry.notice_id)
    assert (weekly.notice_id, weekly.notice_version) == ("notice-a", 4)
    assert (daily.notice_id, daily.notice_version) == ("notice-b", 4)
    assert weekly.evidence["placement"] == "signup-page"
    assert weekly.evidence["form_version"] == form_of(None).shown
    assert weekly.evidence["network"] == "127.0.0.0/24"


@pytest.mark.holds("C-02")
def test_without_a_tick_nothing_is_asked(browser, notices):
    answer = send(browser, purpose=())
    assert answer.status_code == 400
    assert "Tick the box" in answer.content.decode()
    assert nobody_was_asked()


@pytest.mark.parametrize(
    "address",
    ["", "ada", "ada@example.test\r\nBcc: eve@example.test", "josé@example.test", "ada@example.test\x00"],
)
def test_an_address_that_cannot_be_gets_a_sentence_and_the_form_back(browser, notices, address):
    answer = send(browser, address=address)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'role="alert"' in page
    assert re.search(r'value="weekly_health_email"[^>]* checked', page)
    assert nobody_was_asked()


def test_what_somebody_typed_is_shown_again_as_words_and_not_as_markup(browser, notices):
    page = send(browser, address='"><script>alert(1)</script>').content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("headers", OTHER_SITES)
def test_another_site_cannot_send_the_form(notices, headers):
    assert send(Client(headers=headers)).status_code == 403
    assert nobody_was_asked()


@pytest.mark.holds("D-08")
def test_a_robot_in_the_trap_gets_the_usual_answer_and_causes_nothing(browser, notices):
    assert send(browser, website="http://spam.example").status_code == 303
    assert nobody_was_asked()


@pytest.mark.parametrize(
    ("age", "sentence"), [(timedelta(seconds=0.2), "very quick"), (timedelta(days=2), "open for a long time")]
)
@pytest.mark.holds("D-08")
def test_a_form_sent_too_soon_or_too_late_comes_back_with_a_sentence(browser, notices, age, sentence):
    answer = send(browser, age=age)
    assert (answer.status_code, sentence in answer.content.decode()) == (400, True)
    assert nobody_was_asked()


def test_a_form_sent_too_soon_passes_when_it_is_sent_again_a_moment_later(browser, notices):
    page = send(browser, age=timedelta(seconds=1.8)).content.decode()
    token = re.search(r'name="form" value="([^"]+)"', page)[1]
    time.sleep(0.3)
    assert send(browser, form=token).status_code == 303


@pytest.mark.holds("D-08")
def test_a_form_that_we_did_not_sign_causes_nothing(browser, notices):
    assert send(browser, form="A" * 36).status_code == 400
    assert nobody_was_asked()


@pytest.mark.holds("D-07")
def test_the_answer_is_the_same_for_an_address_in_any_state(browser, joins, asks):
    joins("subscribed")
    asks("waiting")
    consent.suppress(key_of(parse("suppressed@example.test")), Suppression(ALL, Reason.MANUAL), clock.now())
    now = clock.now()
    complained, door = Suppression(CONFIRMATION, Reason.COMPLAINT), Door(now, now + DOOR_STAYS_OPEN)
    for who in ("complained", "let-in"):
        consent.suppress(key_of(parse(f"{who}@example.test")), complained, now)
    consent.open_door(key_of(parse("let-in@example.test")), [complained], door)
    people = ("new", "waiting", "subscribed", "suppressed", "complained", "let-in")
    answers = [  # each from a network of its own, since one may not ask for many
        send(browser, address=f"{who}@example.test", ip=f"198.51.{n}.7") for n, who in enumerate(people)
    ]
    assert len({(a.status_code, a.content, str(sorted(a.items()))) for a in answers}) == 1
    assert Person("new@example.test").confirmations_queued() == 1
    assert Person("waiting@example.test").confirmations_queued() == 1
    assert Person("subscribed@example.test").confirmations_queued() == 1
    assert Person("suppressed@example.test").confirmations_queued() == 0
    assert Person("complained@example.test").confirmations_queued() == 0
    assert Person("let-in@example.test").confirmations_queued() == 1


@pytest.mark.holds("D-07")
def test_every_answer_takes_at_least_its_time(browser, notices, monkeypatch):
    monkeypatch.setattr(sign_up, "ANSWER_TAKES", 0.25)
    for more in ({}, {"website": "x"}):
        started = time.monotonic()
        send(browser, **more)
        assert time.monotonic() - started >= 0.25


@pytest.mark.holds("D-06")
def test_a_thousand_sign_ups_for_one_victim_send_one_mail(browser, notices):
    spellings = ("ada@example.test", "ADA@Example.TEST")
    for n in range(40):
        assert send(browser, address=spellings[n % 2], ip=f"198.51.{n}.7").status_code == 303
    for n in range(960):  # past the page, which is the same for all
        subscribe(SignUp(spellings[n % 2], (WEEKLY,), "test", client_ip=f"198.51.{n % 250}.9"), clock.now())
    assert Person("ada@example.test").confirmations_queued() == 1


@pytest.mark.holds("D-06", "D-09")
def test_one_network_cannot_ask_for_many_addresses(browser, notices):
    for n in range(30):
        assert send_solved(browser, address=f"victim{n}@example.test").status_code == 303
    assert models.Delivery.objects.count() == 4  # a fifth within ten minutes is a sudden spread
    assert models.Confirmation.objects.filter(state="held").count() == 20
    assert models.Confirmation.objects.count() == 24


@pytest.mark.holds("D-08")
def test_without_the_puzzle_a_network_may_ask_for_less(browser, notices):
    for n in range(4):
        send(browser, address=f"victim{n}@example.test")
    assert models.Delivery.objects.count() == 2


def test_an_unpublished_list_cannot_be_joined(browser, notices):
    assert send(browser, purpose=("no_such_list",)).status_code == 409
    assert nobody_was_asked()


@pytest.mark.holds("C-43")
def test_sign_up_is_closed_without_a_notice(browser, db):
    assert "closed" in browser.get("/signup/").content.decode()


def test_the_form_sets_no_cookie(browser, notices):
    assert not browser.get("/signup/").cookies
    assert not send(browser).cookies
