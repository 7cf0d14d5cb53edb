from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from pipeline.core.consent.entry import EventKind, EvidenceGrade, Method
from pipeline.core.consent.tokens import Audience
from pipeline.gateways import clock
from tests.web.people import DAILY, OTHER_SITES, OUR_PAGE, SCANNERS, WEEKLY, form_token, press
from tests.web.studio.pages import tree


@pytest.fixture
def ben(asks):
    return asks("ben", WEEKLY, DAILY)


def say_yes(client, person, age: timedelta = timedelta(minutes=1), **more):
    return press(client, f"/c/{person.confirm_token()}", form=form_token(age), **more)


def test_the_confirm_page_shows_what_was_asked_for_with_its_notices(browser, ben):
    page = browser.get(f"/c/{ben.confirm_token()}").content.decode()
    assert "b…@example.test" in page
    assert ben.address not in page
    assert "Notice notice-a, version 4" in page
    assert "Notice notice-b, version 4" in page
    assert page.count("<button") == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("door", ["c", "n"])
@pytest.mark.holds("D-03")
def test_scanners_that_open_the_link_a_hundred_times_confirm_and_refuse_nothing(ben, method, door):
    audience = {"c": Audience.CONFIRM, "n": Audience.NOT_ME}[door]
    before = ben.ledger
    for n in range(100):
        scanner = Client(headers={"User-Agent": SCANNERS[n % len(SCANNERS)]})
        assert scanner.generic(method, f"/{door}/{ben.confirm_token(audience)}").status_code == 200
    assert ben.ledger == before


@pytest.mark.holds("D-03")
def test_the_button_is_the_yes(browser, ben):
    answer = say_yes(browser, ben)
    assert "You are signed up" in answer.content.decode()
    assert ben.consent.permitted == (DAILY, WEEKLY)
    for entry in ben.entries(EventKind.CONSENT_GIVEN):
        assert entry.method is Method.CONFIRM_POST
        assert entry.evidence_grade is EvidenceGrade.FULL
        assert not entry.suspect_automation


def test_a_second_press_answers_alike_and_records_nothing(browser, ben):
    say_yes(browser, ben)
    before = ben.ledger
    assert say_yes(browser, ben).status_code == 200
    assert "confirmed already" in browser.get(f"/c/{ben.confirm_token()}").content.decode()
    assert ben.ledger == before


def test_an_old_confirm_link_does_not_undo_a_goodbye(browser, ben):
    say_yes(browser, ben)
    press(browser, f"/u/{ben.leave_token()}", leave="page")
    say_yes(browser, ben)
    assert ben.consent.permitted == (DAILY,)


@pytest.mark.holds("D-04")
def test_a_link_of_eight_days_ago_has_expired(browser, asks):
    late = asks("late", at=clock.now() - timedelta(days=8))
    assert "expired" in browser.get(f"/c/{late.confirm_token()}").content.decode()
    assert "expired" in say_yes(browser, late).content.decode()
    assert late.consent.permitted == ()


def test_a_link_works_until_its_last_hour(browser, asks):
    slow = asks("slow", at=clock.now() - timedelta(days=6, hours=23))
    say_yes(browser, slow)
    assert slow.consent.permitted == (WEEKLY,)


MACHINES = {
    "at once": {"form": timedelta(seconds=0.3)},
    "with the hidden field filled in": {"website": "https://scanner.example/"},
    "without the page": {"form": None},
}


@pytest.mark.holds("D-03", "U-23")
@pytest.mark.parametrize("how", MACHINES)
def test_a_press_that_no_person_makes_is_no_yes_and_a_person_is_told_to_press_once_more(browser, ben, how):
    """A scanner that opens the page and presses its button, however often, brings no mail upon anybody."""
    before, path = ben.ledger, f"/c/{ben.confirm_token()}"
    age, *_ = [MACHINES[how].get("form", timedelta(minutes=1))]
    fields = {"website": MACHINES[how].get("website", "")} | ({"form": form_token(age)} if age else {})
    for _ in range(3):
        answer = press(browser, path, **fields)
        assert answer.status_code == 400
        assert "Please press the button once more" in answer.content.decode()
    assert ben.ledger == before
    assert ben.consent.permitted == ()
    page = tree(answer)
    assert page.xpath("//form//button")
    assert not page.xpath("//input[@name='website']"), "what a browser fills in by itself locks nobody out"
    [again] = page.xpath("//form//input[@name='form']/@value")
    assert press(browser, path, form=again).status_code == 400, "at once again"
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=3)):
        assert "You are signed up" in press(browser, path, form=again).content.decode()
    assert ben.consent.permitted == (DAILY, WEEKLY)
    assert not any(entry.suspect_automation for entry in ben.entries(EventKind.CONSENT_GIVEN))


@pytest.mark.parametrize("headers", OTHER_SITES)
@pytest.mark.parametrize("door", ["c", "n"])
def test_another_site_cannot_press_the_button(ben, headers, door):
    audience = {"c": Audience.CONFIRM, "n": Audience.NOT_ME}[door]
    before = ben.ledger
    assert press(Client(headers=headers), f"/{door}/{ben.confirm_token(audience)}").status_code == 403
    assert ben.ledger == before


def test_over_plain_http_a_browser_that_tells_no_origin_may_confirm(ben):
    say_yes(Client(headers={"Origin": "null"}), ben)
    assert ben.consent.permitted == (DAILY, WEEKLY)


@pytest.mark.parametrize("door", ["c", "n"])
@pytest.mark.holds("D-04", "S-02")
def test_tokens_for_other_doors_open_neither_page(browser, ben, door):
    right = {"c": Audience.CONFIRM, "n": Audience.NOT_ME}[door]
    before = ben.ledger
    good = ben.confirm_token(right)
    tokens = [ben.confirm_token(other) for other in Audience if other is not right]
    tokens += [good[:-1] + ("A" if good[-1] != "A" else "B"), good[1:], "x"]
    pages = [ask(f"/{door}/{token}") for token in tokens for ask in (browser.get, browser.post)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    assert ben.ledger == before


@pytest.mark.holds("D-06")
def test_not_me_refuses_and_keeps_the_address_from_being_asked_again(browser, ben, asks):
    token = ben.confirm_token(Audience.NOT_ME)
    assert "was this not you" in browser.get(f"/n/{token}").content.decode().lower()
    answer = press(browser, f"/n/{token}")
    assert "We will not write again" in answer.content.decode()
    assert len(ben.entries(EventKind.CONSENT_REFUSED)) == 2
    asks("ben", WEEKLY, at=clock.now() + timedelta(days=60))
    assert ben.confirmations_queued() == 1


def test_not_me_twice_is_one_refusal(browser, ben):
    for _ in range(2):
        press(browser, f"/n/{ben.confirm_token(Audience.NOT_ME)}")
    assert len(ben.entries(EventKind.CONSENT_REFUSED)) == 2


def test_after_not_me_the_confirm_link_says_so_and_gives_nothing(browser, ben):
    press(browser, f"/n/{ben.confirm_token(Audience.NOT_ME)}")
    assert "refused" in say_yes(browser, ben).content.decode()
    assert ben.consent.permitted == ()


def test_a_year_later_the_address_may_be_asked_again(browser, ben, asks):
    press(browser, f"/n/{ben.confirm_token(Audience.NOT_ME)}")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=366)):
        asks("ben", WEEKLY)
    assert ben.confirmations_queued() == 2


def test_the_page_of_a_confirmation_sets_no_cookie(ben):
    client = Client(headers=OUR_PAGE)
    assert not client.get(f"/c/{ben.confirm_token()}").cookies
    assert not say_yes(client, ben).cookies
