"""Signing in by way of an identity provider that is really there, and everything that somebody could make it say."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth.models import User
from django.test import Client

from pipeline.store import models
from tests.oidc_provider import CLIENT, SECRET, Provider, running_provider
from tests.web.studio.conftest import NAME, signed_in
from tests.web.studio.pages import tree, words
from tests.web.studio.steps import SECOND_STEP, SET_UP, SIGN_IN, is_in, set_up
from tests.web.studio.test_every_page import broken_rules

GO, BACK = "/studio/sign-in/provider/", "/studio/sign-in/provider/back/"
LINK = "/studio/account/link/"


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    from pipeline.settings import current

    server.be_honest()
    for name, value in {
        "ISSUER": server.issuer,
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": SECRET,
        "NAME": "Clinic login",
    }.items():
        monkeypatch.setenv(f"ROUNDS_OIDC_{name}", value)
    current.cache_clear()
    yield server
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def linked(maya, provider) -> Provider:
    """Maya has an app, and is the provider's `subject-of-maya`."""
    user = User.objects.get(username=NAME)
    set_up(Client())
    models.MemberIdentity.objects.create(
        member=user, issuer=provider.issuer, subject="subject-of-maya", linked_at=user.date_joined
    )
    return provider


def go(client: Client, provider: Provider, **more: str) -> dict[str, str]:
    """To the provider, and sign in there. Returns the query of the way back."""
    return provider.authorise(client.get(GO, more)["Location"])


def refused(client: Client, answer: dict[str, str], status: int = 400) -> str:
    """The way back is refused, and nobody is let even to the second step. Returns what the page says."""
    page = client.get(BACK, answer)
    assert page.status_code == status
    assert client.get(SECOND_STEP)["Location"] == SIGN_IN
    assert not is_in(client)
    return words(page)


def test_the_provider_stands_in_for_the_password_and_the_second_factor_is_asked_for_all_the_same(linked):
    client = Client()
    page = client.get(f"{SIGN_IN}?next=/studio/?x=1")
    [way] = tree(page).xpath("//a[contains(., 'Sign in with Clinic login')]/@href")
    to = client.get(way)["Location"]
    asked = dict(parse_qsl(urlsplit(to).query))
    assert asked["scope"] == "openid"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert client.get(BACK, linked.authorise(to))["Location"] == SECOND_STEP
    assert not is_in(client)
    assert "/keys" in linked.asked


def test_the_walk_works_over_the_wire_too(linked):
    client = Client()
    back = requests.get(client.get(GO)["Location"], allow_redirects=False, timeout=5).headers["Location"]
    assert back.startswith(f"http://127.0.0.1:8000{BACK}?")
    assert client.get(BACK, dict(parse_qsl(urlsplit(back).query)))["Location"] == SECOND_STEP


def test_a_member_without_a_second_factor_is_led_to_set_one_up(linked):
    models.SecondFactor.objects.all().delete()
    client = Client()
    assert client.get(BACK, go(client, linked))["Location"] == SET_UP


LIES = {
    "another nonce": {"nonce": "n" * 43},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "somebody else"},
    "several audiences, and none that it is for": {"aud": [CLIENT, "somebody else"]},
    "for another party": {"azp": "somebody else"},
    "another issuer": {"iss": "https://evil.test"},
    "expired": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "no subject": {"sub": None},
    "a subject that is no text": {"sub": 7},
    "an empty subject": {"sub": ""},
}


@pytest.mark.holds("S-13")
@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_anything_else_is_refused(linked, lie):
    linked.lie = lambda claims: {n: v for n, v in {**claims, **LIES[lie]}.items() if v is not None}
    client = Client()
    refused(client, go(client, linked), 409)


def _unsigned(claims: dict[str, object]) -> str:
    return jwt.encode(claims, None, "none", {"kid": "one"})


def _hmac_with_the_public_key(provider: Provider):
    """The classic: a token signed by HMAC, whose key is what everybody can read."""
    pem = provider.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(claims: dict[str, object]) -> str:
        def part(value: dict[str, object]) -> bytes:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

        head = part({"alg": "HS256", "kid": "one", "typ": "JWT"}) + b"." + part(claims)
        return (
            head + b"." + base64.urlsafe_b64encode(hmac.digest(pem, head, "sha256")).rstrip(b"=")
        ).decode()

    return sign


@pytest.mark.holds("S-13")
@pytest.mark.parametrize(
    "kind", ["another key", "another key's name", "no signature", "hmac", "no token at all"]
)
def test_a_token_that_the_provider_did_not_sign_is_refused(linked, kind):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    linked.sign = {
        "another key": lambda claims: jwt.encode(claims, stranger, "RS256", {"kid": "one"}),
        "another key's name": lambda claims: jwt.encode(claims, linked.key, "RS256", {"kid": "two"}),
        "no signature": _unsigned,
        "hmac": _hmac_with_the_public_key(linked),
        "no token at all": lambda claims: "a.b.c",
    }[kind]
    client = Client()
    refused(client, go(client, linked), 409)


@pytest.mark.holds("S-13")
@pytest.mark.parametrize("verified", [True, False])
def test_an_address_makes_nobody_a_member(maya, provider, verified):
    """Whatever the provider says of it: it is the address that Maya has here, and nobody linked the subject."""
    provider.email_verified = verified
    client = Client()
    assert "Nobody here is linked" in refused(client, go(client, provider))


def test_somebody_unknown_makes_no_member(linked):
    linked.subject = "a stranger"
    client = Client()
    assert "Nobody here is linked" in refused(client, go(client, linked))
    assert User.objects.count() == 1


def test_a_locked_member_is_refused_by_this_door_too(linked):
    User.objects.update(is_active=False)
    client = Client()
    assert "Nobody here is linked" in refused(client, go(client, linked))


@pytest.mark.holds("S-13", "S-07")
def test_an_answer_that_this_browser_did_not_ask_for_is_refused(linked):
    """An attacker's own answer, sent to a victim: without the victim's state it signs nobody in."""
    attacker, victim = Client(), Client()
    answer = go(attacker, linked)
    refused(victim, answer)
    go(victim, linked)
    refused(victim, answer, 409)
    refused(victim, answer)  # and the cookie is gone: a second guess needs a new start


def test_an_answer_works_once_and_an_old_or_changed_cookie_not_at_all(linked):
    client = Client()
    answer = go(client, linked)
    kept = client.cookies["provider"].value
    assert client.get(BACK, answer)["Location"] == SECOND_STEP
    client.post("/studio/sign-out/")
    client.cookies["provider"] = kept
    refused(client, answer, 409)  # the code is used up
    client.cookies["provider"] = kept[:-6] + "AAAA=="
    refused(client, answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "access_denied"},
        {"code": ""},
        {"iss": "https://evil.test"},
        {"state": "é"},
        {"code": "guess"},
    ],
)
def test_an_answer_that_is_no_yes_is_told_and_lets_nobody_in(linked, answer):
    client = Client()
    refused(client, {**go(client, linked), **answer}, 409)


def test_a_provider_that_is_away_is_told_and_the_password_still_works(linked, monkeypatch):
    from pipeline.settings import current

    monkeypatch.setenv("ROUNDS_OIDC_ISSUER", "http://127.0.0.1:9")
    current.cache_clear()
    away = Client().get(GO)
    assert away.status_code == 503
    assert "use your password" in words(away)


def test_failures_at_the_provider_are_limited_by_client_and_stop_nobody_else(linked):
    linked.subject = "a stranger"
    thief = Client(REMOTE_ADDR="198.51.100.1")
    told = [thief.get(BACK, go(thief, linked)).status_code for _ in range(9)]
    assert told == [400] * 8 + [429]
    linked.subject = "subject-of-maya"
    client = Client()
    assert client.get(BACK, go(client, linked))["Location"] == SECOND_STEP


def test_a_member_links_once_and_takes_the_link_away(studio, provider):
    page = studio.post(LINK)
    assert broken_rules(page) == []
    [way] = tree(page).xpath("//a[contains(., 'Go on to')]/@href")
    done = studio.get(BACK, provider.authorise(way))
    assert done["Location"] == "/studio/account/"
    assert models.MemberIdentity.objects.get().subject == "subject-of-maya"
    assert "Take the link away" in words(studio.get("/studio/account/"))
    studio.post(LINK, {"unlink": "1"})
    assert not models.MemberIdentity.objects.exists()


@pytest.mark.holds("S-07")
def test_nobody_links_their_own_identity_with_another_member(linked):
    """A link begins with a form of the member's own; an answer to it does nothing in another session."""
    studio = signed_in()
    User.objects.create_user("ben")
    ben = Client()
    ben.force_login(User.objects.get(username="ben"))
    [way] = tree(ben.post(LINK)).xpath("//a[contains(., 'Go on to')]/@href")
    linked.subject = "subject-of-ben"
    answer = linked.authorise(way)
    studio.cookies["provider"] = ben.cookies["provider"].value
    assert "You were signed out meanwhile" in words(studio.get(BACK, answer))
    assert is_in(studio)
    assert studio.get(LINK).status_code == 405
    linked.subject = "subject-of-maya"
    [way] = tree(ben.post(LINK)).xpath("//a[contains(., 'Go on to')]/@href")
    assert ben.get(BACK, linked.authorise(way)).status_code == 409  # it is Maya's
    assert models.MemberIdentity.objects.count() == 1


def test_without_a_provider_there_is_no_such_door(maya, studio):
    assert "provider" not in Client().get(SIGN_IN).content.decode()
    assert Client().get(GO).status_code == 404
    assert Client().get(BACK).status_code == 404
    assert studio.post(LINK).status_code == 404
