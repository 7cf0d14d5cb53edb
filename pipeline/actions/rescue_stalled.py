"""Settle what dead senders left behind, by the evidence of their journals (delivery.md B4)."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import structlog

from pipeline.core.delivery.lifecycle import Cause, DeliveryState
from pipeline.core.delivery.recovery import MOST_CRASHES, Recovered, recovered
from pipeline.core.delivery.settlement import Settlement
from pipeline.gateways import journal
from pipeline.gateways.journal import JournalReading
from pipeline.gateways.observations import Observations
from pipeline.settings import current
from pipeline.store import alerts, instance, rescue
from pipeline.store.rescue import InFlight

POISON = "poison"

log = structlog.get_logger()


def rescue_stalled(now: datetime) -> int:
    """Returns how many deliveries were settled or given back.

    A sender whose journal is here is dead when the journal is unlocked: no clock is asked. Any other is dead when this
    host has watched it for the length of a lease and seen no sign of life.
    """
    settings = current()
    folder = settings.data_dir / "journal"
    watch = Observations(settings.data_dir / "watch" / str(instance.read().uid))
    rescued = 0
    for token, held in groupby(rescue.in_flight(), key=lambda row: row.token):
        rows = list(held)
        reading = journal.read(folder, token, {row.id for row in rows})
        if not reading.found and watch.unchanged(token, rows[0].beat) < settings.lease_seconds:
            continue
        if not reading.alive:
            rescued += sum(_rescue(row, reading, now) for row in rows)
    watch.save()
    if rescued:
        log.info("delivery.rescued", deliveries=rescued)
    return rescued


def _rescue(row: InFlight, reading: JournalReading, now: datetime) -> bool:
    """Journals are kept: a database that is put back may need them once more (B8)."""
    if row.state == DeliveryState.LEASED:
        return _give_back(row, blamed=row.id == reading.writing, now=now)
    attempt = (row.id, row.attempt_no)
    verdict = recovered(
        sending=True,
        trusted=reading.trusted,
        dot=attempt in reading.dots,
        reply_code=reading.replies.get(attempt),
    )
    return rescue.settle(row, _end(row, verdict, reading, now))


def _give_back(row: InFlight, *, blamed: bool, now: datetime) -> bool:
    """Nothing of it was handed over. A message that has killed three senders is not tried on a fourth."""
    if not blamed or row.crashes + 1 < MOST_CRASHES:
        return rescue.give_back(row, blamed=blamed)
    if not rescue.set_aside(row, POISON):
        return False
    alerts.raised(
        POISON,
        str(row.id),
        f"Writing the message of delivery {row.id} has ended {MOST_CRASHES} senders. It is set aside and the others go"
        " on: `rounds unknown list` names it.",
        now,
    )
    return True


def _end(row: InFlight, verdict: Recovered, reading: JournalReading, now: datetime) -> Settlement:
    if verdict is Recovered.NOT_SENT:
        return Settlement(DeliveryState.QUEUED, "not_sent", "crash", next_attempt_at=now)
    if verdict is Recovered.ANSWERED:
        code = reading.replies[row.id, row.attempt_no]
        if 200 <= code < 300:
            return Settlement(DeliveryState.ACCEPTED, "accepted", "dot", cause="accepted", code=code)
        if code >= 500:
            return Settlement(DeliveryState.FAILED, "refused", "dot", reason="permanent", code=code)
        return Settlement(DeliveryState.QUEUED, "deferred", "dot", code=code, next_attempt_at=now)
    return Settlement(DeliveryState.UNKNOWN, "unknown", "crash", cause=_CAUSES[verdict].value, ambiguous=True)


_CAUSES = {
    Recovered.CRASH_AFTER_DOT: Cause.CRASH_AFTER_DOT,
    Recovered.REPLY_LOST: Cause.REPLY_LOST,
    Recovered.OWNER_LOST: Cause.OWNER_LOST,
}
