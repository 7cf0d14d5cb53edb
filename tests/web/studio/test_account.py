"""A member's own account: sessions that end, factors that change, and the question that comes first."""

from __future__ import annotations

import time

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from pipeline.actions.lock_member import lock_member, unlock_member
from pipeline.actions.reset_second_factor import reset_second_factor
from pipeline.store import models
from tests.web.studio.conftest import NAME, PASSWORD
from tests.web.studio.pages import fields, tree, words
from tests.web.studio.steps import (
    SECOND_STEP,
    SET_UP,
    code,
    codes_on,
    give_password,
    is_in,
    secret_on,
    set_up,
    sign_in,
)
from tests.web.studio.test_every_page import broken_rules

ACCOUNT = "/studio/account/"
CONFIRM = "/studio/account/confirm/"
PAGES = [ACCOUNT, CONFIRM, f"{ACCOUNT}password/", f"{ACCOUNT}app/", f"{ACCOUNT}passkey/"]
SENSITIVE = ["app/", "passkey/", "factors/1/remove/", "recovery-codes/", "link/"]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def codes(maya) -> list[str]:
    """Maya has an app, which these tests do not use, and these recovery codes."""
    return set_up(Client())[1]


@pytest.fixture
def enter(codes):
    """`enter()`: another browser of hers, signed in by the next recovery code."""
    unused = iter(codes)

    def one(**more: str) -> Client:
        client = Client(**more)
        assert sign_in(client, next(unused)).status_code == 302
        return client

    return one


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(time.time() + span.get("minutes", 0) * 60 + span.get("seconds", 0), tick=True)


def test_every_page_of_the_account_keeps_the_house_rules(studio):
    for path in PAGES:
        answer = studio.get(path)
        assert answer.status_code == 200, path
        assert broken_rules(answer) == [], path


def test_the_account_lists_where_one_is_signed_in_and_one_can_be_ended(enter):
    here = enter(REMOTE_ADDR="203.0.113.77", headers={"User-Agent": FIREFOX})
    there = enter(REMOTE_ADDR="2001:db8:1:2ff::5")
    page = here.get(ACCOUNT)
    assert "Firefox on Linux this one 203.0.113.0/24" in words(page)
    assert "2001:db8:1:200::/56" in words(page)
    assert "203.0.113.77" not in page.content.decode()
    assert "8 left" in words(page)
    other = [tree(page).xpath("//form[contains(@action,'sessions/end')]//input[@name='session']/@value")]
    here.post(f"{ACCOUNT}sessions/end/", {"session": str(other[0][0])})
    assert is_in(here)
    assert not is_in(there)


def test_nobody_ends_a_session_of_somebody_else(enter, studio):
    from pipeline.actions.add_member import add_member
    from pipeline.store.session_engine import row_key

    add_member("ben")
    ben = Client()
    ben.force_login(User.objects.get(username="ben"))
    hers = enter()
    ben.post(f"{ACCOUNT}sessions/end/", {"session": row_key(hers.cookies["sessionid"].value)})
    assert is_in(hers)


@pytest.mark.holds("S-13")
def test_signing_out_ends_the_session_on_the_server(enter):
    client = enter()
    key = client.cookies["sessionid"].value
    client.post("/studio/sign-out/")
    thief = Client()
    thief.cookies["sessionid"] = key
    assert not is_in(thief)


@pytest.mark.holds("S-13")
def test_signing_out_everywhere_ends_every_session(enter):
    first, second, waiting = enter(), enter(), Client()
    give_password(waiting)
    assert first.post(f"{ACCOUNT}sign-out-everywhere/").status_code == 302
    assert not is_in(first)
    assert not is_in(second)
    assert waiting.get(SECOND_STEP)["Location"] == "/studio/sign-in/"


@pytest.mark.holds("S-13")
def test_a_session_that_is_not_used_for_half_an_hour_is_over(enter):
    client = enter()
    with later(minutes=29):
        assert is_in(client)  # which puts the end off
    with later(minutes=58):
        assert is_in(client)
    with later(minutes=89):
        assert not is_in(client)
    assert not is_in(client)


@pytest.mark.holds("S-13")
def test_what_a_page_fetches_by_itself_does_not_keep_a_session_alive(studio, campaign):
    with later(minutes=25):
        assert studio.get("/studio/campaigns/autumn/live/").status_code == 200
    with later(minutes=35):
        assert not is_in(studio)


@pytest.mark.holds("S-13")
def test_after_eight_hours_a_session_is_over_however_busy(enter):
    client = enter()
    for minutes in range(0, 480, 20):
        with later(minutes=minutes):
            assert is_in(client)
    with later(minutes=481):
        assert not is_in(client)


@pytest.mark.holds("S-13")
def test_another_password_ends_the_other_sessions(enter):
    here, there = enter(), enter()
    before = here.cookies["sessionid"].value
    new = "another set of calm words"
    form = {"old": PASSWORD, "new": new, "again": new}
    assert here.post(f"{ACCOUNT}password/", {**form, "again": "x"}).status_code == 400
    assert here.post(f"{ACCOUNT}password/", {**form, "old": "not mine"}).status_code == 400
    assert (
        here.post(f"{ACCOUNT}password/", {"old": PASSWORD, "new": "maya", "again": "maya"}).status_code == 400
    )
    assert is_in(there)
    assert here.post(f"{ACCOUNT}password/", form)["Location"] == ACCOUNT
    assert is_in(here)
    assert here.cookies["sessionid"].value != before
    assert not is_in(there)
    assert give_password(Client()).status_code == 400
    assert give_password(Client(), password=new)["Location"] == SECOND_STEP


@pytest.mark.holds("S-13")
def test_the_account_is_changed_only_by_somebody_who_was_asked_lately(enter):
    client = enter()
    with later(minutes=11):
        assert is_in(client)
        for path in SENSITIVE:
            answer = client.post(ACCOUNT + path)
            assert (answer.status_code, answer["Location"]) == (302, f"{CONFIRM}?next={ACCOUNT}"), path
        assert client.get(f"{ACCOUNT}app/")["Location"] == f"{CONFIRM}?next={ACCOUNT}app/"
        assert client.post(CONFIRM, {"password": "a guess"}).status_code == 400
        assert client.post(CONFIRM, {"code": "123456"}).status_code == 400
        asked = client.post(CONFIRM, {"password": PASSWORD, "next": f"{ACCOUNT}app/"})
        assert asked["Location"] == f"{ACCOUNT}app/"
        assert client.get(f"{ACCOUNT}app/").status_code == 200
        away = client.post(CONFIRM, {"password": PASSWORD, "next": "https://evil.test/studio/account/"})
        assert away["Location"] == ACCOUNT
    assert models.RecoveryCode.objects.count() == 9


def test_new_recovery_codes_take_the_place_of_the_old(enter, codes):
    client = enter()
    made = client.post(f"{ACCOUNT}recovery-codes/")
    assert broken_rules(made) == []
    fresh = codes_on(made)
    assert len(fresh) == 10
    assert sign_in(Client(), codes[5]).status_code == 400
    assert sign_in(Client(), fresh[0]).status_code == 302


@pytest.mark.holds("S-13")
def test_a_new_app_takes_the_place_of_the_old_and_ends_other_sessions(maya):
    here, there = Client(), Client()
    old, codes = set_up(here)
    sign_in(there, codes[0])
    page = here.get(f"{ACCOUNT}app/")
    new = secret_on(page)
    form = fields(page, f"{ACCOUNT}app/")
    assert here.post(f"{ACCOUNT}app/", {**form, "code": code(old)}).status_code == 400
    assert here.post(f"{ACCOUNT}app/", {**form, "code": code(new, -1)})["Location"] == ACCOUNT
    assert is_in(here)
    assert not is_in(there)
    assert sign_in(there, code(old)).status_code == 400
    assert sign_in(there, code(new)).status_code == 302


def test_the_only_factor_stays_and_somebody_elses_is_not_there(enter):
    from pipeline.actions.add_member import add_member

    client = enter()
    [factor] = models.SecondFactor.objects.all()
    assert client.post(f"{ACCOUNT}factors/{factor.pk}/remove/").status_code == 409
    add_member("ben")
    ben = Client()
    ben.force_login(User.objects.get(username="ben"))
    assert ben.post(f"{ACCOUNT}factors/{factor.pk}/remove/").status_code == 404
    assert models.SecondFactor.objects.count() == 1


@pytest.mark.holds("S-13")
def test_a_locked_member_is_out_at_once_and_back_when_unlocked(enter):
    client, waiting = enter(), Client()
    give_password(waiting)
    assert lock_member(NAME)
    assert not is_in(client)
    assert waiting.get(SECOND_STEP)["Location"] == "/studio/sign-in/"
    assert give_password(Client()).status_code == 400
    assert unlock_member(NAME)
    assert not is_in(client)
    assert is_in(enter())


@pytest.mark.holds("S-13")
def test_a_reset_ends_every_session_and_asks_for_a_new_factor(enter):
    client = enter()
    assert reset_second_factor(NAME) == 1
    assert not is_in(client)
    assert models.RecoveryCode.objects.count() == 0
    assert give_password(client)["Location"] == SET_UP


def test_rows_of_sessions_that_are_over_go_away(enter):
    enter()
    assert models.MemberSession.objects.count() == 2  # with that of the fixture, which set the app up
    with later(minutes=31):
        enter()
        assert models.MemberSession.objects.count() == 1
