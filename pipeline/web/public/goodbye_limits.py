"""Counts the goodbyes that this process answers, in its own memory: asks neither PostgreSQL nor Redis (S-06).

Several processes count each for themselves. What is forgotten with a process is a limit, and no goodbye.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from uuid import UUID

from pipeline.core.consent.goodbye_limits import (
    EVERYBODY,
    ONE_LINK,
    ONE_NETWORK,
    REPEATS,
    Rate,
    next_turn,
)

MOST = 20_000  # keys remembered: the one that came longest ago is forgotten for a new one


class Crowd:
    """Safe for many threads. `now` counts seconds and never goes back."""

    def __init__(self, everybody: Rate = EVERYBODY, network: Rate = ONE_NETWORK, link: Rate = ONE_LINK):
        self._rates = everybody, network, link
        self._all = 0.0
        self._full_until: OrderedDict[Hashable, float] = OrderedDict()
        self._kept: OrderedDict[UUID, float] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, link: UUID, network: str, now: float) -> int:
        """0 if this goodbye may be written now, and it is counted; otherwise in how many whole seconds one may be.

        One that is over its own link's limit uses up nobody else's.
        """
        everybody, per_network, per_link = self._rates
        with self._lock:
            of_keys: dict[Hashable, Rate] = {link: per_link, network: per_network}
            turns = {k: next_turn(self._full_until.get(k, 0.0), rate, now) for k, rate in of_keys.items()}
            waits, of_all = next_turn(self._all, everybody, now)
            longest = max(waits, *(wait for wait, _ in turns.values()))
            if longest > 0:
                return math.ceil(longest)
            self._all = of_all
            self._remember({key: full_until for key, (_, full_until) in turns.items()})
            return 0

    def was_just_kept(self, link: UUID, now: float) -> bool:
        """Whether the same goodbye is on the disk since less than a second ago."""
        with self._lock:
            return now - self._kept.get(link, -math.inf) < REPEATS

    def note_kept(self, link: UUID, now: float) -> None:
        """It is on the disk. Called after it is: nobody may rely on one that failed."""
        with self._lock:
            self._kept[link] = now
            self._kept.move_to_end(link)
            while now - next(iter(self._kept.values())) >= REPEATS or len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def _remember(self, full_until: Mapping[Hashable, float]) -> None:
        for key, moment in full_until.items():
            self._full_until[key] = moment
            self._full_until.move_to_end(key)
        while len(self._full_until) > MOST:
            self._full_until.popitem(last=False)
