"""How many goodbyes are written at once (S-06). One more is kept on the disk for a moment, and never lost.

Generous, since a mailbox provider sends those of all its people from a few addresses; and finite, since each costs
PostgreSQL six statements, and the link in a letter can be posted by whoever has it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and then so many each second, in the long run."""

    burst: int
    each_second: float


ONE_LINK = Rate(20, 0.1)
ONE_NETWORK = Rate(3_000, 100)  # a /24, or a /56 in IPv6
EVERYBODY = Rate(6_000, 300)
REPEATS = 1.0  # seconds in which one link, over its limit, is kept on the disk once


def next_turn(full_until: float, rate: Rate, now: float) -> tuple[float, float]:
    """(how long to wait, or 0; what to remember as `full_until` if this one goes through). In seconds.

    The generic cell rate algorithm (ITU-T I.371, annex A): one number is all that is remembered of a key.
    """
    one = 1 / rate.each_second
    then = max(full_until, now) + one
    return max(0.0, then - now - rate.burst * one), then
