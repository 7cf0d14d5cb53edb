"""What is kept of a person under a key of their own, so that to destroy the key is to forget (standards C-18, S-17).

AES-256-GCM. Each subject has a random key, which the database holds wrapped under a key that it does not have. Every
sealed value is bound, as associated data, to what it is and whose it is: an address that was moved to another row, or
put in the place of a name, does not open.

    wrapped key   version(1) key id(4) nonce(12) sealed key(32) tag(16)
    value         version(1) nonce(12) sealed value tag(16)
    evidence      version(1) mark(32) nonce(12) sealed JSON tag(16), under a key for this one entry

The entry's key is derived from the subject's, so that a proof can hand out the evidence of one entry and nothing else.
GCM alone would let whoever sealed it prepare two keys that open to two texts; the mark, a hash of the key, allows one.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.core.consent.tokens import derive_key
from pipeline.core.errors import RoundsError, Unavailable

KEY = 32  # bytes, of a subject's key and of all others
NONCE = 12  # random: NIST SP 800-38D allows 2^32 of them under one key
KEY_ID = 4
MARK = 32
VERSION = b"\x01"

ADDRESS = b"rounds address"
NAME = b"rounds given name"
_SUBJECT_KEY = b"rounds subject key"
_EVIDENCE = b"rounds evidence"

SEALED = "sealed"  # the one word of evidence as it is stored
ERASED: Mapping[str, object] = {"erased": True}  # its key is destroyed
DAMAGED: Mapping[str, object] = {"unreadable": True}  # its key is there, and it does not open

_VALUE_FROM = len(VERSION) + NONCE
_WRAPPED_FROM = len(VERSION) + KEY_ID
_MARK_TO = len(VERSION) + MARK


class UnknownKeyError(Unavailable):
    """It was wrapped under another ROUNDS_SECRET_KEY: a host that has it, or this one started anew, can open it."""


class DamagedError(RoundsError):
    """It is not what was sealed, or not for this subject."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The key that wraps the keys of subjects. Make it once: to set up a cipher costs more than to use it."""

    key_id: bytes
    cipher: AESGCM

    @classmethod
    def from_secret(cls, secret: bytes) -> Wrapping:
        """Derived, as its id is, so that a wrapped key tells which secret it needs."""
        return cls(derive_key(secret, "subject key id")[:KEY_ID], AESGCM(derive_key(secret, "subject keys")))

    def wrapped(self, stored: bytes) -> bool:
        """Whether it was this one that wrapped it. Opens nothing."""
        return stored[:_WRAPPED_FROM] == VERSION + self.key_id

    def wrap(self, key: bytes, uid: UUID, nonce: bytes) -> bytes:
        """The key of the subject `uid`, fit for the database."""
        return b"".join(
            (VERSION, self.key_id, nonce, self.cipher.encrypt(nonce, key, _SUBJECT_KEY + uid.bytes))
        )

    def unwrap(self, wrapped: bytes, uid: UUID) -> bytes:
        """Raises UnknownKeyError for one of another secret, DamagedError for one that was changed or moved."""
        if not self.wrapped(wrapped):
            raise UnknownKeyError(
                "The database was sealed under another ROUNDS_SECRET_KEY than this process has. Set the one of the host"
                " that made it, or start it anew."
            )
        return _opened(self.cipher, wrapped[_WRAPPED_FROM:], _SUBJECT_KEY + uid.bytes)


def seal(key: bytes, kind: bytes, uid: UUID, text: str, nonce: bytes) -> bytes:
    """A text of the subject `uid`. `kind` says what it is: ADDRESS or NAME."""
    return b"".join((VERSION, nonce, AESGCM(key).encrypt(nonce, text.encode(), kind + uid.bytes)))


def open_texts(key: bytes, uid: UUID, address: bytes, name: bytes | None) -> tuple[str, str]:
    """Address and given name, which is empty where none is kept. Raises DamagedError."""
    cipher = AESGCM(key)
    return _text(cipher, address, ADDRESS + uid.bytes), _text(cipher, name, NAME + uid.bytes) if name else ""


def _text(cipher: AESGCM, sealed: bytes, bound: bytes) -> str:
    if sealed[:1] != VERSION:
        raise DamagedError("A sealed value has a version that is not known here.")
    return _opened(cipher, sealed[1:], bound).decode()


def _opened(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (InvalidTag, ValueError):
        raise DamagedError("A sealed value is not what was sealed, or not where it was sealed for.") from None


def seal_evidence(
    key: bytes, uid: UUID, event_id: UUID, evidence: Mapping[str, object], nonce: bytes
) -> dict[str, object]:
    """Evidence as an entry keeps it, bound to its subject and its entry. What is empty says nothing, and stays so."""
    if not evidence:
        return {}
    entry_key = evidence_key(key, event_id)
    said = json.dumps(evidence, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    text = AESGCM(entry_key).encrypt(nonce, said, _bound(uid, event_id))
    return {SEALED: b64encode(b"".join((VERSION, _mark(entry_key), nonce, text))).decode()}


def evidence_key(key: bytes, event_id: UUID) -> bytes:
    """The key of one entry's evidence."""
    return hmac.digest(key, _EVIDENCE + event_id.bytes, "sha256")


def open_evidence(
    key: bytes | None, uid: UUID, event_id: UUID, stored: Mapping[str, object]
) -> Mapping[str, object]:
    """`key`: the subject's, None where it was destroyed. Entries from before there were keys read as they stand.

    ERASED for what was under a key that is gone, also where the person has come back and has a new one; DAMAGED for
    what was changed: the seals over the ledger name it.
    """
    if not is_sealed(stored):
        return stored
    if key is None:
        return ERASED
    entry_key = evidence_key(key, event_id)
    try:
        return open_one(entry_key, uid, event_id, stored)
    except UnknownKeyError:
        return ERASED
    except DamagedError:
        return DAMAGED


def open_one(
    entry_key: bytes, uid: UUID, event_id: UUID, stored: Mapping[str, object]
) -> Mapping[str, object]:
    """With the key of one entry. UnknownKeyError where it was sealed under another, DamagedError where it changed."""
    try:
        sealed = b64decode(str(stored[SEALED]), validate=True)
    except ValueError:
        raise DamagedError("Sealed evidence is not what was sealed.") from None
    if sealed[:1] != VERSION:
        raise DamagedError("Sealed evidence has a version that is not known here.")
    if not hmac.compare_digest(sealed[1:_MARK_TO], _mark(entry_key)):
        raise UnknownKeyError("The evidence was sealed under another key.")
    said = _opened(AESGCM(entry_key), sealed[_MARK_TO:], _bound(uid, event_id))
    found: Mapping[str, object] = json.loads(said.decode("utf-8", "surrogatepass"))
    return found


def is_sealed(stored: Mapping[str, object]) -> bool:
    return stored.keys() == {SEALED}


def _mark(entry_key: bytes) -> bytes:
    return sha256(b"rounds evidence key " + entry_key).digest()


def _bound(uid: UUID, event_id: UUID) -> bytes:
    return _EVIDENCE + uid.bytes + event_id.bytes
