"""Hold the consent ledger against its seals, and the seals against the signatures: who changed what since?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from pipeline.actions.seal_ledger import witness_folder
from pipeline.core.address import parse
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.seal import (
    NOTHING_BEFORE,
    Seal,
    Tampering,
    examine_chain,
    examine_entries,
    examine_notices,
    moved,
    to_be_signed,
)
from pipeline.core.errors import BadInput
from pipeline.gateways import keys, witness
from pipeline.store import consent, instance, seals, secret_kids

UNSIGNED_FOR = timedelta(days=2)  # the scheduler signs once a day
UNSEALED_FOR = timedelta(minutes=10)  # and seals once a minute
MOST = 100  # findings that are told; a ledger in which everything is wrong is told by its first

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """`tamperings` are in the order of their seals. `waiting`: entries that are in no seal yet, with nobody's fault."""

    seals: int
    entries: int
    waiting: int
    anchors: int
    head: str
    tamperings: tuple[Tampering, ...]
    notes: tuple[str, ...] = ()


def verify_ledger(held: str = "", tell: Tell = lambda seal, entries: None) -> Verified:
    """`held`: a seal that somebody kept outside, `<number>:<hash>`. Raises BadInput when it is not of that form.

    `tell(seal, entries)` hears how far it has come. Memory: a byte for each entry, and the entries of one seal.
    """
    walk = _Walk(_held(held))
    for one in seals.all_seals():
        walk.over(one)
        tell(one.number, walk.count)
        if len(walk.found) >= MOST:
            return walk.verdict(waiting=0)
    walk.found += _signatures(walk)
    walk.found += _witnessed(walk)
    if walk.last is not None and witness.has_others(witness_folder(), instance.read().uid):
        walk.notes.append(
            "This host made no seal of this database, and some of another: if no other host seals this one, it was"
            " given another name, so that nothing here could tell against it."
        )
    walk.found += _mailboxes()
    walk.found += _notices()
    return walk.verdict(waiting=_in_no_seal(walk))


class _Walk:
    """From the first seal to the last."""

    def __init__(self, held: tuple[int, bytes]) -> None:
        self.held = held
        self.anchors = seals.anchors()
        self.wanted = {held[0], *(anchor.seal for anchor in self.anchors)}
        self.found: list[Tampering] = []
        self.notes: list[str] = []
        self.seen = _Numbers()
        self.count = 0
        self.notices = {
            (notice.notice_id, notice.version): words_sha256(notice.body_text)
            for notice in consent.all_notices()
        }
        self.first: Seal | None = None
        self.last: Seal | None = None  # without its entries, as all that is kept of a seal
        self.heads: dict[int, Seal] = {}
        self.hashes: list[bytes] = []  # of seal 1 and on

    def over(self, one: Seal) -> None:
        self.found += examine_chain(one, self.last)
        entries = seals.entries(one.seqs)
        self.found += examine_entries(one, entries)
        self.found += examine_notices(entries.values(), self.notices)
        twice = [seq for seq in one.seqs if not self.seen.add(seq)]
        self.found += [
            Tampering(one.number, f"Entry {seq} is in two seals, and here again.") for seq in twice
        ]
        self.count += len(one.seqs)
        if one.afresh:
            self.notes.append(
                f"Before seal {one.number} the ledger came from another server: put back, or copied."
            )
        self.last = replace(one, seqs=(), leaves=())
        self.first = self.first or self.last
        self.hashes.append(one.hash)
        if one.number in self.wanted:
            self.heads[one.number] = self.last

    def verdict(self, waiting: int) -> Verified:
        return Verified(
            seals=self.last.number if self.last else 0,
            entries=self.count,
            waiting=waiting,
            anchors=len(self.anchors),
            head=f"{self.last.number}:{self.last.hash.hex()}" if self.last else "",
            tamperings=tuple(self.found[:MOST]),
            notes=tuple(self.notes),
        )


class _Numbers:
    """Which numbers there were: a byte each while they lie close together, as those of entries do."""

    SIZE = 1 << 16

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def add(self, number: int) -> bool:
        """False if it was there already."""
        page, place = divmod(number, self.SIZE)
        row = self._pages.setdefault(page, bytearray(self.SIZE))
        new = not row[place]
        row[place] = 1
        return new

    def __contains__(self, number: int) -> bool:
        page, place = divmod(number, self.SIZE)
        return page in self._pages and bool(self._pages[page][place])


def _held(held: str) -> tuple[int, bytes]:
    if not held:
        return 0, b""
    number, _, hashed = held.partition(":")
    try:
        found = int(number), bytes.fromhex(hashed)
        if found[0] < 1 or len(found[1]) != len(NOTHING_BEFORE):
            raise ValueError
        return found
    except ValueError:
        raise BadInput(
            f"{held!r} is not a seal. Write its number and hash as `rounds ledger verify` prints them, 12:9f86d0..."
        ) from None


def _in_no_seal(walk: _Walk) -> int:
    """How many entries came since the last seal. Any other that no seal has was put in beneath it."""
    last, waiting, oldest = walk.last, 0, None
    elsewhere = last is None or moved(last, seals.cluster())
    to_come = seals.never_began()
    for seq, xid, recorded_at in seals.numbers():
        if seq in walk.seen:
            continue
        fits = last is None or elsewhere or ((xid, seq) >= (last.to_xid, last.to_seq) and seq > last.floor)
        if fits and (elsewhere or xid < to_come):
            waiting += 1
            oldest = min(oldest or recorded_at, recorded_at)
        else:
            number = last.number if last else 0
            said = f"Entry {seq} is in no seal, and should be in {number} or an earlier one: it was put in later."
            walk.found.append(Tampering(number, said))
    if oldest is not None and seals.clock() - oldest > UNSEALED_FOR:
        walk.notes.append(
            f"Entries wait for a seal since {oldest:%Y-%m-%d %H:%M}: the scheduler does not seal, or a transaction"
            " has been open since then in some database of the server."
        )
    return waiting


def _witnessed(walk: _Walk) -> Iterator[Tampering]:
    """What this host noted of its own seals, outside the database."""
    for number, hashed in witness.noted(witness_folder(), instance.read().uid):
        if number > len(walk.hashes):
            yield Tampering(
                number, f"Seal {number}, which this host made, is gone. Or the database was put back."
            )
        elif walk.hashes[number - 1] != hashed:
            yield Tampering(
                number, f"Seal {number} is not the one that this host made. Or the database was put back."
            )


def _mailboxes() -> Iterator[Tampering]:
    for number, address, key, fits in seals.addresses():
        if address is None:
            yield Tampering(0, f"The address of subscriber {number} is not what was sealed for them.")
        elif address and keys.key_of(parse(address)) != key:
            yield Tampering(0, f"Subscriber {number} has another address than the key beside it says.")
        if not fits:
            yield Tampering(0, f"Subscriber {number} is not the mailbox that their entries are about.")


def _notices() -> Iterator[Tampering]:
    for notice in consent.all_notices():
        if words_sha256(notice.body_text) != notice.body_sha256:
            yield Tampering(
                0,
                f"{notice.notice_id} version {notice.version} has other words than the hash beside it says.",
            )


def _replaced() -> dict[int, date]:
    """By number, the last day on which a secret that is not in force any more could be signed with."""
    known = secret_kids.every_kid()
    return {each.kid: after.since.date() for each, after in pairwise(known)}


def _signatures(walk: _Walk) -> Iterator[Tampering]:
    replaced = _replaced()
    for anchor in walk.anchors:
        number, day = anchor.seal, anchor.day
        kid = keys.ledger_signed(
            anchor.key_id, to_be_signed(day.isoformat(), number, anchor.hash), anchor.signature
        )
        if kid is None:
            yield Tampering(
                number,
                f"The signature of {day} is not by our key: seal {number} proves nothing.",
            )
        elif kid in replaced and day > replaced[kid]:
            yield Tampering(
                number,
                f"The signature of {day} is under secret {kid}, which was replaced on {replaced[kid]}: whoever has that"
                f" one may have made it, and seal {number} proves nothing.",
            )
        head = walk.heads.get(number)
        if head is not None and head.sealed_at.date() > day:
            yield Tampering(number, f"Seal {number} is younger than its signature of {day}.")
        if head is None or head.hash != anchor.hash:
            yield Tampering(number, f"Seal {number} is not the one that was signed on {day}.")
    if walk.first is not None and walk.last is not None:
        signed = walk.anchors[-1].signed_at if walk.anchors else walk.first.sealed_at
        if seals.clock() - signed > UNSIGNED_FOR:
            yield Tampering(
                walk.last.number, f"No seal was signed since {signed:%Y-%m-%d}, and one is due each day."
            )
    number, hashed = walk.held
    if number and (number not in walk.heads or walk.heads[number].hash != hashed):
        yield Tampering(number, f"Seal {number} is not the one that was kept outside.")
