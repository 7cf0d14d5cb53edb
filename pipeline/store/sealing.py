"""The seals over what a subscriber's row says of a person (`core.consent.sealed`), with this installation's keys."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from pipeline.core.consent import sealed
from pipeline.core.consent.rights import Lost, Words
from pipeline.core.consent.sealed import (
    ADDRESS,
    KEY,
    NAME,
    NONCE,
    DamagedError,
    UnknownKeyError,
    Wrapping,
    is_sealed,
    open_evidence,
)
from pipeline.core.consent.tokens import derive_key, root_secret
from pipeline.settings import current
from pipeline.store import models

Stored = bytes | memoryview | None  # as the database's driver gives it

ERASED = ("", "")  # the address and the given name of somebody whose key is destroyed


@lru_cache(maxsize=16)
def _wrapping(secret_key: str) -> Wrapping:
    return Wrapping.from_secret(root_secret(secret_key))


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """What the row of a subscriber holds. `name` is None where there is none: to seal nothing would say as much."""

    wrapped_key: bytes
    address: bytes
    name: bytes | None


def new_person(uid: UUID, address: str, given_name: str) -> tuple[bytes, SealedPerson]:
    """Under a new key, which comes first: for what else is to be sealed of the same person."""
    drawn = os.urandom(KEY + 3 * NONCE)
    key, nonces = drawn[:KEY], drawn[KEY:]
    return key, SealedPerson(
        _wrapping(current().secret_key).wrap(key, uid, nonces[:NONCE]),
        sealed.seal(key, ADDRESS, uid, address, nonces[NONCE : 2 * NONCE]),
        sealed.seal(key, NAME, uid, given_name, nonces[2 * NONCE :]) if given_name else None,
    )


def key_of(uid: UUID, wrapped_key: Stored) -> bytes | None:
    """A subject's key, None where it is destroyed. Raises UnknownKeyError or DamagedError."""
    if wrapped_key is None:
        return None
    wrapped = bytes(wrapped_key)
    return _wrapping_of(wrapped).unwrap(wrapped, uid)


def _wrapping_of(wrapped: bytes) -> Wrapping:
    """The one that wrapped it; the one in force for what none did that this host has, to say so."""
    in_force = _wrapping(current().secret_key)
    if in_force.wrapped(wrapped):
        return in_force
    older = (_wrapping(secret) for _, secret in current().secret_keys.of)
    return next((each for each in older if each.wrapped(wrapped)), in_force)


def rewrap(wrapped_key: bytes, uid: UUID) -> bytes:
    """The same key under the secret in force. Raises UnknownKeyError or DamagedError."""
    key = _wrapping_of(wrapped_key).unwrap(wrapped_key, uid)
    return _wrapping(current().secret_key).wrap(key, uid, os.urandom(NONCE))


def id_in_force() -> bytes:
    """The id that a key wrapped under the secret in force names it by."""
    return _wrapping(current().secret_key).key_id


def wrapping_ids() -> dict[bytes, int]:
    """The numbers of the secrets that this host has, by the id that a wrapped key names its own by."""
    return {_wrapping(secret).key_id: kid for kid, secret in current().secret_keys.of}


def open_person(uid: UUID, wrapped_key: Stored, address: Stored, name: Stored) -> tuple[str, str]:
    """Address and given name, ERASED where the key is destroyed. Raises UnknownKeyError or DamagedError."""
    key = key_of(uid, wrapped_key)
    if key is None or address is None:
        return ERASED
    return sealed.open_texts(key, uid, bytes(address), None if name is None else bytes(name))


def opened(row: models.Subscriber) -> tuple[str, str]:
    """The same of a subscriber's row."""
    return open_person(row.uid, row.wrapped_key, row.sealed_address, row.sealed_name)


def seal_address(row: models.Subscriber, address: str) -> bytes:
    """Another address of somebody who has a key: one they ask for, or had."""
    key = subject_key(row)
    if key is None:
        raise ValueError("the subscriber was erased")
    return sealed.seal(key, ADDRESS, row.uid, address, os.urandom(NONCE))


def subject_key(row: models.Subscriber) -> bytes | None:
    """The key of a subscriber's row, None where it is destroyed."""
    return key_of(row.uid, row.wrapped_key)


def seal_evidence(
    key: bytes | None, uid: UUID, event_id: UUID, evidence: Mapping[str, object]
) -> dict[str, object]:
    """As an entry keeps it. Of somebody who is erased nothing is kept but that there was something."""
    if key is None:
        return dict(sealed.ERASED) if evidence else {}
    return sealed.seal_evidence(key, uid, event_id, evidence, os.urandom(NONCE))


@lru_cache(maxsize=4)
def _requests_key(secret_key: str) -> bytes:
    return derive_key(root_secret(secret_key), "requests of nobody known")


@dataclass(frozen=True, slots=True)
class Subject:
    """Under whose key something is sealed."""

    uid: UUID
    wrapped_key: Stored


def seal_words(person: Subject | None, request: UUID, name: str, text: str) -> dict[str, object]:
    """What somebody wrote in a request, or was answered, as the row keeps it: sealed as evidence is, under the key of
    the subject, or this installation's where the request is of nobody we know. `name` says which of the two it is.
    """
    said = {name: text} if text else {}
    if person is None:
        return seal_evidence(_requests_key(current().secret_key), request, request, said)
    return seal_evidence(key_of(person.uid, person.wrapped_key), person.uid, request, said)


def open_words(person: Subject | None, request: UUID, name: str, stored: Mapping[str, object]) -> Words:
    """What `seal_words` sealed. It never raises: the register has to be answered whatever became of a key."""
    if not stored:
        return ""
    if stored == sealed.ERASED:
        return Lost.ERASED
    if not isinstance(stored, dict) or not is_sealed(stored):
        return Lost.UNREADABLE  # nothing of ours stands there in the clear
    if person is None:
        _, said = _of_nobody_known(request, stored)
    else:
        try:
            key = key_of(person.uid, person.wrapped_key)
        except (UnknownKeyError, DamagedError):
            return Lost.UNREADABLE
        said = open_evidence(key, person.uid, request, stored)
        if said == sealed.ERASED:
            return Lost.ERASED
    text = said.get(name)
    return text if isinstance(text, str) else Lost.UNREADABLE


def words_secret(request: UUID, stored: Mapping[str, object]) -> int | None:
    """The number of the secret under which words of nobody known are sealed. None: they open under none."""
    kid, _ = _of_nobody_known(request, stored)
    return kid


def _of_nobody_known(request: UUID, stored: Mapping[str, object]) -> tuple[int | None, Mapping[str, object]]:
    """By the mark of its key an entry tells at once whether a secret is the one."""
    if is_sealed(stored):
        for kid, secret in current().secret_keys.newest_first:
            said = open_evidence(_requests_key(secret), request, request, stored)
            if said not in (sealed.ERASED, sealed.DAMAGED):
                return kid, said
    return None, {}


def ours(wrapped_key: Stored, uid: UUID) -> bool:
    """Whether it was wrapped under a secret that this host has."""
    try:
        key_of(uid, wrapped_key)
    except UnknownKeyError:
        return False
    return True
