"""Who gets in, who does not, and what either of them is told."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from pipeline.actions.add_member import add_member
from pipeline.core.errors import BadInput
from tests.web.studio.conftest import NAME, PASSWORD
from tests.web.studio.pages import words

SIGN_IN = "/studio/sign-in/"
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
]


def sign_in(client: Client, name: str = NAME, password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"name": name, "password": password, **more})


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_or_does_anything_without_signing_in(db, path):
    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(SIGN_IN)


def test_a_member_signs_in_and_goes_on_to_the_page_they_wanted(maya):
    client = Client()
    assert sign_in(client, next="/studio/?x=1")["Location"] == "/studio/?x=1"
    assert client.get("/studio/").status_code == 200


@pytest.mark.parametrize("away", ["https://evil.test/studio/", "//evil.test", "/u/token", "javascript:x", ""])
def test_signing_in_leads_nowhere_but_the_studio(maya, away):
    assert sign_in(Client(), next=away)["Location"] == "/studio/"


def test_a_wrong_name_and_a_wrong_password_look_the_same(maya):
    def told(name: str) -> tuple[int, str]:
        answer = sign_in(Client(), name, "not the password")
        body = re.sub(r'value="[^"]*"', "", answer.content.decode())
        return answer.status_code, body

    assert told(NAME) == told("nobody")
    assert told(NAME)[0] == 400


def test_after_eight_failures_even_the_right_password_waits(maya):
    for _ in range(8):
        sign_in(Client(), password="a guess")
    answer = sign_in(Client())
    assert answer.status_code == 429
    assert "Wait five minutes" in words(answer)


def test_a_success_clears_the_name_but_not_the_client(maya):
    for _ in range(7):
        sign_in(Client(), password="a guess")
    assert sign_in(Client()).status_code == 302
    assert sign_in(Client(), password="a guess").status_code == 400
    assert sign_in(Client()).status_code == 429


def test_the_session_is_a_new_one_after_signing_in(maya):
    client = Client()
    client.get(SIGN_IN)
    client.session.save()
    before = client.session.session_key
    sign_in(client)
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


def test_passwords_are_kept_by_argon2(maya):
    assert User.objects.get(username=NAME).password.startswith("argon2$argon2id$")


def test_a_new_password_ends_every_session(maya):
    studio = Client()
    sign_in(studio)
    made = add_member(NAME)
    assert studio.get("/studio/").status_code == 302
    assert sign_in(Client(), password=made).status_code == 302


def test_a_password_that_is_made_is_long_and_never_the_same(db):
    made = {add_member(f"member{i}") for i in range(3)}
    assert len(made) == 3
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", password) for password in made)


@pytest.mark.parametrize("password", ["short", "password1234", ""])
def test_a_poor_password_is_refused_with_a_sentence(db, password):
    with pytest.raises(BadInput, match="Choose another password"):
        add_member("ben", password)
    assert not User.objects.filter(username="ben").exists()


@pytest.mark.parametrize("name", ["", "two words", "x" * 151, "a\nb"])
def test_a_name_that_cannot_be_typed_is_refused(db, name):
    with pytest.raises(BadInput, match="no name to sign in with"):
        add_member(name)
