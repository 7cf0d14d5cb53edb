"""Settle what dead senders left behind, by the evidence of their journals (delivery.md B4)."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import structlog

from pipeline.core.delivery.lifecycle import Cause, DeliveryState
from pipeline.core.delivery.recovery import Recovered, recovered
from pipeline.core.delivery.settlement import Settlement
from pipeline.gateways import journal
from pipeline.gateways.journal import JournalReading
from pipeline.settings import current
from pipeline.store import rescue
from pipeline.store.rescue import InFlight

log = structlog.get_logger()


def rescue_stalled(now: datetime) -> int:
    """Returns how many deliveries were settled or given back.

    A sender on this host is dead when its journal is unlocked: no clock is asked. One on another host, whose journal
    is not here, counts as lost when its lease has run out on the database's clock.
    """
    folder = current().data_dir / "journal"
    rescued = 0
    for token, held in groupby(rescue.in_flight(), key=lambda row: row.token):
        rows = list(held)
        reading = journal.read(folder, token)
        if reading.alive or (not reading.found and not all(row.overdue for row in rows)):
            continue
        rescued += sum(_rescue(row, reading, now) for row in rows)
        journal.discard(folder, token)
    if rescued:
        log.info("delivery.rescued", deliveries=rescued)
    return rescued


def _rescue(row: InFlight, reading: JournalReading, now: datetime) -> bool:
    attempt = (row.id, row.attempt_no)
    verdict = recovered(
        sending=row.state == DeliveryState.SENDING,
        trusted=reading.trusted,
        dot=attempt in reading.dots,
        reply_code=reading.replies.get(attempt),
    )
    if row.state == DeliveryState.LEASED:
        return rescue.give_back(row, DeliveryState.QUEUED)
    return rescue.settle(row, _end(row, verdict, reading, now))


def _end(row: InFlight, verdict: Recovered, reading: JournalReading, now: datetime) -> Settlement:
    if verdict is Recovered.NOT_SENT:
        return Settlement(DeliveryState.QUEUED, "not_sent", "crash", next_attempt_at=now)
    if verdict is Recovered.ANSWERED:
        code = reading.replies[row.id, row.attempt_no]
        if 200 <= code < 300:
            return Settlement(DeliveryState.ACCEPTED, "accepted", "dot", code=code)
        if code >= 500:
            return Settlement(DeliveryState.FAILED, "refused", "dot", reason="permanent", code=code)
        return Settlement(DeliveryState.QUEUED, "deferred", "dot", code=code, next_attempt_at=now)
    cause = Cause.CRASH_AFTER_DOT if verdict is Recovered.CRASH_AFTER_DOT else Cause.OWNER_LOST
    return Settlement(DeliveryState.UNKNOWN, "unknown", "crash", cause=cause.value, ambiguous=True)
