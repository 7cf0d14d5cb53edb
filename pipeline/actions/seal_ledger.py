"""Seal what was added to the consent ledger, every minute, and sign the last seal of each day (delivery.md B9)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction

from pipeline.core.consent.seal import Seal, moved, seal, to_be_signed
from pipeline.gateways import keys
from pipeline.store import locks, seals
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
        while (done := _next()) is not None:
            seals_now, more = done
            made += seals_now
            if not more:
                break
        _sign()
    return made


def _next() -> tuple[int, bool] | None:
    """One seal. Returns (how many, whether there is more to seal)."""
    before, cluster = seals.last(), seals.cluster()
    if moved(before, cluster):
        _afresh(before, cluster)
        return 1, True
    bound = seals.closed_below()
    since = before.to_xid if before else 0
    entries, to_xid = seals.closed(since, bound, before.floor if before else 0)
    if not entries:
        return None
    made = seal(before, entries, cluster=cluster, to_xid=to_xid, highest=0, sealed_at=seals.clock())
    seals.keep(made)
    log.info("ledger.sealed", seal=made.number, entries=len(entries))
    return 1, to_xid < bound


def _afresh(before: Seal | None, cluster: str) -> None:
    """The ledger came from another server. Whatever has no seal gets one, and transactions are counted anew."""
    with transaction.atomic():
        seals.hold()
        entries = seals.in_no_seal()
        made = seal(
            before,
            entries,
            cluster=cluster,
            to_xid=seals.closed_below(),
            highest=seals.highest(),
            sealed_at=seals.clock(),
        )
        seals.keep(made)
    log.warning("ledger.moved", seal=made.number, entries=len(entries))


def _sign() -> None:
    """The last seal as it is when a day is first seen: all that was sealed before it is then out of anybody's reach."""
    last, now = seals.last(), seals.clock()
    day = now.date()
    signed = seals.last_anchor()
    if last is None or (signed is not None and signed >= day):
        return
    key_id, signature = keys.sign_ledger(to_be_signed(last.number, last.hash))
    seals.keep_anchor(Anchor(day, last.number, last.hash, key_id, signature, now))
