"""Settle deliveries of unknown outcome: by evidence, and then by the policy of their cause (delivery.md A, B4)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.actions.write_message import message_id_of
from pipeline.core.delivery.lifecycle import Cause, DeliveryState, after_ambiguity
from pipeline.gateways import postfix_log
from pipeline.settings import current
from pipeline.store import feedback, instance, rescue
from pipeline.store.rescue import UnknownDelivery

PROVEN = 0.999  # of the last 1,000 dots that were answered, how many a route must have accepted to be presumed upon
FEWEST = 100  # answered dots below which a route has proven nothing
RESEND_AFTER = timedelta(minutes=5)


def resolve_unknown(now: datetime) -> int:
    """Returns how many were settled.

    Evidence may come for fifteen minutes before any policy acts. Where nothing on this installation could bring any,
    there is nothing to wait for (docs/decisions/0003).
    """
    settled = feedback.settle_proven()
    waiting = rescue.unknown()
    settings = current()
    if settings.postfix_log is not None:
        proven = _in_the_log(settings.postfix_log, waiting)
        settled += len(proven)
        waiting = [row for row in waiting if row.id not in proven]
    window = settings.evidence_minutes * 60.0 if settings.brings_evidence else 0.0
    trusted = {route: _proven(route) for route in {row.route for row in waiting}}
    for row in waiting:
        if row.for_seconds >= window:
            settled += _by_policy(row, now, proven=trusted[row.route])
    return settled


def _by_policy(row: UnknownDelivery, now: datetime, *, proven: bool) -> bool:
    state = after_ambiguity(row.cause, row.policy, row.ambiguous_attempts, row.stream, route_proven=proven)
    at_once = row.cause in (Cause.CRASH_AFTER_DOT, Cause.OWNER_LOST) or state != DeliveryState.QUEUED
    return rescue.resolve(row, state, now if at_once else now + RESEND_AFTER)


def _proven(route: str) -> bool:
    accepted, answered = rescue.acceptance_at_the_dot(route)
    return answered >= FEWEST and accepted >= answered * PROVEN


def _in_the_log(log: Path, waiting: list[UnknownDelivery]) -> set[int]:
    """Those that the relay on this host has written down as taken."""
    settings = current()
    seconds = time.time()
    rows = {message_id_of(row.uid.hex, settings).strip("<>"): row for row in waiting}
    since = {message_id: seconds - row.for_seconds for message_id, row in rows.items()}
    kept = settings.data_dir / "watch" / f"{instance.read().uid}-postfix"
    found = postfix_log.look(log, kept, since, seconds)
    return {
        rows[message_id].id
        for message_id, queue_id in found.items()
        if rescue.prove(rows[message_id], f"The relay's log has it in its queue as {queue_id}.")
    }
