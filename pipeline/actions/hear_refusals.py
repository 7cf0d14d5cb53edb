"""Take what hosts said during SMTP for the reports that they are: one reading, one policy, one history (B-06)."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.record_feedback import record_refusal
from pipeline.store import feedback, locks

AT_ONCE = 200  # refusals in one go: what is left waits for the next tick
_heard_up_to: dict[str, int] = {}  # the attempt that this process has come to


def hear_refusals(now: datetime) -> int:
    """Record the deliveries that failed since the last call. Returns how many.

    Twice is the same as once, so that each process keeps its own place, and begins a little behind the newest.
    """
    with locks.only_one("refusals") as mine:
        if not mine:
            return 0
        found, place = feedback.refusals(_heard_up_to.get("", 0), AT_ONCE)
        for row in found:
            record_refusal(row.delivery_id, row.period, row.code, row.enhanced, row.reply, now)
        _heard_up_to[""] = place
    return len(found)
