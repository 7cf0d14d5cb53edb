"""Settle deliveries of unknown outcome by the policy of their cause (delivery.md, table of section A)."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.core.delivery.lifecycle import Cause, DeliveryState, after_ambiguity
from pipeline.store import rescue

PROVEN = 0.999  # of the last dots that were answered, how many a relay must have accepted to be presumed upon
RESEND_AFTER = timedelta(minutes=5)


def resolve_unknown(now: datetime) -> int:
    """Returns how many were settled. There is no source of evidence to wait for yet, so the policy acts at once."""
    waiting = rescue.unknown()
    if not waiting:
        return 0
    accepted, answered = rescue.acceptance_at_the_dot()
    proven = answered > 0 and accepted >= answered * PROVEN
    settled = 0
    for row in waiting:
        state = after_ambiguity(
            row.cause, row.policy, row.ambiguous_attempts, row.stream, route_proven=proven
        )
        at_once = row.cause in (Cause.CRASH_AFTER_DOT, Cause.OWNER_LOST) or state != DeliveryState.QUEUED
        settled += rescue.resolve(row, state, now if at_once else now + RESEND_AFTER)
    return settled
