"""When to try a delivery again (delivery.md B6, M-25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.core.errors import BadInput

# The steps of Postfix, which double from 300 s and stop at 4,000 s. RFC 5321 4.5.4.1 asks for 30 minutes between
# attempts, and for better where the reason is known; why we start sooner is in docs/decisions/0011.
STEPS = tuple(timedelta(seconds=seconds) for seconds in (300, 600, 1200, 2400, 4000))
SPREAD = 0.2
# Greylisting hosts commonly wait five minutes: coming back earlier only starts their clock again.
GREYLIST_WAIT = timedelta(minutes=5)
GREYLIST_SPREAD = timedelta(minutes=2)


def next_attempt(
    attempt_no: int,
    now: datetime,
    expires_at: datetime,
    jitter: float,
    greylist: bool,
    steps: Sequence[timedelta] = STEPS,
) -> datetime | None:
    """The moment of the next attempt after `attempt_no` of them (1 is the first), or None when it would be
    too late.

    `jitter` is a number from 0 to 1, drawn by the caller: it moves the wait by 20 % either way, so that a
    healed outage does not bring everybody back at once. A first greylist waits 5 to 7 minutes, never less. `steps`
    are the waits after the first attempt, the second and so on; the last stays.
    """
    if attempt_no < 1 or not 0 <= jitter <= 1:
        raise ValueError("attempt_no counts from 1, and jitter is a number from 0 to 1")
    if greylist and attempt_no == 1:
        wait = GREYLIST_WAIT + GREYLIST_SPREAD * jitter
    else:
        wait = steps[min(attempt_no, len(steps)) - 1] * (1 - SPREAD + 2 * SPREAD * jitter)
    moment = now + wait
    return moment if moment < expires_at else None


def parse_steps(text: str) -> tuple[timedelta, ...]:
    """`5 10 20 40 66`, in minutes; the usual ones where nothing is said. Raises BadInput."""
    words = text.replace(",", " ").split()
    if not words:
        return STEPS
    if not all(word.isascii() and word.isdecimal() and 1 <= int(word) <= 2880 for word in words):
        raise BadInput(f"{text!r} are not waits. Write minutes from 1 to 2880, such as 5 10 20 40 66.")
    return tuple(timedelta(minutes=int(word)) for word in words)
