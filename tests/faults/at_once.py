"""Several rows at a time, each process with a PostgreSQL of its own: most rows wait more than they work."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty

from tests.faults import rows as _rows  # noqa: F401 - registers the rows
from tests.faults import stopping
from tests.faults.rows_of_peers import MIXED
from tests.faults.trial import ROWS, Result, attempt
from tests.faults.world import Cluster

LONGEST = 420.0  # seconds that one row may take


@dataclass(frozen=True)
class Job:
    """A row, or the trial of a mutant."""

    row: str
    size: float
    seed: int
    mutant: str = ""


Part = tuple[Job, ...]  # what one process does, one after the other
Told = tuple[int, Job, Result | None]  # which process; without a result, the job was begun


def at_once(jobs: Sequence[Job], processes: int, folder: Path) -> Generator[tuple[Job, Result], None, None]:
    """Results as they come. A process that dies or hangs costs its row, which then counts as broken."""
    context = multiprocessing.get_context("spawn")
    waiting: Queue[Part | None] = context.Queue()
    told: Queue[Told] = context.Queue()
    parts = in_parts(jobs)
    for part in parts:
        waiting.put(part)
    left = set(jobs)
    begun: dict[int, tuple[Job, float]] = {}
    running: dict[int, BaseProcess] = {}
    started = 0
    try:
        while left:
            while len(running) < min(processes, len(left)):
                started += 1
                running[started] = context.Process(
                    target=work, args=(folder / str(started), started, waiting, told)
                )
                running[started].start()
            try:
                who, job, result = told.get(timeout=1)
            except Empty:
                for job, result in fallen(running, begun):
                    left.discard(job)
                    for part in parts:
                        if job in part and (rest := tuple(each for each in part if each in left)):
                            waiting.put(rest)
                    yield job, result
                continue
            if result is None:
                begun[who] = (job, time.monotonic())
                continue
            begun.pop(who, None)
            left.discard(job)
            yield job, result
    finally:
        for process in running.values() if left else ():
            process.terminate()  # in the middle of a row, which closes what it has open
        for _ in running:
            waiting.put(None)
        for process in running.values():
            process.join(30)  # it stops its PostgreSQL
            process.kill()


def fallen(
    running: dict[int, BaseProcess], begun: dict[int, tuple[Job, float]]
) -> Iterator[tuple[Job, Result]]:
    """Bury the processes that died or hang; each with the row that it did not end."""
    for who, process in list(running.items()):
        job, since = begun.get(who, (None, time.monotonic()))
        seconds = time.monotonic() - since
        if process.is_alive() and seconds < LONGEST:
            continue
        process.terminate()  # one that hangs may still close what it has open
        process.join(20)
        process.kill()
        process.join()
        del running[who]
        begun.pop(who, None)
        if job is None:
            raise RuntimeError("a process of the judge could not begin")
        found = Result(job.row, ROWS[job.row].fault, seconds=seconds)
        found.failed = f"it did not come to its end within {LONGEST:.0f} s, or its process died"
        yield job, found


def in_parts(jobs: Sequence[Job]) -> list[Part]:
    """The rows that share their worlds, for one process and first, since they take longest; then the others."""
    shared = tuple(job for job in jobs if job.row in MIXED)
    return [*([shared] if shared else []), *((job,) for job in jobs if job not in shared)]


def work(folder: Path, who: int, waiting: Queue[Part | None], told: Queue[Told]) -> None:
    """One process: jobs until there are none."""
    stopping.listen()
    try:
        with Cluster(folder) as cluster:
            while (part := waiting.get()) is not None:
                for job in part:
                    told.put((who, job, None))
                    trial = attempt(cluster, ROWS[job.row], size=job.size, seed=job.seed, mutant=job.mutant)
                    told.put((who, job, trial.result))
                    cluster.start()  # whatever the row has left of it
    except stopping.Stopped as stopped:
        stopping.sweep()
        sys.exit(stopped.status)
