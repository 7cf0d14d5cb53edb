"""Whose yes ends soon: how many by list and month, and the first few (C-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.core.address import masked, parse
from pipeline.store import renewals, subscribers
from pipeline.store.renewals import Ending

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class FirstEnding:
    """`address` is masked: `a…@example.test`."""

    address: str
    purpose: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class Expiring:
    """Every yes that ends before `until`, also one that has ended and waits to be written down."""

    until: datetime
    endings: tuple[Ending, ...]
    first: tuple[FirstEnding, ...]


def list_expiring(within: timedelta, now: datetime) -> Expiring:
    """Reads only."""
    until = now + within
    first = [
        FirstEnding(masked(parse(subscribers.by_id(who).address)), purpose, ends)
        for who, purpose, ends in renewals.first_ending(until, EXAMPLES)
    ]
    return Expiring(until, tuple(renewals.ending(until)), tuple(first))
