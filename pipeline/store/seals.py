"""The seals over the consent ledger, and the entries that they are over."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from pipeline.core.consent.seal import Seal, SealedEntry
from pipeline.core.consent.sealed import DamagedError, UnknownKeyError
from pipeline.store import models, sealing

LEAF = 32  # bytes
PAGE = 50_000  # entries that are read at once
LARGEST = 50_000  # entries that one seal is over at most, so that it fits in memory with them

_COLUMNS = (
    "seq, xid, event_id, subscriber_id, address_key, purpose_id, kind, state_after, occurred_at, recorded_at, actor,"
    " method, notice_id, notice_version, consent_sentence_sha256, evidence_grade, evidence, suspect_automation,"
    " notice_sha256, valid_until"
)


def cluster() -> str:
    """Which server this is, and in which of its lives: one put back to an earlier moment has another timeline."""
    return str(
        _value(
            "SELECT system_identifier || '/' || timeline_id FROM pg_control_system(), pg_control_checkpoint()"
        )
    )


def clock() -> datetime:
    """The database's, as `recorded_at` is."""
    moment: datetime = _value("SELECT clock_timestamp()")
    return moment


def closed_below() -> int:
    """Every transaction with a smaller number has ended, and no other can begin."""
    return int(_value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))


def closed(start: tuple[int, int], to_xid: int, floor: int) -> tuple[list[SealedEntry], tuple[int, int]]:
    """The entries above `floor` from (xid, seq) on, in their order, and how far that is after all: to the end of the
    transactions below `to_xid`, or no further than the largest seal.

    Call it after `closed_below`, in a snapshot of its own.
    """
    found = _entries(
        "(xid, seq) >= (%s, %s) AND xid < %s AND seq > %s ORDER BY xid, seq LIMIT %s",
        [*start, to_xid, floor, LARGEST + 1],
    )
    if len(found) <= LARGEST:
        return found, (to_xid, 0)
    return found[:-1], (found[-1].xid, found[-1].seq)


def hold() -> None:
    """Wait for everybody who is writing to the ledger, and let nobody write before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hold_ledger()")  # a lock that who may only add to the ledger cannot take


def in_no_seal() -> list[SealedEntry]:
    """Every entry that no seal has, whatever its transaction is called. It looks at the whole ledger."""
    known = {seq for one in all_seals() for seq in one.seqs}
    return [
        entry
        for page in _batches([seq for seq, *_ in numbers() if seq not in known])
        for entry in _entries("seq = ANY(%s) ORDER BY xid, seq", [page])
    ]


def highest() -> int:
    """The last entry of the ledger, 0 for none."""
    return int(_value("SELECT coalesce(max(seq), 0) FROM consent_event"))


def numbers() -> Iterator[tuple[int, int, datetime]]:
    """(seq, xid, recorded_at) of every entry, in the order of seq."""
    last = -(1 << 62)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT seq, xid, recorded_at FROM consent_event WHERE seq > %s ORDER BY seq LIMIT %s",
                [last, PAGE],
            )
            page = cursor.fetchall()
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1][0]


def never_began() -> int:
    """No transaction has had this number yet, nor any larger one."""
    return int(_value("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))


def of_subscriber(subscriber_id: int) -> list[SealedEntry]:
    """All entries of one person, in order."""
    return _entries("subscriber_id = %s ORDER BY seq", [subscriber_id])


def entries(seqs: Sequence[int]) -> Mapping[int, SealedEntry]:
    """Those of the entries that there are, by seq."""
    return {entry.seq: entry for page in _batches(list(seqs)) for entry in _entries("seq = ANY(%s)", [page])}


def _batches(seqs: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(seqs), PAGE):
        yield seqs[start : start + PAGE]


def _entries(where: str, values: Sequence[Any]) -> list[SealedEntry]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM consent_event WHERE {where}", values)
        return [_entry(row) for row in cursor.fetchall()]


def _entry(row: tuple[Any, ...]) -> SealedEntry:
    seq, xid, event_id, subscriber, key, *more, evidence, suspect, notice, until = row
    values = [*more, json.loads(evidence), suspect, notice, until]
    return SealedEntry(seq, xid, event_id, subscriber, bytes(key), *values)


def keep(made: Seal) -> None:
    """Write a seal. Two sealers at once make the same number, and the second is refused by it."""
    models.LedgerSeal.objects.create(
        number=made.number,
        cluster=made.cluster,
        from_xid=made.from_xid,
        from_seq=made.from_seq,
        to_xid=made.to_xid,
        to_seq=made.to_seq,
        floor=made.floor,
        afresh=made.afresh,
        count=made.count,
        seqs=struct.pack(f">{len(made.seqs)}q", *made.seqs),
        leaves=b"".join(made.leaves),
        root=made.root,
        previous=made.previous,
        sealed_at=made.sealed_at,
        hash=made.hash,
    )


def last() -> Seal | None:
    """The last seal, without its entries: enough to make the next."""
    row = models.LedgerSeal.objects.defer("seqs", "leaves").order_by("-number").first()
    return _seal(row, whole=False) if row else None


def over(entries: Sequence[SealedEntry]) -> list[Seal]:
    """The seals that have these entries, whole and in order."""
    might = Q(pk__in=[])
    for entry in entries:
        might |= Q(afresh=False, floor__lt=entry.seq, from_xid__lte=entry.xid, to_xid__gte=entry.xid)
        might |= Q(afresh=True, floor__gte=entry.seq)
    wanted = {entry.seq for entry in entries}
    rows = models.LedgerSeal.objects.filter(might).order_by("number")
    return [one for row in rows if wanted & set((one := _seal(row)).seqs)]


def chain(first: int, last: int) -> list[Seal]:
    """The seals from the one number to the other, without their entries."""
    rows = models.LedgerSeal.objects.defer("seqs", "leaves").filter(number__range=(first, last))
    return [_seal(row, whole=False) for row in rows.order_by("number")]


def all_seals() -> Iterator[Seal]:
    """From the first, one at a time."""
    for row in models.LedgerSeal.objects.order_by("number").iterator(chunk_size=4):
        yield _seal(row)


def _seal(row: models.LedgerSeal, *, whole: bool = True) -> Seal:
    seqs, leaves = (bytes(row.seqs), bytes(row.leaves)) if whole else (b"", b"")
    return Seal(
        number=row.number,
        cluster=row.cluster,
        from_xid=row.from_xid,
        from_seq=row.from_seq,
        to_xid=row.to_xid,
        to_seq=row.to_seq,
        floor=row.floor,
        afresh=row.afresh,
        count=row.count,
        seqs=struct.unpack(f">{len(seqs) // 8}q", seqs[: len(seqs) // 8 * 8]),
        leaves=tuple(leaves[i : i + LEAF] for i in range(0, len(leaves), LEAF)),
        root=bytes(row.root),
        previous=bytes(row.previous),
        sealed_at=row.sealed_at,
        hash=bytes(row.hash),
    )


@dataclass(frozen=True, slots=True)
class Anchor:
    """The hash of the last seal of a day, signed. `key_id` says with which key."""

    day: date
    seal: int
    hash: bytes
    key_id: str
    signature: bytes
    signed_at: datetime


def anchors() -> list[Anchor]:
    """All of them, by day."""
    return [
        Anchor(row.day, row.seal_id, bytes(row.hash), row.key_id, bytes(row.signature), row.signed_at)
        for row in models.LedgerAnchor.objects.order_by("day")
    ]


def anchored(day: date) -> bool:
    """Whether a day has its signature."""
    return models.LedgerAnchor.objects.filter(day=day).exists()


def keep_anchor(anchor: Anchor) -> None:
    """Write one. A day has one and no more."""
    models.LedgerAnchor.objects.create(
        day=anchor.day,
        seal_id=anchor.seal,
        hash=anchor.hash,
        key_id=anchor.key_id,
        signature=anchor.signature,
        signed_at=anchor.signed_at,
    )


def addresses() -> Iterator[tuple[int, str | None, bytes, bool]]:
    """Each subscriber: number, address, its key, and whether their entries are about that mailbox: the last one is,
    and it was another before only where an entry says that the address changed.

    The address is empty for somebody who was erased, None where it cannot be opened.
    """
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT s.id, s.uid, s.wrapped_key, s.sealed_address, s.address_key,
                       coalesce((SELECT bool_and(e.moved IS NOT TRUE OR e.kind = 'ADDRESS_CHANGED')
                                        AND (array_agg(e.address_key ORDER BY e.seq DESC))[1] = s.address_key
                                   FROM (SELECT seq, kind, address_key,
                                                address_key <> lag(address_key) OVER (ORDER BY seq) AS moved
                                           FROM consent_event WHERE subscriber_id = s.id) e), true)
                  FROM subscriber s WHERE s.id > %s ORDER BY s.id LIMIT %s
                """,
                [last, PAGE],
            )
            page = cursor.fetchall()
        for number, uid, wrapped, sealed, key, fits in page:
            try:
                address = sealing.open_person(uid, wrapped, sealed, None)[0]
            except (DamagedError, UnknownKeyError):
                address = None
            yield number, address, bytes(key), fits
        if len(page) < PAGE:
            return
        last = page[-1][0]


def _value(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        [value] = cursor.fetchone()
        return value
