"""Whether a database is the one that this host has been sending from, or an older copy of it (delivery.md B8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counters:
    """Numbers that only grow as long as a database is not put back. `delivery` and `consent` are the highest known."""

    epoch: int
    pulse: int
    delivery: int
    consent: int


_WORDS = {
    "consent": "entries of the consent ledger",
    "delivery": "deliveries",
    "epoch": "stops and starts of sending",
    "pulse": "moments of its life",
}


def behind(database: Counters, kept: Counters) -> str:
    """What the database lacks of what this host has seen in it, in words; empty when it lacks nothing."""
    lacks = [words for name, words in _WORDS.items() if getattr(database, name) < getattr(kept, name)]
    return " and ".join([", ".join(lacks[:-1]), lacks[-1]] if len(lacks) > 1 else lacks)
