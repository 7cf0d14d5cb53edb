"""The organisation's identity provider, by OpenID Connect Core 1.0: the authorisation code flow with PKCE.

Everything that the provider could have been made to say by somebody else is checked: the state that we sent (RFC 6749
10.12), the nonce inside the signed token, its signature against the provider's published keys, issuer, audience and
time (Core 3.1.3.7), and the issuer of the answer where it is named (RFC 9207). That the token came straight from the
provider would allow to leave out the signature; we do not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
import requests
import urllib3

from pipeline.core.errors import Refused, Unavailable
from pipeline.settings import IdentityProvider, is_loopback

ALGORITHMS = [
    "RS256",
    "PS256",
    "ES256",
]  # with a public key: a token cannot be forged from what anybody knows
SECONDS = 10
LARGEST = 256 * 1024  # bytes of an answer
LEEWAY = 60  # seconds by which the provider's clock may differ
AWAY = "The identity provider does not answer as it should. Try again in a minute, or use your password."
NOT_GOOD = "The identity provider's answer is not good. Start again from the sign-in page."


@dataclass(frozen=True, slots=True)
class Started:
    """What we remember of a sign-in that is under way at the provider: three secrets of 256 bits each."""

    state: str
    nonce: str
    verifier: str


def begin(provider: IdentityProvider, back_to: str) -> tuple[str, Started]:
    """(where to send the browser, what to remember). `back_to` is our address that the provider knows."""
    started = Started(*(secrets.token_urlsafe(32) for _ in range(3)))
    challenge = hashlib.sha256(started.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back_to,
        "scope": "openid",  # who it is, and nothing about them
        "state": started.state,
        "nonce": started.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    door = _endpoint(_discover(provider), "authorization_endpoint")
    return f"{door}{'&' if urlsplit(door).query else '?'}{urlencode(asked)}", started


def finish(provider: IdentityProvider, started: Started, answer: Mapping[str, str], back_to: str) -> str:
    """The subject: who signed in there. Raises Refused if the answer is not good, Unavailable if nobody answers."""
    if not hmac.compare_digest(answer.get("state", "").encode(), started.state.encode()):
        raise Refused(NOT_GOOD)
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise Refused(NOT_GOOD)
    if "error" in answer or not answer.get("code"):
        raise Refused("The identity provider did not let you in. Start again, or use your password.")
    told = _discover(provider)
    token = _exchange(provider, told, started, answer["code"], back_to)
    return _subject(provider, told, token, started.nonce)


def _exchange(
    provider: IdentityProvider, told: Mapping[str, Any], started: Started, code: str, back_to: str
) -> str:
    """The ID token for the code (Core 3.1.3.1)."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back_to,
        "code_verifier": started.verifier,
    }
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    headers = {}
    if "client_secret_basic" in ways:
        # RFC 6749 2.3.1: both are form-encoded before they are joined.
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        asked |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    answer = _ask("POST", _endpoint(told, "token_endpoint"), asked, headers)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise Refused(NOT_GOOD)
    return token


def _subject(provider: IdentityProvider, told: Mapping[str, Any], token: str, nonce: str) -> str:
    """Who the token is about, once everything about it is checked."""
    try:
        claims = jwt.decode(
            token,
            _signing_key(told, token),
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, RecursionError) as error:
        raise Refused(NOT_GOOD) from error
    ours = claims.get("azp", provider.client_id) == provider.client_id
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if not ours or (several and "azp" not in claims):
        raise Refused(NOT_GOOD)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Refused(NOT_GOOD)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Refused(NOT_GOOD)
    return subject


def _signing_key(told: Mapping[str, Any], token: str) -> jwt.PyJWK:
    """The published key that the token names. Raises PyJWTError if there is none, or none for signing."""
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError
    published = _ask("GET", _endpoint(told, "jwks_uri")).get("keys")
    fit = [
        key
        for key in (published if isinstance(published, list) else [])
        if isinstance(key, dict)
        and key.get("use", "sig") == "sig"
        and key.get("alg", header["alg"]) == header["alg"]
        and ("kid" not in header or key.get("kid") == header["kid"])
    ]
    if len(fit) != 1:
        raise jwt.InvalidKeyError
    return jwt.PyJWK(fit[0], header["alg"])


def _discover(provider: IdentityProvider) -> Mapping[str, Any]:
    """The provider's own description (OpenID Connect Discovery 1.0, 4), which has to be about this issuer."""
    told = _ask("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != provider.issuer:
        raise Unavailable(AWAY)
    return told


def _endpoint(told: Mapping[str, Any], name: str) -> str:
    """An address of the provider's: https, or a server on this very machine."""
    address = told.get(name)
    if not isinstance(address, str):
        raise Unavailable(AWAY)
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise Unavailable(AWAY)
    return address


def _ask(
    method: str, address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON object. No redirect is followed, and what is too long is not read."""
    try:
        with requests.request(
            method,
            address,
            data=form,
            headers={"Accept": "application/json", **(headers or {})},
            timeout=SECONDS,
            allow_redirects=False,
            stream=True,
        ) as response:
            text = response.raw.read(LARGEST + 1, decode_content=True)
            status = response.status_code
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unavailable(AWAY) from error
    if status == 400 and method == "POST":
        raise Refused(NOT_GOOD)  # RFC 6749 5.2: the code is old, used, or somebody else's
    try:
        read = json.loads(text) if status == 200 and len(text) <= LARGEST else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise Unavailable(AWAY)
    return read
