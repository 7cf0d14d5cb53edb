"""What became of a delivery whose sender died: the table of delivery.md B4, as a function."""

from __future__ import annotations

from enum import StrEnum


class Recovered(StrEnum):
    """What the evidence says."""

    NOT_SENT = "not_sent"  # provably before the dot: back to the queue
    ANSWERED = "answered"  # the journal holds the reply: settle by its code
    CRASH_AFTER_DOT = "crash_after_dot"  # the dot was sent, the reply is not known
    OWNER_LOST = "owner_lost"  # nothing is known


def recovered(*, sending: bool, trusted: bool, dot: bool, reply_code: int | None) -> Recovered:
    """Judge one delivery by its state and by the journal of its lease."""
    if not sending:
        return Recovered.NOT_SENT
    if not trusted:
        return Recovered.OWNER_LOST
    if reply_code is not None:
        return Recovered.ANSWERED
    return Recovered.CRASH_AFTER_DOT if dot else Recovered.NOT_SENT
