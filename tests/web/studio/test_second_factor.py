"""The second factor: nothing of the studio without it, and what attackers try who have the password already."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from django.contrib.auth.models import User
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

from pipeline.store import models
from tests.web.studio.conftest import NAME
from tests.web.studio.pages import fields, tree, words
from tests.web.studio.steps import (
    SECOND_STEP,
    SET_UP,
    SIGN_IN,
    code,
    give_password,
    is_in,
    secret_on,
    set_up,
    sign_in,
)
from tests.web.studio.test_every_page import broken_rules
from tests.web.studio.test_sign_in import PAGES

ORIGIN = "http://localhost:8000"


@pytest.fixture
def audited(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """(event, member, outcome) of what is recorded."""
    noted: list[tuple[str, str, str]] = []

    def record(event, *, member, about="", outcome="done", detail=None) -> None:
        noted.append((event, member, outcome))

    for module in (
        "pipeline.web.studio.sign_in",
        "pipeline.web.studio.second_step",
        "pipeline.web.studio.set_up",
        "pipeline.actions.set_up_app",
        "pipeline.actions.make_recovery_codes",
        "pipeline.actions.prove_second_factor",
    ):
        monkeypatch.setattr(f"{module}.record", record)
    return noted


@pytest.mark.holds("S-13")
def test_a_member_without_a_second_factor_sees_the_set_up_page_and_nothing_else(maya):
    client = Client()
    assert give_password(client, next="/studio/?x=1")["Location"] == SET_UP
    for path in PAGES:
        if path != SET_UP:
            assert client.get(path).status_code == 302, path
            assert client.post(path).status_code == 302, path
    assert client.get("/studio/").headers["Location"].startswith(SIGN_IN)
    assert client.get(SIGN_IN)["Location"] == SET_UP
    assert client.get("/inbox/").status_code == 302
    page = client.get(SET_UP)
    assert broken_rules(page) == []
    assert not tree(page).xpath("//nav")


def test_a_member_sets_up_an_app_keeps_the_codes_and_signs_in_with_it_again(maya, audited):
    client = Client()
    give_password(client, next="/studio/?x=1")
    page = client.get(SET_UP)
    secret = secret_on(page)
    wrong = client.post(SET_UP, {**fields(page, SET_UP), "code": "000000"})
    assert wrong.status_code == 400
    assert secret_on(wrong) == secret  # no second scan for a slip
    shown = client.post(SET_UP, {**fields(wrong, SET_UP), "code": code(secret, -1)})
    assert broken_rules(shown) == []
    assert len(tree(shown).xpath("//ol[@class='codes']/li")) == 10
    assert tree(shown).xpath("//a[@href='/studio/?x=1']")
    assert is_in(client)
    client.post("/studio/sign-out/")
    assert not is_in(client)
    assert sign_in(client, code(secret))["Location"] == "/studio/"
    assert is_in(client)
    assert audited == [
        ("second_factor_added", NAME, "done"),
        ("signed_in", NAME, "done"),
        ("recovery_codes_made", NAME, "done"),
        ("signed_out", NAME, "done"),
        ("signed_in", NAME, "done"),
    ]


@pytest.mark.holds("S-13")
def test_a_code_works_once_and_not_in_a_second_browser_either(maya):
    first, second = Client(), Client()
    secret, _ = set_up(first)
    newest = code(secret)
    assert sign_in(first, newest).status_code == 302
    assert sign_in(second, newest).status_code == 400
    assert sign_in(second, code(secret, -1)).status_code == 400
    assert not is_in(second)
    assert sign_in(second, code(secret, 1)).status_code == 302
    assert is_in(second)


@pytest.mark.holds("S-13")
def test_a_recovery_code_works_once_however_it_is_typed(maya, audited):
    client = Client()
    _, codes = set_up(client)
    careless = codes[0].upper().replace("-", " ")
    assert sign_in(Client(), careless).status_code == 302
    assert sign_in(Client(), codes[0]).status_code == 400
    assert sign_in(client, codes[1]).status_code == 302
    assert "8 are left" in words(client.get("/studio/"))
    assert ("recovery_code_used", NAME, "done") in audited
    assert ("sign_in_failed", NAME, "refused") in audited


@pytest.mark.holds("S-13")
def test_the_database_holds_neither_secret_nor_code_nor_session_key(maya):
    client = Client()
    secret, codes = set_up(client)
    [factor] = models.SecondFactor.objects.values_list("sealed_secret", flat=True)
    kept = [bytes(factor), *(bytes(c) for c in models.RecoveryCode.objects.values_list("digest", flat=True))]
    sessions = " ".join(f"{s.session_key} {s.session_data}" for s in models.MemberSession.objects.all())
    assert secret not in bytes(factor)
    assert base64.b32encode(secret) not in bytes(factor)
    assert not [c for c in codes for row in kept if c.encode() in row or c.replace("-", "").encode() in row]
    assert client.cookies["sessionid"].value not in sessions


@pytest.mark.holds("S-13")
def test_a_secret_moved_to_another_members_row_opens_nothing(maya):
    from pipeline.actions.add_member import add_member

    secret, _ = set_up(Client())
    password = add_member("ben")
    ben = User.objects.get(username="ben")
    models.SecondFactor.objects.update(member_id=ben.pk, last_step=0)
    thief = Client()
    give_password(thief, "ben", password)
    assert thief.post(SECOND_STEP, {"code": code(secret)}).status_code == 400


@pytest.mark.holds("S-13", "S-05")
def test_codes_are_not_guessed_from_anywhere(maya):
    """Each guess comes from another address, so that only the member's own count can stop them."""
    secret, codes = set_up(Client())
    told = []
    for turn in range(9):
        thief = Client(REMOTE_ADDR=f"198.51.100.{turn}")
        give_password(thief)
        told.append(thief.post(SECOND_STEP, {"code": f"{turn:06}"}).status_code)
    assert told == [400] * 8 + [429]
    late = Client(REMOTE_ADDR="198.51.100.99")
    give_password(late)
    assert late.post(SECOND_STEP, {"code": code(secret)}).status_code == 429
    assert late.post(SECOND_STEP, {"code": codes[0]}).status_code == 429
    assert not is_in(late)


def test_a_members_own_success_gives_a_thief_no_new_guesses(maya):
    _, codes = set_up(Client())
    thief = Client(REMOTE_ADDR="198.51.100.1")
    give_password(thief)
    told = [thief.post(SECOND_STEP, {"code": "000000"}).status_code for _ in range(7)]
    sign_in(Client(), codes[0])
    moved = {"REMOTE_ADDR": "198.51.100.2"}
    told += [thief.post(SECOND_STEP, {"code": "000000"}, **moved).status_code for _ in range(2)]
    assert told == [400] * 8 + [429]


def test_the_password_alone_adds_no_factor_where_there_is_one(maya):
    """Who found the password, and kept a set-up page of their own open, gets nothing for it."""
    owner, thief = Client(), Client()
    give_password(thief)
    page = thief.get(SET_UP)
    set_up(owner)
    late = thief.post(SET_UP, {**fields(page, SET_UP), "code": code(secret_on(page))})
    assert (late.status_code, late["Location"]) == (302, SECOND_STEP)
    assert thief.get(SET_UP)["Location"] == SECOND_STEP
    assert not is_in(thief)
    assert models.SecondFactor.objects.count() == 1


def test_a_set_up_page_of_another_member_is_refused(maya):
    from pipeline.actions.add_member import add_member

    password = add_member("ben")
    maya_, ben = Client(), Client()
    give_password(maya_)
    page = maya_.get(SET_UP)
    give_password(ben, "ben", password)
    foreign = ben.post(SET_UP, {**fields(page, SET_UP), "code": code(secret_on(page))})
    assert foreign.status_code == 400
    assert "does not belong to this sign-in" in words(foreign)
    for forged in ("", "AAAA", "é", "x" * 2000):
        assert ben.post(SET_UP, {"proposal": forged, "code": "123456"}).status_code == 400


def test_the_second_step_without_the_first_leads_to_the_first(maya):
    for path in (SECOND_STEP, SET_UP):
        assert Client().get(path)["Location"] == SIGN_IN
        assert Client().post(path, {"code": "123456"})["Location"] == SIGN_IN


def test_between_the_steps_no_more_than_ten_minutes_pass(maya):
    client = Client()
    _, codes = set_up(Client())
    give_password(client)
    with time_machine.travel(time.time() + 601, tick=True):
        assert client.post(SECOND_STEP, {"code": codes[0]})["Location"] == SIGN_IN


@pytest.mark.holds("S-13")
def test_the_key_of_a_session_changes_at_each_step(maya):
    client, keys = Client(), []
    _, codes = set_up(Client())
    client.cookies["sessionid"] = "a" * 32  # what somebody else set beforehand
    give_password(client)
    keys.append(client.cookies["sessionid"].value)
    client.post(SECOND_STEP, {"code": codes[0]})
    keys.append(client.cookies["sessionid"].value)
    assert len({"a" * 32, *keys}) == 3
    assert all(len(key) == 32 for key in keys)
    stranger = Client()
    stranger.cookies["sessionid"] = keys[0]
    assert not is_in(stranger)


def test_neither_step_works_from_another_site(maya):
    _, codes = set_up(Client())
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = _after_password()
    assert client.post(SECOND_STEP, {"code": codes[0]}).status_code == 403
    assert models.RecoveryCode.objects.count() == 10


def _after_password() -> str:
    client = Client()
    give_password(client)
    return client.cookies["sessionid"].value


class Key:
    """A security key in a drawer of ours, of which we know how it signs."""

    def __init__(self) -> None:
        self.private = generate_private_key(SECP256R1())
        public = ES256.from_cryptography_key(self.private.public_key())
        self.data = bytes(AttestedCredentialData.create(bytes(16), b"id", public))

    def answer(
        self,
        challenge: str,
        origin: str,
        *,
        kind: str = "webauthn.get",
        site: str = "localhost",
        flags: int = 1,
        handle: bytes = b"",
    ) -> str:
        client = json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()
        data = hashlib.sha256(site.encode()).digest() + bytes([flags]) + (0).to_bytes(4, "big")
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        if handle:
            response["userHandle"] = handle
        parts = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps({"id": "aWQ", "rawId": "aWQ", "type": "public-key", "response": parts})


@pytest.fixture
def key(maya, monkeypatch) -> Iterator[Key]:
    """Maya's key, on a site whose name passkeys are allowed for."""
    from pipeline.settings import current

    monkeypatch.setenv("ROUNDS_BASE_URL", ORIGIN)
    current.cache_clear()
    made, user = Key(), User.objects.get(username=NAME)
    models.SecondFactor.objects.create(
        member=user,
        kind="passkey",
        name="key",
        credential_id=b"id",
        credential=made.data,
        added_at=user.date_joined,
    )
    yield made
    monkeypatch.undo()
    current.cache_clear()


def challenge_on(client: Client) -> str:
    [question] = tree(client.get(SECOND_STEP)).xpath("//form/@data-question")
    return json.loads(question)["publicKey"]["challenge"]


def test_a_key_signs_in_and_its_answer_is_worth_nothing_a_second_time(key):
    client, replay = Client(), Client()
    give_password(client)
    answer = key.answer(challenge_on(client), ORIGIN)
    assert client.post(SECOND_STEP, {"credential": answer})["Location"] == "/studio/"
    give_password(replay)
    challenge_on(replay)
    assert replay.post(SECOND_STEP, {"credential": answer}).status_code == 400


FORGERIES = {
    "of a false site": {"origin": "https://rounds.evil.test"},
    "of another port": {"origin": "http://localhost:9999"},
    "for another name": {"site": "evil.test"},
    "of a making": {"kind": "webauthn.create"},
    "that nobody touched": {"flags": 0},
    "to another question": {"challenge": "A" * 43},
}


@pytest.mark.holds("S-13")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_answer_is_refused(key, forgery):
    client = Client()
    give_password(client)
    good = {"challenge": challenge_on(client), "origin": ORIGIN}
    assert (
        client.post(SECOND_STEP, {"credential": key.answer(**{**good, **FORGERIES[forgery]})}).status_code
        == 400
    )
    again = client.post(SECOND_STEP, {"credential": key.answer(**good)})
    assert again.status_code == 400  # the question was asked once, and the page has a new one by now
    assert not is_in(client)


def test_an_answer_signed_by_another_key_and_one_that_is_none_are_refused(key):
    """What a browser sends is JSON of the visitor's own making: none of it may be more than a 400."""
    client = Client()
    give_password(client)
    torn = [
        "{",
        "[]",
        "null",
        "7",
        '{"id": 1}',
        '{"id":"aWQ","rawId":"aWQ","type":"public-key","response":{}}',
    ]
    for answer in [*torn, "[" * 9000, "x" * 30_000, Key().answer(challenge_on(client), ORIGIN)]:
        models.SignInAttempt.objects.all().delete()
        assert client.post(SECOND_STEP, {"credential": answer}).status_code == 400, answer[:40]
    assert not is_in(client)
