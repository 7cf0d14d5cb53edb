"""Who gets in, who does not, and what either of them is told."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from pipeline.actions.add_member import add_member
from pipeline.core.errors import BadInput
from tests.web.studio.conftest import NAME
from tests.web.studio.pages import words
from tests.web.studio.steps import SET_UP, SIGN_IN, is_in
from tests.web.studio.steps import give_password as sign_in

PAGES = [
    "/studio/",
    "/studio/series/breast-calcifications/",
    "/studio/series/breast-calcifications/schedule/",
    "/studio/series/breast-calcifications/1/",
    "/studio/series/breast-calcifications/1/html/",
    "/studio/campaigns/autumn/",
    "/studio/campaigns/autumn/live/",
    "/studio/campaigns/autumn/cancel/",
    "/studio/campaigns/autumn/release/1/",
    "/studio/campaigns/autumn/pause/",
    "/studio/account/",
    "/studio/account/confirm/",
    "/studio/account/password/",
    "/studio/account/app/",
    "/studio/account/passkey/",
    "/studio/account/factors/1/remove/",
    "/studio/account/recovery-codes/",
    "/studio/account/link/",
    "/studio/account/sessions/end/",
    "/studio/account/sign-out-everywhere/",
    "/studio/sign-in/set-up/",
    "/studio/sign-in/second-step/",
]


@pytest.fixture
def one_step(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine of one's own, where no second factor is asked for."""
    from pipeline.settings import current

    monkeypatch.setenv("ROUNDS_SECOND_FACTOR", "off")
    current.cache_clear()
    yield
    monkeypatch.undo()
    current.cache_clear()


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_or_does_anything_without_signing_in(db, path):
    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(SIGN_IN)


def test_on_a_machine_of_ones_own_the_password_may_be_enough_and_the_page_says_so(maya, one_step):
    client = Client()
    assert sign_in(client, next="/studio/?x=1")["Location"] == "/studio/?x=1"
    assert "No second factor is asked for" in client.get("/studio/").content.decode()
    assert "No second factor is asked for" in words(client.get("/studio/account/"))


@pytest.mark.holds("S-13")
def test_a_session_without_a_second_factor_ends_when_one_is_asked_for(maya, one_step, monkeypatch):
    from pipeline.settings import current

    client = Client()
    sign_in(client)
    assert is_in(client)
    monkeypatch.setenv("ROUNDS_SECOND_FACTOR", "required")
    current.cache_clear()
    assert not is_in(client)


@pytest.mark.parametrize("away", ["https://evil.test/studio/", "//evil.test", "/u/token", "javascript:x", ""])
def test_signing_in_leads_nowhere_but_the_studio(maya, away, one_step):
    assert sign_in(Client(), next=away)["Location"] == "/studio/"


@pytest.mark.holds("S-05")
def test_a_wrong_name_and_a_wrong_password_look_the_same(maya):
    def told(name: str) -> tuple[int, str]:
        answer = sign_in(Client(), name, "not the password")
        body = re.sub(r'value="[^"]*"', "", answer.content.decode())
        return answer.status_code, body

    assert told(NAME) == told("nobody")
    assert told(NAME)[0] == 400


@pytest.mark.holds("S-05")
def test_an_unknown_name_and_a_locked_one_take_as_long_as_a_wrong_password(slow_passwords, maya):
    """By the quickest of three each: without a hash an answer takes a tenth of the time or less."""
    from pipeline.actions.lock_member import lock_member

    add_member("lou", "calm-words-for-l0u")
    lock_member("lou")

    def seconds(name: str) -> float:
        taken = []
        for turn in range(3):
            begun = time.perf_counter()
            assert sign_in(Client(REMOTE_ADDR=f"192.0.2.{turn}"), name, "a wrong guess").status_code == 400
            taken.append(time.perf_counter() - begun)
        return min(taken)

    known = seconds(NAME)
    assert seconds("nobody") > known / 3
    assert seconds("lou") > known / 3


@pytest.mark.holds("S-13")
def test_after_eight_failures_even_the_right_password_waits(maya):
    for _ in range(8):
        sign_in(Client(), password="a guess")
    answer = sign_in(Client())
    assert answer.status_code == 429
    assert "Wait five minutes" in words(answer)


@pytest.mark.holds("S-13", "S-15")
def test_a_stranger_who_goes_on_guessing_writes_no_more_lines_into_the_audit_log(maya):
    from pipeline.store import models

    before = models.AuditEvent.objects.count()
    for n in range(30):
        sign_in(Client(), name=f"{NAME}{n % 2}", password="a guess")
    lines = models.AuditEvent.objects.filter(seq__gt=before).values_list("outcome", flat=True)
    assert sorted(lines) == ["refused"] * 8 + ["too_often"]


def test_a_success_clears_the_name_but_not_the_client(maya):
    for _ in range(7):
        sign_in(Client(), password="a guess")
    assert sign_in(Client()).status_code == 302
    assert sign_in(Client(), password="a guess").status_code == 400
    assert sign_in(Client()).status_code == 429


def test_the_session_is_a_new_one_after_the_password(maya):
    client = Client()
    client.get(SIGN_IN)
    client.session.save()
    before = client.session.session_key
    assert sign_in(client)["Location"] == SET_UP
    assert client.cookies["sessionid"].value != before
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_signing_out_takes_a_post(studio):
    assert studio.get("/studio/sign-out/").status_code == 405
    assert studio.get("/studio/").status_code == 200
    studio.post("/studio/sign-out/")
    assert studio.get("/studio/").status_code == 302


def test_a_form_without_its_token_changes_nothing(maya):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403
    assert client.get("/studio/").status_code == 302


@pytest.mark.holds("S-13")
def test_passwords_are_kept_by_argon2id_with_64_mib(slow_passwords, maya):
    assert User.objects.get(username=NAME).password.startswith("argon2$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_new_password_ends_every_session(maya, one_step):
    studio = Client()
    sign_in(studio)
    assert is_in(studio)
    made = add_member(NAME)
    assert not is_in(studio)
    assert sign_in(Client(), password=made)["Location"] == "/studio/"


def test_a_password_that_is_made_is_long_and_never_the_same(db):
    made = {add_member(f"member{i}") for i in range(3)}
    assert len(made) == 3
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", password) for password in made)


@pytest.mark.holds("S-13")
@pytest.mark.parametrize(
    "password", ["short", "eleven-char", "password1234", "ben.the.editor", "x" * 1001, ""]
)
def test_a_poor_password_is_refused_with_a_sentence(db, password):
    with pytest.raises(BadInput, match="Choose another password"):
        add_member("ben.the.editor", password)
    assert not User.objects.exists()


def test_a_password_of_small_letters_and_blanks_is_good(maya):
    assert add_member("ben", "four words and a stone") == "four words and a stone"


@pytest.mark.parametrize("name", ["", "two words", "x" * 151, "a\nb"])
def test_a_name_that_cannot_be_typed_is_refused(db, name):
    with pytest.raises(BadInput, match="no name to sign in with"):
        add_member(name)
