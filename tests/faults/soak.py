"""The storm: every fault at once, at random, by a seed that is printed (C8.85).

Several campaigns are under way at a time, on one PostgreSQL that is killed every few seconds. Senders die several times
a second. A world is made and judged in calm weather only: PostgreSQL is then left alone, for as short as can be. One
that cannot come to rest between the crashes gets calm weather for that too, and is counted.
"""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import psycopg

from tests.faults.checker import BOUND
from tests.faults.scripts import SCRIPTS
from tests.faults.trial import Result, Trial
from tests.faults.world import Cluster, World

KEPT = Path(__file__).with_name("soak.json")
POLICIES = ("default", "default", "never_resend", "always_resend")
ODD = [name for name in SCRIPTS if name not in ("plain", "stalldot", "slowread")]
AT_ONCE = 4  # worlds
WEATHER = 40.0  # seconds that a world's senders are killed for, at most
BETWEEN_CRASHES = (1.5, 4.0)  # seconds


class Calm:
    """PostgreSQL is not broken while anybody needs it whole."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._needed = 0
        self._breaking = False

    @contextmanager
    def needed(self) -> Iterator[None]:
        with self._change:
            self._change.wait_for(lambda: not self._breaking)
            self._needed += 1
        try:
            yield
        finally:
            with self._change:
                self._needed -= 1
                self._change.notify_all()

    @contextmanager
    def broken(self) -> Iterator[None]:
        with self._change:
            self._change.wait_for(lambda: not self._needed and not self._breaking)
            self._breaking = True
        try:
            yield
        finally:
            with self._change:
                self._breaking = False
                self._change.notify_all()


class Storm:
    """All worlds of a run, and who breaks them."""

    def __init__(self, cluster: Cluster, seconds: float, seed: int) -> None:
        self.cluster, self.seed = cluster, seed
        self.until = time.monotonic() + seconds
        self.calm = Calm()
        self.done: Queue[Result] = Queue()
        self._number = 0
        self._next = threading.Lock()
        self._over = threading.Event()

    def run(self) -> Generator[Result, None, None]:
        sailors = [threading.Thread(target=self._sail, daemon=True) for _ in range(AT_ONCE)]
        crasher = threading.Thread(target=self._crash, daemon=True)
        for thread in (*sailors, crasher):
            thread.start()
        try:
            while any(thread.is_alive() for thread in sailors) or not self.done.empty():
                try:
                    yield self.done.get(timeout=0.5)
                except Empty:
                    continue
        finally:
            self.until = 0.0
            self._over.set()
            crasher.join(60)  # it starts what it has broken

    def _sail(self) -> None:
        while time.monotonic() < self.until:
            with self._next:
                self._number += 1
                number = self._number
            self.done.put(self._campaign(number))

    def _crash(self) -> None:
        """PostgreSQL dies at random moments, as long as anybody sends."""
        draw = random.Random(self.seed)
        while not self._over.wait(draw.uniform(*BETWEEN_CRASHES)):
            with self.calm.broken():
                self.cluster.crash(draw.choice(["immediate", "kill"]), down=draw.choice([0, 0, 0.3]))

    def _campaign(self, number: int) -> Result:
        """One campaign in bad weather. The seed decides everything that we decide."""
        draw = random.Random(self.seed + number)
        policy, odd = draw.choice(POLICIES), draw.random() < 0.35
        # Beside odd peers a sender is held back, as it should be, until long after the others have had theirs.
        connections, size = draw.choice([1, 4, 12]), draw.randint(*((300, 700) if odd else (800, 2_000)))
        latency = connections * draw.uniform(0.015, 0.04)  # so that it lasts for half a minute
        told = f"{policy}, {size} by {connections}{', odd peers' if odd else ''}"
        trial = Trial(self.cluster, f"S{number:04}", told, size=1.0, seed=self.seed + number)
        began, crashes = time.monotonic(), self.cluster.crashes
        world = trial.world(
            size,
            policy=policy,
            scripts={"plain": 0.85, **{name: 0.15 / len(ODD) for name in ODD}} if odd else None,
            plan={"latency": latency, "chunking": draw.random() < 0.5, "limit": draw.choice([0, 50])},
            connections=connections,
        )
        try:
            with self.calm.needed():
                world.__enter__()
            try:
                # On a route that has not proven itself, mail is sent once more after a crash of ours.
                proven = self._proven(world)
                self._weather(world, draw)
                rested = world.drain(120, senders=2)
                with self.calm.needed():
                    if not rested:  # what is promised is that it heals when the fault is gone (G14)
                        trial.result.notes["rested_in_calm"] = world.drain(120, senders=2)
                    # A sender that is frozen, or waits for the one processor, is not held to the median's figure.
                    trial.judge(
                        world, proven=proven and not odd, kills=world.figures.kills, slow_unsubscribe=BOUND
                    )
            finally:
                with self.calm.needed():
                    world.__exit__(None, None, None)
        except Exception as error:
            trial.result.failed = f"{type(error).__name__}: {error}"
        trial.result.seconds = time.monotonic() - began
        trial.result.crashes = self.cluster.crashes - crashes  # those that it lived through
        return trial.result

    def _weather(self, world: World, draw: random.Random) -> None:
        """Faults until nearly all is sent, or for as long as the weather lasts."""
        world.leavers(most=world.size // 20, seconds=WEATHER)
        until = time.monotonic() + WEATHER
        while time.monotonic() < until and world.sink.dots() < world.size * 0.95:
            time.sleep(draw.uniform(0.05, 0.35))
            world.bury()
            while len(world.senders) < 3:
                world.start_sender()
            self._fault(world, draw)

    def _proven(self, world: World) -> bool:
        """Let it send in peace, but for PostgreSQL, until the route has shown what it does."""
        world.start_senders(3)
        until = time.monotonic() + 40
        while time.monotonic() < until:
            with suppress(psycopg.Error):
                if world.proven():
                    return True
            time.sleep(0.1)
        return False

    def _fault(self, world: World, draw: random.Random) -> None:
        match draw.choices(("kill", "freeze", "sink", "term", "pause"), (60, 6, 3, 5, 3))[0]:
            case "kill":
                world.kill()
            case "freeze":
                world.freeze(draw.choice(world.senders), draw.uniform(0.1, 2.0))
            case "sink":
                world.sink.kill()
                time.sleep(draw.uniform(0, 0.5))
                world.sink.start()
            case "term":
                world.signal(draw.choice(world.senders), signal.SIGTERM)
            case "pause":
                with self.calm.needed():
                    world.steer("pause")
                time.sleep(draw.uniform(0.1, 0.5))
                with self.calm.needed():
                    world.steer("resume")


COUNTED = (
    "messages",
    "copies",
    "kills",
    "lost",
    "duplicated",
    "ambiguous",
    "presumed",
    "presumed_absent",
    "after_unsubscribe",
    "unsubscribes",
    "phantom",
    "stuck",
    "miscounted",
)


def totals(results: list[Result], cluster: Cluster, seed: int, seconds: float) -> dict[str, Any]:
    """The run in figures. `database_crashes` counts each once, however many worlds lived through it."""
    return {
        "seed": seed,
        "minutes": round(seconds / 60, 1),
        "worlds": len(results),
        "database_crashes": cluster.crashes,
        **{name: sum(getattr(r, name) for r in results) for name in COUNTED},
        "rested_in_calm_alone": sum("rested_in_calm" in r.notes for r in results),
        "broken": {
            f"{r.row} {r.fault}": [*r.broken, *filter(None, [r.failed])] for r in results if not r.good
        },
    }


def soak(cluster: Cluster, seconds: float, seed: int) -> Generator[tuple[Result, dict[str, Any]], None, None]:
    """Storm after storm until the time is up: each world's result, with what there is of all of them so far."""
    results: list[Result] = []
    began = time.monotonic()
    with closing(Storm(cluster, seconds, seed).run()) as worlds:
        for found in worlds:
            results.append(found)
            so_far = totals(results, cluster, seed, time.monotonic() - began)
            KEPT.write_text(json.dumps(so_far, indent=1, default=str) + "\n")
            yield found, so_far
