"""One run of the judge: makes worlds, keeps score, and knows which rows there are.

A row of the catalogue is a function of a `Trial`, registered under its number:

    @row("C1.02", "kill -9 of senders at random")
    def random_kills(trial: Trial) -> None:
        with trial.world(1_500) as world: ...
            trial.judge(world)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.checker import BOUND_P99, Verdicts
from tests.faults.world import Cluster, World

SIZES = {"unit": 0.25, "short": 1.0, "long": 5.0}


class SkippedError(Exception):
    """A row that cannot run here, and why."""


@dataclass
class Result:
    """One line of the table. `broken` holds the sentences of the promises that were broken."""

    row: str
    fault: str
    messages: int = 0
    kills: int = 0
    crashes: int = 0
    cases: int = 0
    copies: int = 0
    lost: int = 0
    duplicated: int = 0
    ambiguous: int = 0
    after_unsubscribe: int = 0
    phantom: int = 0
    stuck: int = 0
    miscounted: int = 0
    presumed: int = 0
    presumed_absent: int = 0
    unsubscribes: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)
    failed: str = ""  # the row itself could not be run to its end
    skipped: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return not (self.broken or self.failed)


class Trial:
    """What a row is given."""

    def __init__(
        self, cluster: Cluster, row: str, fault: str, *, size: float, seed: int, mutant: str = ""
    ) -> None:
        self.cluster, self.row, self.seed, self.mutant = cluster, row, seed, mutant
        self.scale = size
        self.result = Result(row, fault)
        self.verdicts: list[Verdicts] = []
        self._worlds = 0

    def world(self, size: int, *, readers: int = 0, **given: Any) -> World:
        """A world of `size` readers, more or fewer by the size asked for; or of exactly so many `readers`."""
        self._worlds += 1
        readers = readers or (max(1, round(size * self.scale)) if size >= 100 else size)
        given.setdefault("mutant", self.mutant)
        given.setdefault("seed", self.seed + self._worlds)
        return World(self.cluster, f"{self.row}-{self._worlds}", readers, **given)

    def expect(self, true: Any, sentence: str) -> None:
        """A promise of the row's own."""
        self.result.cases += 1
        if not true:
            self.result.broken.append(sentence)

    def judge(self, world: World, *, slow_unsubscribe: float = BOUND_P99, **given: Any) -> Verdicts:
        """Compare what the sink has with what the database says, and add it to the row's score."""
        verdicts = world.verdicts(**given)
        self.verdicts.append(verdicts)
        found = self.result
        found.messages += verdicts.messages
        found.copies += verdicts.copies
        found.kills += world.figures.kills
        found.lost += len(verdicts.lost)
        found.duplicated += verdicts.duplicated
        found.ambiguous += verdicts.ambiguous
        found.after_unsubscribe += len(verdicts.after_unsubscribe)
        found.phantom += len(verdicts.phantom)
        found.stuck += len(verdicts.stuck)
        found.miscounted += len(verdicts.miscounted)
        found.presumed += verdicts.presumed
        found.presumed_absent += verdicts.presumed_absent
        found.cases += 1
        gone = world.withdrawn()
        found.unsubscribes += len(gone)
        late = sorted(delay for delay in verdicts.unsubscribe_delays)
        if gone and len(late) > len(gone) * 0.01 and late[-1 - int(len(gone) * 0.01)] > slow_unsubscribe:
            found.broken.append(
                f"after_unsubscribe: the 99th percentile of {len(gone)} goodbyes is"
                f" {late[-1 - int(len(gone) * 0.01)] * 1000:.0f} ms"
            )
        for name, sentences in verdicts.broken.items():
            found.broken += [f"{name}: {sentence}" for sentence in sentences[:3]]
            if len(sentences) > 3:
                found.broken.append(f"{name}: and {len(sentences) - 3} more")
        if verdicts.broken:
            found.broken += [f"alert: {sentence}" for sentence in world.alerts()[:4]]
        return verdicts


Run = Callable[[Trial], None]


@dataclass(frozen=True)
class Row:
    number: str
    fault: str
    run: Run
    slow: bool = False  # Not in the short form.


ROWS: dict[str, Row] = {}


def row(number: str, fault: str, *, slow: bool = False) -> Callable[[Run], Run]:
    """Register a function as a row of the catalogue."""

    def register(run: Run) -> Run:
        if number in ROWS:
            raise ValueError(f"row {number} is there twice")
        ROWS[number] = Row(number, fault, run, slow)
        return run

    return register


def attempt(cluster: Cluster, found: Row, *, size: float, seed: int, mutant: str = "") -> Trial:
    """Run one row and give its score, whatever happened."""
    trial = Trial(cluster, found.number, found.fault, size=size, seed=seed, mutant=mutant)
    began, crashes = time.monotonic(), cluster.crashes
    try:
        found.run(trial)
    except SkippedError as why:
        trial.result.skipped = str(why)
    except Exception as error:  # A row that fails must not stop the others, and counts as broken.
        trial.result.failed = f"{type(error).__name__}: {error}"
    trial.result.seconds = time.monotonic() - began
    trial.result.crashes = cluster.crashes - crashes
    return trial


def as_mapping(result: Result) -> Mapping[str, Any]:
    return {**result.__dict__, "good": result.good}
