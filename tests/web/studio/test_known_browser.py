"""Strangers who guess under a member's name do not keep her out: her own browser and her passkey stay open to her.

OWASP, Slow Down Online Guessing Attacks with Device Cookies; ASVS 6.3.1. What a stolen, forged or foreign cookie is
worth is tried too: tries of one's own, and nothing else.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from pipeline.actions.add_member import add_member
from pipeline.actions.lock_member import lock_member, unlock_member
from pipeline.core.accounts.browser_mark import MOST_OF_A_MEMBER, make_mark, read, write
from pipeline.gateways.keys import passkey_handle
from pipeline.store import known_browsers, models
from tests.web.studio.conftest import NAME, PASSWORD
from tests.web.studio.pages import fields, tree, words
from tests.web.studio.steps import SECOND_STEP, SIGN_IN, code, give_password, is_in, set_up
from tests.web.studio.test_second_factor import ORIGIN, Key, key  # noqa: F401 - a fixture
from tests.web.studio.test_sign_in import one_step  # noqa: F401 - a fixture

COOKIE = "known-browser"
BY_PASSKEY = "/studio/sign-in/passkey/"
HELD, USER = (
    4,
    1,
)  # flags of an authenticator: it knew its holder, and somebody was there (WebAuthn level 2, 6.1)


def strangers_guess(name: str = NAME, times: int = 12) -> None:
    """Each from a network of their own: the name's tries are used up."""
    for turn in range(times):
        told = give_password(Client(REMOTE_ADDR=f"198.51.100.{turn}"), name, "a guess").status_code
    assert told == 429


def browser_of(name: str = NAME, password: str = PASSWORD, **more: str) -> Client:
    """Somebody's browser which they signed in with and out of, where the password is enough."""
    client = Client(**more)
    assert give_password(client, name, password).status_code == 302
    client.post("/studio/sign-out/")
    assert not is_in(client)
    return client


def with_mark(value: str, **more: str) -> Client:
    client = Client(**more)
    client.cookies[COOKIE] = value
    return client


def mark_in(client: Client) -> str:
    return client.cookies[COOKIE].value


@pytest.mark.holds("S-13")
def test_while_strangers_guess_a_browser_of_hers_gets_in_and_any_other_waits(maya, one_step):  # noqa: F811
    hers = browser_of()
    strangers_guess()
    refused = give_password(Client())
    assert refused.status_code == 429
    assert "Wait five minutes; or use a browser that you have signed in with before" in words(refused)
    assert give_password(hers, password="a slip").status_code == 400
    assert give_password(hers).status_code == 302
    assert is_in(hers)


def test_strangers_in_her_own_network_do_not_use_up_the_tries_of_her_browser(maya, one_step):  # noqa: F811
    hers = browser_of()
    for turn in range(9):
        give_password(Client(), f"nobody{turn}", "a guess")
    assert give_password(Client()).status_code == 429
    assert give_password(hers).status_code == 302


@pytest.mark.holds("S-13")
def test_the_mark_grants_nothing_and_the_password_alone_gives_none(maya):
    secret, _ = set_up(Client())
    halfway = Client()
    assert give_password(halfway)["Location"] == SECOND_STEP
    assert COOKIE not in halfway.cookies
    halfway.post(SECOND_STEP, {"code": code(secret)})
    marked = with_mark(mark_in(halfway))
    assert not is_in(marked)
    assert give_password(marked, password="a guess").status_code == 400
    assert give_password(marked)["Location"] == SECOND_STEP  # and the second step is asked for
    assert not is_in(marked)


@pytest.mark.holds("S-13")
def test_a_thief_of_the_password_does_not_use_up_her_codes_in_a_browser_of_hers(maya):
    hers, thief = Client(), Client(REMOTE_ADDR="198.51.100.1")
    secret, _ = set_up(hers)
    hers.post("/studio/sign-out/")
    give_password(thief)
    told = [thief.post(SECOND_STEP, {"code": "000000"}).status_code for _ in range(9)]
    assert told == [400] * 8 + [429]
    give_password(hers)
    assert hers.post(SECOND_STEP, {"code": code(secret)}).status_code == 302
    assert is_in(hers)


@pytest.mark.holds("S-13")
def test_a_false_mark_has_no_tries_of_its_own(maya, one_step):  # noqa: F811
    add_member("ben", "calm-words-for-ben")
    hers, his = browser_of(), browser_of("ben", "calm-words-for-ben")
    [mine] = read(mark_in(hers))
    maya_id = User.objects.get(username=NAME).pk
    false = {
        "another member's": mark_in(his),
        "an edited one": write([type(mine)(bytes(16), mine.signature)]),
        "a random one": base64.urlsafe_b64encode(secrets.token_bytes(48)).decode(),
        "one of another secret": write([make_mark(mine.nonce, maya_id, bytes(32))]),
        "none": "x",
        "a very long one": "A" * 100_000,
    }
    strangers_guess()
    for whose, value in false.items():
        assert give_password(with_mark(value, REMOTE_ADDR="192.0.2.9")).status_code == 429, whose
    assert give_password(his, "ben", "calm-words-for-ben").status_code == 302
    assert give_password(hers).status_code == 302


def test_a_forged_mark_costs_no_question_of_the_database(maya, one_step, django_assert_num_queries):  # noqa: F811
    from django.test import RequestFactory

    from pipeline.web import known_browser

    request = RequestFactory().post(SIGN_IN)
    request.COOKIES[COOKIE] = base64.urlsafe_b64encode(bytes(48)).decode()
    with django_assert_num_queries(0):
        assert known_browser.mark_of(request, 1) is None


@pytest.mark.holds("S-13")
def test_a_stolen_mark_is_limited_by_itself_and_then_shares_the_tries_of_the_name(maya, one_step):  # noqa: F811
    hers, other = browser_of(), browser_of()
    thief = with_mark(mark_in(hers), REMOTE_ADDR="198.51.100.1")
    told = [
        give_password(thief, password="a guess", REMOTE_ADDR=f"198.51.100.{n}").status_code for n in range(8)
    ]
    strangers_guess()
    assert told == [400] * 8
    assert give_password(thief).status_code == 429
    assert give_password(other).status_code == 302


REVOKED_BY = {
    "signing out everywhere": lambda other: other.post("/studio/account/sign-out-everywhere/"),
    "a change of the password": lambda other: other.post(
        "/studio/account/password/",
        {"old": PASSWORD, "new": "another-calm-word", "again": "another-calm-word"},
    ),
    "a new password from the command line": lambda other: add_member(NAME, "another-calm-word"),
    "locking": lambda other: (lock_member(NAME), unlock_member(NAME)),
}


@pytest.mark.holds("S-13")
@pytest.mark.parametrize("how", REVOKED_BY)
def test_a_mark_is_worth_nothing_after(maya, one_step, how):  # noqa: F811
    hers, other = browser_of(), Client()
    give_password(other)
    REVOKED_BY[how](other)
    strangers_guess()
    for password in (PASSWORD, "another-calm-word"):
        assert give_password(hers, password=password).status_code == 429


def test_the_browser_that_changed_the_password_stays_known(maya, one_step):  # noqa: F811
    hers = Client()
    give_password(hers)
    before = mark_in(hers)
    REVOKED_BY["a change of the password"](hers)
    assert mark_in(hers) != before
    hers.post("/studio/sign-out/")
    strangers_guess()
    assert give_password(hers, password="another-calm-word").status_code == 302


def test_members_who_share_a_machine_are_both_known_there_and_half_a_year_unused_is_the_end(maya, one_step):  # noqa: F811
    add_member("ben", "calm-words-for-ben")
    shared = browser_of()
    give_password(shared, "ben", "calm-words-for-ben")
    shared.post("/studio/sign-out/")
    strangers_guess()
    strangers_guess("ben")
    assert give_password(shared).status_code == 302
    shared.post("/studio/sign-out/")
    assert give_password(shared, "ben", "calm-words-for-ben").status_code == 302
    value = mark_in(shared)
    with time_machine.travel(time.time() + 181 * 86_400, tick=True):
        strangers_guess()
        assert give_password(with_mark(value)).status_code == 429


def test_a_member_is_known_in_twenty_browsers_at_most(maya):
    from pipeline.gateways import clock

    member = User.objects.get(username=NAME).pk
    for n in range(MOST_OF_A_MEMBER + 3):
        known_browsers.remember(member, bytes([n]) * 32, clock.machine())
    assert models.KnownBrowser.objects.count() == MOST_OF_A_MEMBER
    assert not known_browsers.counts(member, bytes(32), clock.machine())
    known_browsers.remember(member, bytes(32), clock.machine() + timedelta(days=181))
    assert models.KnownBrowser.objects.count() == 1


@pytest.mark.holds("S-13")
def test_the_cookie_is_for_this_host_alone_and_for_no_script(maya, one_step, monkeypatch):  # noqa: F811
    from pipeline.settings import current

    monkeypatch.setenv("ROUNDS_BASE_URL", "https://localhost")
    current.cache_clear()
    client = Client()
    assert give_password(client).status_code == 302
    cookie = client.cookies[f"__Host-{COOKIE}"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Strict")
    kept = [bytes(row.mark) for row in models.KnownBrowser.objects.all()]
    [mark] = read(cookie.value)
    assert kept == [mark.kept_as]  # a dump of the database makes no cookie


class Door:
    """The sign-in page as a browser with a passkey sees it."""

    def __init__(self, client: Client) -> None:
        page = client.get(SIGN_IN)
        [question] = tree(page).xpath("//form/@data-question")
        self.asks = json.loads(question)["publicKey"]
        self.fields = fields(page, BY_PASSKEY)

    def answer(self, key: Key, **more) -> dict[str, str]:  # noqa: F811
        member = User.objects.get(username=NAME).pk
        said = {"flags": HELD | USER, "handle": passkey_handle(member), "origin": ORIGIN, **more}
        return {**self.fields, "credential": key.answer(self.asks["challenge"], **said)}


@pytest.mark.holds("S-13")
def test_a_passkey_opens_while_her_name_and_her_network_have_no_tries_left(key):  # noqa: F811
    strangers_guess()
    for _ in range(9):
        give_password(Client(), "nobody", "a guess")
    hers = Client()
    door = Door(hers)
    assert "allowCredentials" not in door.asks  # it names nobody, and asks whoever holds one
    assert door.asks["userVerification"] == "required"
    answer = door.answer(key)
    assert Client(enforce_csrf_checks=True).post(BY_PASSKEY, answer).status_code == 403
    assert hers.post(BY_PASSKEY, answer)["Location"] == "/studio/"
    assert is_in(hers)
    for again in (
        answer,
        {**answer, "asked": answer["asked"] + "!"},
        {**answer, "asked": answer["asked"] + "=="},
    ):
        replay = Client()
        assert replay.post(BY_PASSKEY, again).status_code == 400
        assert not is_in(replay)
    assert COOKIE in hers.cookies


@pytest.mark.holds("S-13")
def test_a_passkey_without_its_pin_a_strangers_and_an_old_question_open_nothing(key):  # noqa: F811
    before = models.AuditEvent.objects.count()

    def tried(door: Door, answer: dict[str, str]) -> None:
        client = Client()
        assert client.post(BY_PASSKEY, answer).status_code == 400
        assert not is_in(client)

    door = Door(Client())
    tried(door, door.answer(key, flags=USER))
    tried(door, door.answer(key, flags=HELD))
    tried(door, door.answer(Key()))
    tried(door, door.answer(key, handle=b"of somebody else"))
    tried(door, door.answer(key, handle=b""))
    tried(door, door.answer(key, origin="https://rounds.evil.test"))
    tried(door, {**door.answer(key), "asked": Door(Client()).fields["asked"]})
    for torn in ("", "x", "ä", door.fields["asked"][:-4]):
        tried(door, {**door.answer(key), "asked": torn})
    for torn in ("", "{", "[]", "[" * 9000, '{"id":"aWQ","rawId":"aWQ","type":"public-key","response":{}}'):
        tried(door, {**door.fields, "credential": torn})
    lock_member(NAME)
    tried(door, door.answer(key))
    unlock_member(NAME)
    with time_machine.travel(time.time() + 601, tick=True):
        tried(door, door.answer(key))
    lines = models.AuditEvent.objects.filter(seq__gt=before, event="sign_in_failed")
    assert lines.count() == 2  # one for the client in five minutes, and one later
    client = Client()
    door = Door(client)
    assert client.post(BY_PASSKEY, door.answer(key)).status_code == 302


def test_a_passkey_is_taken_at_the_second_step_while_a_thief_uses_up_the_codes(key):  # noqa: F811
    thief, hers = Client(REMOTE_ADDR="198.51.100.1"), Client()
    give_password(thief)
    told = [thief.post(SECOND_STEP, {"code": "000000"}).status_code for _ in range(9)]
    assert told == [400] * 8 + [429]
    give_password(hers)
    [question] = tree(hers.get(SECOND_STEP)).xpath("//form/@data-question")
    answer = key.answer(json.loads(question)["publicKey"]["challenge"], ORIGIN)
    assert hers.post(SECOND_STEP, {"credential": answer}).status_code == 302
