"""The tokens that public links and return paths carry: opaque, hard to forge, good for one audience
(S-01, S-02).

A token is `kid(1) + id(16) + MAC(10)`: 27 bytes, 36 characters of base64url. `id` names a row, so that a
token can be revoked and says nothing; the MAC is HMAC-SHA256 cut to 10 bytes under a key that HKDF derives
for each audience and kid, so that a guess costs no query and a token for one door does not open another.
Tokens do not expire by themselves: withdrawal never does (U-13), and the rest is the row's to say.
"""

from __future__ import annotations

import base64
import hmac
import re
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipeline.core.consent.keyed_hash import prepared

ID_BYTES = 16
MAC_BYTES = 10
TOKEN_BYTES = 1 + ID_BYTES + MAC_BYTES
TOKEN_LENGTH = 4 * TOKEN_BYTES // 3  # characters: 27 bytes need no padding
SHORTEST_SECRET = 32  # bytes
FORM_LIVES = timedelta(hours=12)  # from showing a form to sending it

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_URL_FORM = re.compile(r"[A-Za-z0-9_-]{36}", re.ASCII)


class Audience(StrEnum):
    """The door that a token opens, and the only one."""

    UNSUB = "unsub"  # can only take permission away
    UNDO = "undo"  # takes back one goodbye, for a few minutes, by the page that confirmed it (U-21)
    CONFIRM = "confirm"
    NOT_ME = "not_me"
    PREFS = "prefs"
    EXPORT = "export"  # shows one person all that is held of them, for a day (S-02)
    ADDRESS = "address"  # confirms a new address of somebody who is known
    ADDRESS_UNDO = "address_undo"  # in the letter to the old address: "this was not me"
    VERP = "verp"
    PREVIEW = "preview"  # opens nothing: in test sends (S-22)
    FORM = "form"
    FORM_AGAIN = "form_again"  # of the page that asks to press once more (D-08)
    OPEN = "open"  # in a picture: that somebody who agreed to it opened an email (C-31)
    RENEW = "renew"  # opens the page that asks for a new yes, as the note that it is in


# What opens for ever, also under a secret that was replaced: it takes permission away or back, or opens nothing. A
# secret is replaced because somebody may have it, and what they forge with it must grant nothing (U-13, S-16).
LASTING = frozenset(
    {
        Audience.UNSUB,
        Audience.PREFS,  # only to stop things: whoever shows the page asks `is_of_the_key_in_force`
        Audience.NOT_ME,
        Audience.ADDRESS_UNDO,  # "this was not me", for two weeks
        Audience.VERP,
        Audience.PREVIEW,
    }
)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Derived keys. Make one at start by `from_secret`; new tokens carry `current`, and those that are LASTING still
    verify under old kids.
    """

    current: int
    keys: Mapping[tuple[Audience, int], bytes] = field(repr=False)

    @classmethod
    def from_secret(cls, secret: bytes, kid: int = 1, old: Mapping[int, bytes] | None = None) -> Keyring:
        """`old` maps retired kids to their secrets: keep them, since links in sent mail live for ever
        (U-13).
        """
        secrets = {**(old or {}), kid: secret}
        if not all(0 <= k <= 255 for k in secrets):
            raise ValueError("a kid is one byte, 0 to 255")
        keys = {
            (audience, k): derive_key(s, f"token {audience.value} {k}")
            for k, s in secrets.items()
            for audience in (Audience if k == kid else sorted(LASTING))
        }
        return cls(current=kid, keys=MappingProxyType(keys))

    def keys_for(self, audience: Audience) -> dict[int, bytes]:
        """Every key of one audience by its kid, for the return path, which writes its tokens in base32."""
        return {kid: key for (of, kid), key in self.keys.items() if of is audience}


def root_secret(secret_key: str) -> bytes:
    """32 bytes from whatever the operator wrote, so that a long passphrase is as good as random hex."""
    return sha256(secret_key.encode()).digest()


def derive_key(secret: bytes, use: str) -> bytes:
    """A key of 32 bytes for one use, by HKDF-SHA256 (RFC 5869). `use` keeps keys apart, e.g. `address`."""
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"the secret needs {SHORTEST_SECRET} bytes or more")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"rounds {use}".encode()).derive(secret)


def make(audience: Audience, id16: bytes, keyring: Keyring) -> str:
    """The token of an id for one audience, in 36 URL-safe characters."""
    return base64.urlsafe_b64encode(_sealed(audience, id16, keyring)).decode()


def maker(audience: Audience, keyring: Keyring) -> Callable[[bytes], bytes]:
    """What `make` does for one audience, as ASCII bytes and without its look-ups: a sender makes millions."""
    mac, kid = prepared(keyring.keys[audience, keyring.current]), bytes([keyring.current])

    def token(id16: bytes) -> bytes:
        named = kid + id16
        return b2a_base64(named + mac(named)[:MAC_BYTES], newline=False).translate(_URL_SAFE)

    return token


def read(audience: Audience, token: str, keyring: Keyring) -> bytes | None:
    """The id, or None for anything that this keyring did not make for this audience. Compares in constant
    time.
    """
    if not _URL_FORM.fullmatch(token):
        return None
    return _opened(audience, base64.urlsafe_b64decode(token), keyring)


def kid_of(token: str) -> int | None:
    """The number of the secret that a token says it was made under; None for what has not the form of one."""
    return base64.urlsafe_b64decode(token)[0] if _URL_FORM.fullmatch(token) else None


def is_of_the_key_in_force(token: str, keyring: Keyring) -> bool:
    """Whether a token that was read may grant more than a goodbye."""
    return kid_of(token) == keyring.current


def _sealed(audience: Audience, id16: bytes, keyring: Keyring) -> bytes:
    if len(id16) != ID_BYTES:
        raise ValueError(f"an id has {ID_BYTES} bytes, this one {len(id16)}")
    named = bytes([keyring.current]) + id16
    return named + _mac(keyring.keys[audience, keyring.current], named)


def _opened(audience: Audience, sealed: bytes, keyring: Keyring) -> bytes | None:
    named, mac = sealed[:-MAC_BYTES], sealed[-MAC_BYTES:]
    key = keyring.keys.get((audience, named[0]))
    if key is None or not hmac.compare_digest(mac, _mac(key, named)):
        return None
    return named[1:]


def _mac(key: bytes, named: bytes) -> bytes:
    return hmac.digest(key, named, "sha256")[:MAC_BYTES]


class FormCheck(StrEnum):
    """What a form's token says of the submission (D-08, S-07)."""

    GOOD = "good"
    FORGED = "forged"
    TOO_SOON = "too_soon"  # nobody reads and types that quickly
    TOO_OLD = "too_old"  # a page left open, or a harvested token


def make_form_token(
    issued_at: datetime, nonce: bytes, keyring: Keyring, audience: Audience = Audience.FORM
) -> str:
    """A signed time stamp for a form. `nonce` is 8 random bytes; the time is kept to the millisecond."""
    milliseconds = int(issued_at.timestamp() * 1000)
    return make(audience, milliseconds.to_bytes(8, "big") + nonce, keyring)


def check_form_token(
    token: str,
    now: datetime,
    keyring: Keyring,
    *,
    least: timedelta = timedelta(seconds=2),
    most: timedelta = FORM_LIVES,
    audience: Audience = Audience.FORM,
) -> FormCheck:
    """Whether a form came from us, and neither quicker than a person nor long ago."""
    id16 = read(audience, token, keyring)
    if id16 is None:
        return FormCheck.FORGED
    age = now - datetime.fromtimestamp(int.from_bytes(id16[:8], "big") / 1000, UTC)
    if age < least:
        return FormCheck.TOO_SOON
    return FormCheck.TOO_OLD if age > most else FormCheck.GOOD
