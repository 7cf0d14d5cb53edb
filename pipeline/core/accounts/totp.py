"""Codes of an authenticator app: six digits that change every 30 seconds (RFC 6238).

A code says which step it is of, so that whoever keeps the last step that was used can refuse to take one twice, as
RFC 6238 5.2 asks.
"""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

STEP = 30  # seconds
SECRET_BYTES = 20  # as RFC 4226 4 recommends
TOLERANCE = 1  # steps early or late: the clock of a telephone is seldom right to the second
_CODE = re.compile(r"[0-9]{6}", re.ASCII)


def step_of(now: datetime) -> int:
    """How many steps there have been since 1970."""
    return int(now.timestamp()) // STEP


def code_of(secret: bytes, step: int) -> str:
    """The six digits of one step. SHA-1 is what every app knows, and HMAC does not need it to resist collisions."""
    return HOTP(secret, 6, SHA1()).generate(step).decode()  # noqa: S303


def matching_step(secret: bytes, code: str, now: datetime, *, after: int) -> int | None:
    """The step that a code is of, if it is a step near `now` and later than `after`. None for every other code.

    All steps are compared, so that the time it takes says nothing.
    """
    typed = re.sub(r"\s", "", code)
    if not _CODE.fullmatch(typed):
        return None
    here = step_of(now)
    found = None
    for step in range(here - TOLERANCE, here + TOLERANCE + 1):
        if hmac.compare_digest(code_of(secret, step), typed) and step > after:
            found = step
    return found


def in_words(secret: bytes) -> str:
    """The secret as one types it into an app: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def address_of(secret: bytes, member: str, issuer: str) -> str:
    """What the QR code says: an `otpauth:` address, by the format that Google Authenticator set and all apps read."""
    label = quote(f"{issuer}:{member}", safe="")
    query = urlencode({"secret": in_words(secret).replace(" ", ""), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"
