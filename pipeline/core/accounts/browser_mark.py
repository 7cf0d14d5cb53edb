"""What a browser carries that a member signed in with before: a device cookie, as OWASP calls it.

It gives the browser tries of its own at the door, so that strangers who guess under the member's name do not keep the
member out. It grants nothing else. (OWASP, Slow Down Online Guessing Attacks with Device Cookies; ASVS 6.3.1.)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

NONCE, SIGNATURE = 16, 32  # bytes
LASTS = timedelta(days=180)  # without a sign-in
MOST_OF_A_MEMBER = 20  # browsers; the one used longest ago is forgotten for a new one
MOST_IN_A_BROWSER = 4  # members of staff who share a machine


@dataclass(frozen=True, slots=True)
class Mark:
    """A nonce, and a signature over it and the member. It names nobody: who is meant is tried by the signature."""

    nonce: bytes
    signature: bytes

    @property
    def kept_as(self) -> bytes:
        """What the database keeps instead of the nonce: SHA-256, 32 bytes."""
        return hashlib.sha256(self.nonce).digest()


def make_mark(nonce: bytes, member_id: int, key: bytes) -> Mark:
    return Mark(nonce, _sign(nonce, member_id, key))


def is_of(mark: Mark, member_id: int, key: bytes) -> bool:
    """Whether we made it for this member, in constant time. It may have been revoked since."""
    return hmac.compare_digest(mark.signature, _sign(mark.nonce, member_id, key))


def write(marks: Iterable[Mark]) -> str:
    """The value of the cookie."""
    return ".".join(base64.urlsafe_b64encode(mark.nonce + mark.signature).decode() for mark in marks)


def read(value: str) -> tuple[Mark, ...]:
    """The marks in a cookie, at most as many as we write. Whatever is no mark is passed over."""
    found = []
    for part in value[:1000].split(".")[:MOST_IN_A_BROWSER]:
        try:
            octets = base64.b64decode(part.encode(), altchars=b"-_", validate=True)
        except ValueError:
            continue
        if len(octets) == NONCE + SIGNATURE:
            found.append(Mark(octets[:NONCE], octets[NONCE:]))
    return tuple(found)


def _sign(nonce: bytes, member_id: int, key: bytes) -> bytes:
    return hmac.digest(key, nonce + member_id.to_bytes(8, "big"), "sha256")
