"""Hold the consent ledger against its seals, and the seals against the signatures: who changed what since?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from pipeline.core.consent.seal import (
    NOTHING_BEFORE,
    Seal,
    Tampering,
    examine_chain,
    examine_entries,
    moved,
    to_be_signed,
)
from pipeline.core.errors import BadInput
from pipeline.gateways import keys
from pipeline.store import seals

UNSIGNED_FOR = timedelta(days=2)  # the scheduler signs once a day
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
    walk.found += [
        Tampering(0, f"Subscriber {number} is not the mailbox that their last entry is about.")
        for number in seals.moved_keys()
    ]
    return walk.verdict(waiting=_in_no_seal(walk))


class _Walk:
    """From the first seal to the last."""

    def __init__(self, held: tuple[int, bytes]) -> None:
        self.held = held
        self.anchors = seals.anchors()
        self.found: list[Tampering] = []
        self.notes: list[str] = []
        self.seen = _Numbers()
        self.count = 0
        self.first: Seal | None = None
        self.last: Seal | None = None  # without its entries, as all that is kept of a seal
        self.heads: dict[int, Seal] = {}

    def over(self, one: Seal) -> None:
        self.found += examine_chain(one, self.last)
        self.found += examine_entries(one, seals.entries(one.seqs))
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
        if one.number == self.held[0] or any(anchor.seal == one.number for anchor in self.anchors):
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
    last, waiting = walk.last, 0
    elsewhere = last is None or moved(last, seals.cluster())
    for seq, xid in seals.numbers():
        if seq in walk.seen:
            continue
        if last is None or elsewhere or (xid >= last.to_xid and seq > last.floor):
            waiting += 1
        else:
            said = f"Entry {seq} is in no seal, and should be in {last.number} or an earlier one: it was put in later."
            walk.found.append(Tampering(last.number, said))
    return waiting


def _signatures(walk: _Walk) -> Iterator[Tampering]:
    for anchor in walk.anchors:
        number, day = anchor.seal, anchor.day
        if not keys.ledger_signed(anchor.key_id, to_be_signed(number, anchor.hash), anchor.signature):
            yield Tampering(
                number,
                f"The signature of {day} is not by our key: seal {number} proves nothing.",
            )
        head = walk.heads.get(number)
        if head is None or head.hash != anchor.hash:
            yield Tampering(number, f"Seal {number} is not the one that was signed on {day}.")
    if walk.first is not None and walk.last is not None:
        signed = walk.anchors[-1].signed_at if walk.anchors else walk.first.sealed_at
        if walk.last.sealed_at - signed > UNSIGNED_FOR:
            yield Tampering(
                walk.last.number, f"No seal was signed since {signed:%Y-%m-%d}, and one is due each day."
            )
    number, hashed = walk.held
    if number and (number not in walk.heads or walk.heads[number].hash != hashed):
        yield Tampering(number, f"Seal {number} is not the one that was kept outside.")
