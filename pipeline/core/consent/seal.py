"""Seals: what the ledger held at a moment, in a hash that cannot be kept while an entry changes (delivery.md B9).

A seal covers the entries of closed transactions, in the order of their transactions: a Merkle root over them, chained
to the seal before. It keeps the leaf of each entry too, so that what was tampered with is named and not only noticed,
and a proof for one person needs nobody else's entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from pipeline.core.consent import merkle

# How an entry is written before it is hashed; another way gets another name. The second has two words more, at the end,
# and an entry with neither of them is written as it was before there were any: what was sealed stays as it was.
FIRST_FORM = "rounds-consent-event/1"
FORM = "rounds-consent-event/2"
FORMS = frozenset({FIRST_FORM, FORM})
SEAL_FORM = "rounds-ledger-seal/1"
NOTHING_BEFORE = bytes(32)


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry as the database has it, every column of it.

    `address_key` is the keyed hash of the mailbox that it is about: two people cannot change places unseen. `xid` is
    the transaction that wrote it. `evidence` is as it is stored.
    """

    seq: int
    xid: int
    event_id: UUID
    subscriber_id: int
    address_key: bytes
    purpose: str | None
    kind: str
    state_after: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    method: str
    notice_id: str
    notice_version: int | None
    consent_sentence_sha256: str
    evidence_grade: str
    evidence: Mapping[str, object]
    suspect_automation: bool
    notice_sha256: str = ""
    valid_until: datetime | None = None

    @property
    def canonical(self) -> bytes:
        """One JSON array in UTF-8, times in UTC to the microsecond; the evidence as the hash of its own JSON, so that a
        proof can be shown to a third party without it.
        """
        until = _moment(self.valid_until) if self.valid_until else None
        more = [self.notice_sha256, until] if self.notice_sha256 or until else []
        return _json(
            FORM if more else FIRST_FORM,
            self.seq,
            self.xid,
            self.event_id.hex,
            self.subscriber_id,
            self.address_key.hex(),
            self.purpose,
            self.kind,
            self.state_after,
            _moment(self.occurred_at),
            _moment(self.recorded_at),
            self.actor,
            self.method,
            self.notice_id,
            self.notice_version,
            self.consent_sentence_sha256,
            self.evidence_grade,
            evidence_hash(self.evidence),
            self.suspect_automation,
            *more,
        )

    @property
    def leaf(self) -> bytes:
        return merkle.leaf(self.canonical)


@dataclass(frozen=True, slots=True)
class Seal:
    """It covers the entries from (`from_xid`, `from_seq`) to (`to_xid`, `to_seq`), without the latter, by transaction
    and number, in the database server `cluster`, as far as they are numbered above `floor`.

    `afresh`: the database came from another server, as a restored backup does, and transactions are counted anew. Such
    a seal covers whatever was in no seal yet, and its `floor` is the last entry of all.
    """

    number: int  # from 1, without gaps
    cluster: str
    from_xid: int
    from_seq: int
    to_xid: int
    to_seq: int
    floor: int
    afresh: bool
    count: int
    seqs: tuple[int, ...]
    leaves: tuple[bytes, ...]
    root: bytes
    previous: bytes
    sealed_at: datetime
    hash: bytes

    @property
    def words(self) -> bytes:
        """What `hash` is over. The numbers of the entries are covered by the root: each leaf has its own."""
        return _json(
            SEAL_FORM,
            self.number,
            self.cluster,
            [self.from_xid, self.from_seq],
            [self.to_xid, self.to_seq],
            [self.floor, self.afresh],
            self.count,
            self.root.hex(),
            self.previous.hex(),
            _moment(self.sealed_at),
        )

    @property
    def computed_hash(self) -> bytes:
        """What `hash` has to be."""
        return sha256(self.words).digest()


def seal(
    before: Seal | None,
    entries: Sequence[SealedEntry],
    *,
    cluster: str,
    to: tuple[int, int],
    highest: int,
    sealed_at: datetime,
) -> Seal:
    """The next seal, over entries in the order of (xid, seq), up to `to`. `highest`: the last entry of the ledger."""
    afresh = moved(before, cluster)
    leaves = tuple(entry.leaf for entry in entries)
    floor = before.floor if before else 0
    made = Seal(
        number=before.number + 1 if before else 1,
        cluster=cluster,
        from_xid=0 if before is None or afresh else before.to_xid,
        from_seq=0 if before is None or afresh else before.to_seq,
        to_xid=to[0],
        to_seq=to[1],
        floor=max(floor, highest) if afresh else floor,
        afresh=afresh,
        count=len(entries),
        seqs=tuple(entry.seq for entry in entries),
        leaves=leaves,
        root=merkle.root(leaves),
        previous=before.hash if before else NOTHING_BEFORE,
        sealed_at=sealed_at,
        hash=b"",
    )
    return replace(made, hash=made.computed_hash)


def moved(before: Seal | None, cluster: str) -> bool:
    """Whether the ledger has come to another server since the last seal."""
    return before is not None and before.cluster != cluster


def to_be_signed(day: str, number: int, hashed: bytes) -> bytes:
    """What the signature of a day is over. `day` is in ISO 8601."""
    return _json(SEAL_FORM, day, number, hashed.hex())


@dataclass(frozen=True, slots=True)
class Tampering:
    """What does not fit, in a sentence. `seal` is the number of the seal that shows it, 0 for none."""

    seal: int
    sentence: str


def examine_chain(this: Seal, before: Seal | None) -> Iterable[Tampering]:
    """Whether a seal is what was made, and follows the one before it."""
    number = before.number + 1 if before else 1
    if this.number != number:
        yield Tampering(this.number, f"Seal {number} is missing: seal {this.number} comes next.")
    elif this.previous != (before.hash if before else NOTHING_BEFORE):
        yield Tampering(this.number, f"Seal {this.number} does not follow the seal before it.")
    if this.hash != this.computed_hash or not this.count == len(this.seqs) == len(this.leaves):
        yield Tampering(this.number, f"Seal {this.number} was edited: its hash is not that of its words.")
    if this.root != merkle.root(this.leaves):
        yield Tampering(this.number, f"Seal {this.number} was edited: its root is not that of its entries.")
    if before is not None and this.number == number:
        elsewhere = moved(before, this.cluster)
        begins, ended = (this.from_xid, this.from_seq), (before.to_xid, before.to_seq)
        goes_on = begins == ended and this.floor == before.floor
        if this.afresh is not elsewhere or not (elsewhere or goes_on):
            yield Tampering(this.number, f"Seal {this.number} does not begin where the one before it ends.")


def examine_entries(this: Seal, entries: Mapping[int, SealedEntry]) -> Iterable[Tampering]:
    """Whether each entry of a seal is still there, and still as it was sealed."""
    for seq, kept in zip(this.seqs, this.leaves, strict=False):
        entry = entries.get(seq)
        if entry is None:
            yield Tampering(this.number, f"Entry {seq} is gone. Seal {this.number} has it.")
        elif entry.leaf != kept:
            yield Tampering(this.number, f"Entry {seq} is not what seal {this.number} has: it was edited.")


def examine_notices(
    entries: Iterable[SealedEntry], words: Mapping[tuple[str, int], str]
) -> Iterable[Tampering]:
    """Whether the words that people said yes to are still the words that are kept. `words`: the hash of each notice's
    words, by notice and version. An entry from before it named the hash is passed over.
    """
    for entry in entries:
        if not entry.notice_sha256:
            continue
        kept = words.get((entry.notice_id, entry.notice_version or 0))
        if kept != entry.notice_sha256:
            what = "is gone" if kept is None else "has other words"
            yield Tampering(
                0,
                f"Entry {entry.seq} is a yes to {entry.notice_id} version {entry.notice_version}, which {what} now.",
            )


def evidence_hash(evidence: Mapping[str, object]) -> str:
    """Hex SHA-256 of the evidence as JSON with its keys in order, so that it can be told apart from the entry."""
    said = json.dumps(evidence, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _json(*words: object) -> bytes:
    return json.dumps(words, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
