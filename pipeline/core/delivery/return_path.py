"""The envelope sender of one delivery: `b+<token>@bounces.example` (U-20, U-34).

The token is base32 of a key id (1 byte), the delivery's uid (16 bytes) and a MAC (10 bytes). Bounce reports
are easily forged (RFC 3464 section 4.1), so a token that we did not make maps to nothing. Base32 and not
base64, because some hosts change the case of a local part.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b32decode
from collections.abc import Callable, Mapping
from struct import Struct

from pipeline.core.consent.keyed_hash import prepared

PREFIX = "b+"
UID_BYTES = 16
MAC_BYTES = 10
TOKEN_LENGTH = 44  # 27 bytes in base32 without padding; with the prefix 46 octets of the 64 allowed
_PURPOSE = b"rounds return path\0"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # by ten bits
_FIVE_BYTES = Struct(">BI")
_PADDING = "=" * (-TOKEN_LENGTH % 8)


def make(uid: bytes, key: bytes, kid: int, domain: str) -> str:
    """The return path of the delivery `uid` (16 bytes), signed with `key`, which `kid` (0 to 255) names."""
    return maker(key, kid, domain)(uid)


def maker(key: bytes, kid: int, domain: str) -> Callable[[bytes], str]:
    """What `make` does with one key: a sender makes millions."""
    if not key or not 0 <= kid <= 255:
        raise ValueError("a return path takes a key, and a key id from 0 to 255")
    named_by, mac = bytes([kid]), prepared(key)

    def path(uid: bytes) -> str:
        if len(uid) != UID_BYTES:
            raise ValueError("a return path takes a uid of 16 bytes")
        named = named_by + uid
        return f"{PREFIX}{_text(named + mac(_PURPOSE + named)[:MAC_BYTES])}@{domain}"

    return path


def read(address: str, keys: Mapping[int, bytes]) -> bytes | None:
    """The uid of the delivery that `address` belongs to; None for a forged, foreign or damaged address."""
    local = address.strip().removeprefix("<").rpartition("@")[0].lower()
    token = local.removeprefix(PREFIX)
    if token == local or len(token) != TOKEN_LENGTH:
        return None
    try:
        data = b32decode(token.upper() + _PADDING)
    except (binascii.Error, ValueError):
        return None
    named, mac = data[:-MAC_BYTES], data[-MAC_BYTES:]
    key = keys.get(named[0])
    # The last character carries four spare bits: only the spelling that we wrote is ours.
    if not key or _text(data) != token or not hmac.compare_digest(mac, _mac(named, key)):
        return None
    return named[1:]


def _text(data: bytes) -> str:
    """27 bytes in base32, in lower case and without padding. The standard library's own takes three times as long."""
    pairs: list[str] = []
    for high, low in _FIVE_BYTES.iter_unpack(data + b"\0\0\0"):
        pairs += (
            _PAIRS[high << 2 | low >> 30],
            _PAIRS[low >> 20 & 1023],
            _PAIRS[low >> 10 & 1023],
            _PAIRS[low & 1023],
        )
    return "".join(pairs)[:TOKEN_LENGTH]


def _mac(named: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + named, "sha256")[:MAC_BYTES]
