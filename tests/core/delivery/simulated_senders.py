"""Senders, lanes and a database as a simulation of events: what the cost model is held against.

It knows nothing of the model's formulas. A sender has one core, a number of lanes and a barrier; the database has cores
that commits queue for, and a disk that takes its time. Replies come after a random time with the relay's mean.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.core.delivery.capacity import MICRO, Costs, Relay, cpu_a_message


class Events:
    """What happens next, in the order of time."""

    def __init__(self) -> None:
        self.now = 0.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (self.now + seconds, self._count, act))

    def run(self, until: float) -> None:
        while self._queue and self._queue[0][0] <= until:
            self.now, _, act = heapq.heappop(self._queue)
            act()
        self.now = until


class Cores:
    """So many servers and one line before them."""

    def __init__(self, events: Events, count: int) -> None:
        self._events, self._free = events, count
        self._line: deque[tuple[float, Callable[[], None]]] = deque()

    def use(self, seconds: float, then: Callable[[], None]) -> None:
        self._line.append((seconds, then))
        self._serve()

    def _serve(self) -> None:
        while self._free and self._line:
            self._free -= 1
            seconds, then = self._line.popleft()
            self._events.after(seconds, lambda then=then: self._done(then))

    def _done(self, then: Callable[[], None]) -> None:
        self._free += 1
        then()
        self._serve()


@dataclass
class Sent:
    """What was sent after the warm-up, and in how many commits."""

    messages: int = 0
    commits: int = 0
    in_commits: int = 0


class Sender:
    """One process: fill, offer, wait at the barrier, dot, reply, and again."""

    def __init__(
        self,
        events: Events,
        database: Cores,
        lanes: int,
        costs: Costs,
        relay: Relay,
        chance: random.Random,
        sent: Sent,
    ) -> None:
        self._events, self._database, self._lanes = events, database, lanes
        self._costs, self._relay, self._chance, self._sent = costs, relay, chance, sent
        self._core = Cores(events, 1)
        self._cpu = cpu_a_message(costs, signed=True)
        self._asking: list[Callable[[], None]] = []
        self._committing = False
        for lane in range(lanes):
            events.after(lane * 0.0007, self._begin)

    def _begin(self) -> None:
        self._core.use(self._cpu * 0.8, lambda: self._events.after(self._relay.round_trip, self._ask))

    def _ask(self) -> None:
        self._asking.append(self._dot)
        if not self._committing:
            self._committing = True
            self._gather()

    def _gather(self) -> None:
        self._events.after(0 if len(self._asking) >= self._lanes else self._costs.gather, self._commit)

    def _commit(self) -> None:
        group, self._asking = self._asking, []
        self._sent.commits += 1
        self._sent.in_commits += len(group)
        work = (self._costs.database * len(group) + self._costs.database_commit) * MICRO
        # A half before the answer, which the lanes wait for; the results are the other half, which nobody waits for.
        self._database.use(
            work / 2, lambda: self._events.after(self._costs.commit, lambda: self._answered(group))
        )
        self._database.use(work / 2, lambda: None)

    def _answered(self, group: list[Callable[[], None]]) -> None:
        for dot in group:
            dot()
        self._committing = bool(self._asking)
        if self._committing:
            self._gather()

    def _dot(self) -> None:
        reply = self._relay.round_trip + self._chance.expovariate(1 / self._relay.reply)
        self._events.after(reply, lambda: self._core.use(self._cpu * 0.2, self._finished))

    def _finished(self) -> None:
        self._sent.messages += 1
        self._begin()


def simulate(
    senders: int, lanes: int, database_cores: int, costs: Costs, relay: Relay, seconds: float, seed: int = 1
) -> tuple[float, float]:
    """Returns (messages a second, lanes in a commit) of so many senders against one database."""
    events, chance, sent = Events(), random.Random(seed), Sent()
    database = Cores(events, database_cores)
    for _ in range(senders):
        Sender(events, database, lanes, costs, relay, chance, sent)
    events.run(seconds * 0.2)
    sent.messages = sent.commits = sent.in_commits = 0
    events.run(seconds)
    return sent.messages / (seconds * 0.8), sent.in_commits / max(sent.commits, 1)
