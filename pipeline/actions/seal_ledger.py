"""Seal what was added to the consent ledger, every minute, and sign the last seal of each day (delivery.md B9)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import structlog
from django.db import transaction

from pipeline.core.consent.seal import Seal, moved, seal, to_be_signed
from pipeline.gateways import keys, witness
from pipeline.settings import current
from pipeline.store import instance, locks, seals
from pipeline.store.seals import Anchor

EVERY = timedelta(seconds=60)

log = structlog.get_logger()


def seal_if_due() -> int:
    """What a tick asks: seal when the last one is a minute old, and sign once a day. Returns how many seals it made.

    It goes by the database's clock, as the entries do.
    """
    last = seals.last()
    if last is not None and timedelta(0) <= seals.clock() - last.sealed_at < EVERY:
        return 0
    return seal_ledger()


def seal_ledger() -> int:
    """Seal every entry whose transaction has ended. Returns how many seals that took; none where nothing is new.

    A sealer that dies leaves nothing half done, and the next goes on where it was. One at a time.
    """
    made = 0
    with locks.only_one("seal") as mine:
        if not mine:
            return 0
        bound = seals.closed_below()  # asked once: what comes while we seal waits for the next minute
        while _next(bound):
            made += 1
        _sign()
    return made


def _next(bound: int) -> bool:
    """Make one seal over what transactions below `bound` wrote. False where nothing is new."""
    before, cluster = seals.last(), seals.cluster()
    if moved(before, cluster):
        _afresh(before, cluster)
        return True
    since = (before.to_xid, before.to_seq) if before else (0, 0)
    entries, to = seals.closed(since, bound, before.floor if before else 0)
    if not entries:
        return False
    made = seal(before, entries, cluster=cluster, to=to, highest=0, sealed_at=seals.clock())
    seals.keep(made)
    _note(made)
    log.info("ledger.sealed", seal=made.number, entries=len(entries))
    return True


def _afresh(before: Seal | None, cluster: str) -> None:
    """The ledger came from another server. Whatever has no seal gets one, and transactions are counted anew."""
    with transaction.atomic():
        seals.hold()
        entries = seals.in_no_seal()
        made = seal(
            before,
            entries,
            cluster=cluster,
            to=(seals.closed_below(), 0),
            highest=seals.highest(),
            sealed_at=seals.clock(),
        )
        seals.keep(made)
    _note(made)
    log.warning("ledger.moved", seal=made.number, entries=len(entries))


def _sign() -> None:
    """The last seal as it is when a day is first seen: all that was sealed before it is then out of anybody's reach."""
    last, now = seals.last(), seals.clock()
    day = now.date()
    if last is None or seals.anchored(day):
        return
    key_id, signature = keys.sign_ledger(to_be_signed(day.isoformat(), last.number, last.hash))
    seals.keep_anchor(Anchor(day, last.number, last.hash, key_id, signature, now))


def _note(made: Seal) -> None:
    """What the database has, in the witness of this host. Once it is committed: a line for what never was is a lie."""
    witness.note(witness_folder(), instance.read().uid, made.number, made.hash)


def witness_folder() -> Path:
    """Where this host keeps the hashes of the seals that it made."""
    return current().data_dir / "ledger"
