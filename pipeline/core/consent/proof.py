"""The proof of one person's consent: what anybody can check without our database, and without our word.

Entries stand as they were hashed, their evidence sealed as it is kept. Beside it stand the key of that one entry, and
what it opens to; of somebody who was erased there is no key. Each leads by its path to the root of a seal; the seals
lead, hash by hash, to one that was signed on some day. A document that somebody was given then shows that these entries
stood so on that day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pipeline.core.consent import merkle
from pipeline.core.consent.seal import FORMS as ENTRY_FORMS
from pipeline.core.consent.seal import Seal, SealedEntry, evidence_hash, to_be_signed
from pipeline.core.consent.sealed import (
    DamagedError,
    UnknownKeyError,
    evidence_key,
    is_sealed,
    open_evidence,
    open_one,
)
from pipeline.core.errors import BadInput

FORM = "rounds-consent-proof/1"
EVENT_ID, EVIDENCE_HASH = 3, 17  # their places among the words of an entry
SEAL_ROOT, SEAL_COUNT, SEAL_PREVIOUS = 7, 6, 8  # and those of a seal


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose entries they are. `key` is None for somebody who was erased."""

    uid: UUID
    key: bytes | None


@dataclass(frozen=True, slots=True)
class SignedSeal:
    """A seal that was signed: `day` in ISO 8601."""

    day: str
    seal: int
    hash: bytes
    key_id: str
    signature: bytes


def document(
    subject: Subject,
    entries: Sequence[SealedEntry],
    seals: Sequence[Seal],
    chain: Sequence[Seal],
    signed: Sequence[SignedSeal],
    public_keys: Mapping[str, bytes],
) -> dict[str, Any]:
    """`seals`: those of the entries, whole. `chain`: from the first of them to the last signed one, or to the last.

    `public_keys`: by the names that the signatures call them, the one in force first. Those before it that signed here
    stand beside it.
    """
    place = {seq: (one, index) for one in seals for index, seq in enumerate(one.seqs)}
    in_force, *_ = public_keys.values()
    older = {one.key_id: public_keys.get(one.key_id, in_force) for one in signed}
    return {
        "form": FORM,
        "public_key": in_force.hex(),
        **_earlier({name: key for name, key in older.items() if key != in_force}),
        "subject": subject.uid.hex,
        "entries": [_entry(entry, place.get(entry.seq)) | _opened(subject, entry) for entry in entries],
        "seals": {str(one.number): one.words.decode() for one in chain},
        "signatures": [
            {
                "day": one.day,
                "seal": one.seal,
                "hash": one.hash.hex(),
                "key": one.key_id,
                "signature": one.signature.hex(),
            }
            for one in signed
        ],
    }


def _earlier(keys: Mapping[str, bytes]) -> dict[str, Any]:
    return {"earlier_public_keys": {name: key.hex() for name, key in keys.items()}} if keys else {}


def _entry(entry: SealedEntry, place: tuple[Seal, int] | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "words": entry.canonical.decode("utf-8", "surrogatepass"),
        "evidence": dict(entry.evidence),
        "seal": None,
    }
    if place is not None:
        one, index = place
        path = merkle.path(one.leaves, index)
        said |= {"seal": one.number, "place": index, "path": [step.hex() for step in path]}
    return said


def _opened(subject: Subject, entry: SealedEntry) -> dict[str, Any]:
    if subject.key is None or not is_sealed(entry.evidence):
        return {}
    return {
        "evidence_key": evidence_key(subject.key, entry.event_id).hex(),
        "opened": dict(open_evidence(subject.key, subject.uid, entry.event_id, entry.evidence)),
    }


@dataclass(frozen=True, slots=True)
class Checked:
    """`wrong`: what does not fit, in sentences. `signed_by`: for each entry, the first day on which it was signed."""

    wrong: tuple[str, ...]
    signed_by: tuple[str | None, ...]


def check(proof: Mapping[str, Any]) -> Checked:
    """Check a document with nothing but itself. Whoever reads it compares the public key with the one they know.

    Raises BadInput when it is no proof.
    """
    if proof.get("form") != FORM:
        raise BadInput(f"This is no proof that Rounds wrote: it is not of the form {FORM}.")
    try:
        return _checked(proof)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        raise BadInput(
            f"This proof cannot be read: a part of it is missing or is something else ({error})."
        ) from None


def _checked(proof: Mapping[str, Any]) -> Checked:
    hashes = {int(number): sha256(words.encode()).digest() for number, words in proof["seals"].items()}
    seals = {int(number): json.loads(words) for number, words in proof["seals"].items()}
    wrong = list(_broken_chain(seals, hashes))
    signed = []
    earlier = dict(proof.get("earlier_public_keys", {}))
    for said in proof["signatures"]:
        key = bytes.fromhex(earlier.get(said["key"], proof["public_key"]))
        complaint = _bad_signature(said, hashes, key)
        if complaint:
            wrong.append(complaint)
        else:
            signed.append((said["seal"], said["day"]))
    signed.sort()
    days = []
    for number, entry in enumerate(proof["entries"], 1):
        bad = [*_bad_entry(entry, seals), *_bad_evidence(entry, proof)]
        wrong += [f"Entry {number} of the proof: {what}" for what in bad]
        seal = entry["seal"]
        days.append(None if seal is None else next((day for upto, day in signed if upto >= seal), None))
    return Checked(tuple(wrong), tuple(days))


def _broken_chain(seals: Mapping[int, Any], hashes: Mapping[int, bytes]) -> Iterator[str]:
    for number in sorted(seals):
        if seals[number][1] != number:
            yield f"Seal {number} says that it is another."
        if number - 1 in seals and seals[number][SEAL_PREVIOUS] != hashes[number - 1].hex():
            yield f"Seal {number} does not follow the seal before it."
        if number - 1 not in seals and number != min(seals):
            yield f"The seal before seal {number} is missing."


def _bad_signature(said: Mapping[str, Any], hashes: Mapping[int, bytes], key: bytes) -> str | None:
    number, hashed = said["seal"], bytes.fromhex(said["hash"])
    if hashes.get(number) != hashed:
        return f"Seal {number} is not the one that was signed on {said['day']}."
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(
            bytes.fromhex(said["signature"]), to_be_signed(said["day"], number, hashed)
        )
    except InvalidSignature:
        return f"The signature of {said['day']} is not by the key that the proof names."
    return None


def _bad_evidence(entry: Mapping[str, Any], proof: Mapping[str, Any]) -> Iterator[str]:
    if "opened" not in entry:
        return
    key, event_id = bytes.fromhex(entry["evidence_key"]), UUID(hex=json.loads(entry["words"])[EVENT_ID])
    try:
        found = open_one(key, UUID(hex=proof["subject"]), event_id, entry["evidence"])
    except (UnknownKeyError, DamagedError):
        found = None
    if found != entry["opened"]:
        yield "its evidence does not open to what the proof says."


def _bad_entry(entry: Mapping[str, Any], seals: Mapping[int, Any]) -> Iterator[str]:
    words = json.loads(entry["words"])
    if words[0] not in ENTRY_FORMS:
        yield f"it is not of the form {' or '.join(sorted(ENTRY_FORMS))}."
    if words[EVIDENCE_HASH] != evidence_hash(entry["evidence"]):
        yield "its evidence is not what was sealed."
    if entry["seal"] is None:
        return
    seal = seals.get(entry["seal"])
    if seal is None:
        yield f"seal {entry['seal']} is not in the proof."
        return
    path = [bytes.fromhex(step) for step in entry["path"]]
    leaf = merkle.leaf(entry["words"].encode("utf-8", "surrogatepass"))
    root = merkle.root_of_path(leaf, entry["place"], seal[SEAL_COUNT], path)
    if root is None or root.hex() != seal[SEAL_ROOT]:
        yield f"it is not what seal {entry['seal']} has."
