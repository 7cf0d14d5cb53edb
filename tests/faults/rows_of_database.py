"""C3: PostgreSQL crashes, goes away, fills its disk, lies, or is put back to an earlier day.

C3.31 and C3.32, with databases for data folders, are in `rows_of_copies`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from pipeline.gateways import embedded_postgres
from pipeline.gateways.embedded_process import own_folder
from pipeline.settings import socket_folder
from tests.faults.trial import SkippedError, Trial, row
from tests.faults.trials import BRISK
from tests.faults.wire import INTENT, RESULT, Wire
from tests.faults.world import BrokenError, Cluster, World

NOT_HERE = {
    "C3.29": "corrupt pages: PostgreSQL refuses them by its checksums; a claim that raises sends nothing (C3.24)",
    "C3.30": "a long transaction elsewhere slows the vacuum; it is a figure of the benchmark, not of the judge",
    "C3.33": "migrations while old code runs: there is one version so far",
    "C3.34": "a sealer of the ledger: this version has none",
}
POLICIES = ("default", "never_resend", "always_resend")


def more_dots(world: World, count: int) -> None:
    """Wait for so many more, or for nearly all."""
    before = world.sink.dots()
    world.until(lambda: world.sink.dots() >= min(before + count, world.size * 0.97), f"{count} more dots", 60)


def dots_between(world: World, start: float, end: float) -> int:
    return sum(start < dot.at < end for dot in world.read_dots())


@row("C3.20", "PostgreSQL crashes during a send")
def crashes(trial: Trial) -> None:
    for policy in POLICIES:
        with trial.world(900, policy=policy, plan=BRISK, connections=8) as world:
            world.start_senders(2)
            world.until(world.proven, "a route that is proven")
            turns = max(2, round(4 * trial.scale))
            for turn in range(turns):
                more_dots(world, 60)
                world.cluster.crash("kill" if turn % 2 else "immediate")
            world.drain(60)
            verdicts = trial.judge(world)
            if policy == "never_resend":
                trial.expect(verdicts.duplicated == 0, f"{verdicts.duplicated} second copies")


@row("C3.21", "control: commits that do not wait for the disk")
def control(trial: Trial) -> None:
    """The same crashes, and intents that are not on the disk: whoever sees nothing wrong here sees nothing.

    The fence is off too. With it, the journals know of dots that the database has forgotten, and sending stops.
    """
    told: tuple[str, ...] = ()
    for _ in range(3):
        with trial.world(900, plan=BRISK, connections=8, mutant="asynchronous_intent_no_fence") as world:
            world.start_senders(2)
            for turn in range(4):
                more_dots(world, 60)
                world.cluster.crash("kill" if turn % 2 else "immediate")
            world.drain(60)
            found = world.verdicts()
            # Only what an intent that was lost brings about: more copies than doubts, or mail that was never allowed.
            told = (*found.beyond_g4, *found.phantom, *found.lost)
            trial.result.notes["seen"] = (found.duplicated, found.ambiguous, *told[:2])
        if told:
            break
    trial.expect(
        told, "three runs with synchronous_commit = off, and no copy was found that no doubt explains"
    )


@row("C3.22", "restarts while results wait")
def restarts(trial: Trial) -> None:
    with trial.world(900, plan=BRISK, connections=8) as world:
        world.start_senders(2)
        world.until(world.proven, "a route that is proven")
        for _ in range(3):
            more_dots(world, 60)
            server = world.cluster.server
            process = server.running()
            assert process is not None
            server.stop(process)
            away = time.monotonic()
            time.sleep(1.2)
            back = time.monotonic()
            world.cluster.start()
            # What was committed just before may still be on its way; half a second is half of what the guard allows.
            late = dots_between(world, away + 0.5, back)
            trial.expect(late == 0, f"{late} dots while there was no database")
        world.drain(60)
        verdicts = trial.judge(world)
        trial.expect(
            verdicts.ambiguous == 0 and verdicts.duplicated == 0,
            f"{verdicts.ambiguous} doubts and {verdicts.duplicated} second copies after orderly restarts",
        )


@row("C3.23", "the connection is cut when COMMIT was sent")
def cut_at_commit(trial: Trial) -> None:
    for policy in ("default", "never_resend"):
        with Wire(trial.cluster.server.socket) as wire:
            world = trial.world(96, policy=policy, plan=BRISK, connections=4)
            world.settings["DATABASE_URL"] = wire.url(world.database)
            with world:
                world.start_sender()
                for text in (INTENT, RESULT, INTENT, RESULT, INTENT):
                    more_dots(world, 6)
                    wire.cut(text)
                    world.until(lambda text=text: not wire.cuts[text], "a cut", 20)
                world.drain(60)
                verdicts = trial.judge(world)
                trial.expect(wire.done == {INTENT: 3, RESULT: 2}, f"cuts: {wire.done}")
                trial.expect(verdicts.ambiguous == 0, f"{verdicts.ambiguous} doubts, and no reply was lost")
                # Each letter has one dot: had one left after an intent that was cut, it would have two.
                dots = len(world.read_dots())
                trial.expect(dots == world.size, f"{dots} dots for {world.size} letters")
                [[cut]] = world.query("SELECT count(*) FROM attempt WHERE cause = 'abandoned'")
                trial.expect(cut >= 3, f"{cut} attempts were abandoned at a cut")


@row("C3.24", "backends are terminated at random")
def terminated(trial: Trial) -> None:
    with trial.world(600, plan={"latency": 0.05}, connections=4) as world:
        world.start_senders(2)
        world.dots_reach(20)
        ended = 0
        while world.sink.dots() < world.size * 0.95 and ended < 60:
            found = world.query(
                "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) one"
            )
            ended += found[0][0]
            time.sleep(0.1)
        world.drain(60)
        verdicts = trial.judge(world)
        trial.expect(ended > 4, f"{ended} backends were terminated")
        trial.expect(verdicts.ambiguous == 0, f"{verdicts.ambiguous} doubts, and no reply was lost")
        trial.result.notes["terminated"] = ended


@row("C3.25", "deadlocks and locks held too long")
def deadlocks(trial: Trial) -> None:
    with trial.world(400, plan={"latency": 0.02}, connections=4) as world:
        world.start_sender()
        world.dots_reach(20)
        for turn in range(6):
            cross(world, hold=6.0 if turn == 5 else 0.2)
        world.drain(60)
        verdicts = trial.judge(world)
        [[count]] = world.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        trial.expect(count > 0, "no deadlock came about")
        trial.expect(verdicts.ambiguous == 0 and verdicts.duplicated == 0, "a lock left a doubt")
        trial.result.notes["deadlocks"] = count


def cross(world: World, hold: float) -> None:
    """Lock a delivery that is in hand, then its subscription: an intent takes them the other way round."""
    with world.cluster.connect(world.database) as other:
        other.autocommit = False
        found = other.execute(
            "SELECT subscriber_id FROM delivery WHERE state = 1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).fetchall()
        if not found:
            other.rollback()
            return
        time.sleep(hold)  # an intent has locked the subscription by now, and waits for the delivery
        with suppress(psycopg.errors.DeadlockDetected):
            other.execute("SELECT 1 FROM subscription WHERE subscriber_id = %s FOR UPDATE", found[0])
        other.rollback()


@row("C3.26", "too many connections")
def too_many(trial: Trial) -> None:
    options = embedded_postgres.OPTIONS
    usual = options["max_connections"]
    options["max_connections"] = "20"
    try:
        trial.cluster.restart()
        with trial.world(800, plan=BRISK, connections=4) as world:
            world.start_senders(8)  # up to four connections each
            died, refused = 0, 0
            until = time.monotonic() + 8
            while time.monotonic() < until and world.sink.dots() < world.size:
                # One that finds no connection at its start has nothing in hand, and ends; the next bell tries again.
                died += len(world.bury())
                try:
                    psycopg.connect(trial.cluster.url(world.database)).close()
                except psycopg.OperationalError:
                    refused += 1
                time.sleep(0.1)
            trial.expect(refused > 0, "there were connections for everybody: nothing was tried")
            trial.result.notes |= {"refused": refused, "died": died}
            world.stop_senders()
            world.drain(60)
            verdicts = trial.judge(world)
            trial.expect(verdicts.ambiguous == 0, f"{verdicts.ambiguous} doubts, and no reply was lost")
    finally:
        options["max_connections"] = usual
        trial.cluster.restart()


@row("C3.27", "the disk of the database is full")
def disk_full(trial: Trial) -> None:
    with small_disk(trial, megabytes=220) as cluster:
        world = trial.world(600, plan=BRISK, connections=4)
        world.cluster = cluster
        world.folder = trial.cluster.folder / "worlds" / world.name
        with world:
            world.start_senders(2)
            world.dots_reach(80)
            ballast = cluster.server.folder / "ballast"
            fill(ballast)
            log = cluster.server.log
            before = log.read_text(errors="replace").count("No space left")
            full_from = time.monotonic()
            # Segments of the log that are there already may be written for a while.
            with suppress(BrokenError):
                world.until(
                    lambda: log.read_text(errors="replace").count("No space left") > before, "an error", 15
                )
            noticed = time.monotonic()
            time.sleep(2.5)
            until = time.monotonic()
            ballast.unlink()
            felt = log.read_text(errors="replace").count("No space left") > before
            trial.expect(felt, f"nothing was short of room in {noticed - full_from:.0f} s")
            down = cluster.server.running() is None
            late = dots_between(world, noticed + 1.2, until) if down else 0
            trial.expect(late == 0, f"{late} dots while the database was down")
            cluster.start()
            world.drain(60)
            verdicts = trial.judge(world)
            trial.expect(verdicts.duplicated == 0, f"{verdicts.duplicated} second copies")
            trial.result.notes["went down"] = down


@contextmanager
def small_disk(trial: Trial, megabytes: int) -> Iterator[Cluster]:
    """A copy of the cluster on a file system of its own that is soon full."""
    if os.geteuid() != 0:
        raise SkippedError("only root can mount a small file system")
    folder = Path(tempfile.mkdtemp(prefix="judge-disk-"))
    folder.chmod(0o755)
    own = trial.cluster.server
    copy = Cluster(folder)
    own_folder(copy.server.folder, copy.server.user)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(copy.server.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        shutil.rmtree(folder)
        raise SkippedError(f"no small file system here: {mounted.stderr.strip()}")
    try:
        with stopped(trial.cluster):
            subprocess.run(["cp", "-a", f"{own.folder}/.", str(copy.server.folder)], check=True)
        own_folder(copy.server.folder, copy.server.user)
        with copy:
            yield copy
    finally:
        subprocess.run(["umount", "-l", str(copy.server.folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(socket_folder(folder), ignore_errors=True)


@contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    """In good order, for as long as it takes."""
    if process := cluster.server.running():
        cluster.server.stop(process)
    try:
        yield
    finally:
        cluster.start()


def fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)


@row("C3.28", "the disk says that it did not write")
def no_fsync(trial: Trial) -> None:
    if not shutil.which("strace"):
        raise SkippedError("strace is not installed")
    with trial.world(900, plan=BRISK, connections=4) as world:
        world.start_senders(2)
        world.until(world.proven, "a route that is proven")
        log = world.cluster.server.log
        for _ in range(2):
            more_dots(world, 40)
            before = log.read_text(errors="replace").count("PANIC")
            with failing_disk(world):
                world.until(
                    lambda before=before: log.read_text(errors="replace").count("PANIC") > before,
                    "a PANIC",
                    20,
                )
            world.cluster.crashes += 1
            world.cluster.start()  # it comes back by itself; this waits for it
        world.drain(60)
        verdicts = trial.judge(world)
        trial.expect(verdicts.beyond_g4 == (), "more copies than G4 allows")


@contextmanager
def failing_disk(world: World) -> Iterator[None]:
    """From the fifth write to the disk on, each process of PostgreSQL hears EIO."""
    process = world.cluster.server.running()
    assert process is not None
    pids = [part for child in process.children() for part in ("-p", str(child.pid))]
    tracer = subprocess.Popen(
        [
            "strace",
            "-qq",
            "-f",
            "-e",
            "trace=fdatasync,fsync",
            "-e",
            "inject=fdatasync,fsync:error=EIO:when=5+",
            *pids,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(0.3)
    # It ends with those that it traces, and the first of them to hear EIO takes all down: only a refusal is a reason.
    if tracer.poll() is not None and "not permitted" in (
        said := tracer.stderr.read() if tracer.stderr else ""
    ):
        raise SkippedError(f"strace may not trace here: {said.strip()[:120]}")
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            tracer.wait(5)
        tracer.kill()
        tracer.wait()
        if tracer.stderr:
            tracer.stderr.close()


@row("C3.32f", "an older copy of the data folder is put back")
def restored(trial: Trial) -> None:
    with trial.world(1_000, plan=BRISK, connections=4) as world:
        world.start_senders(2)
        world.dots_reach(30)
        data = world.cluster.server.folder
        copy = data.with_name("postgres.copy")
        everybody_out(world)
        with stopped(world.cluster):
            subprocess.run(["cp", "-a", str(data), str(copy)], check=True)
        world.start_ticker()
        world.start_senders(2)
        more_dots(world, 80)
        everybody_out(world)  # a kill would add doubts of its own, and those are the business of C1
        with stopped(world.cluster):
            shutil.rmtree(data)
            copy.rename(data)
        put_back(trial, world)


def everybody_out(world: World) -> None:
    """Senders and the scheduler end."""
    world.stop_senders()
    with suppress(ProcessLookupError):
        os.killpg(world.ticker, signal.SIGKILL)
    world.launcher.wait(world.ticker)
    time.sleep(0.3)  # their sessions end


def put_back(trial: Trial, world: World) -> None:
    """An older database: nothing leaves before a person has confirmed, and nobody gets a second copy then."""
    before = world.sink.dots()
    world.start_ticker()
    world.start_senders(2)
    time.sleep(3)
    after = world.sink.dots()
    trial.expect(
        after == before, f"{after - before} dots from a copy of the database that nobody has confirmed"
    )
    trial.expect(
        any("rounds sending confirm" in said for said in world.alerts()), f"nobody is told: {world.alerts()}"
    )
    everybody_out(world)
    world.launcher.do("tests.faults.actors:rounds", arguments=["sending", "confirm"])
    if world.query("SELECT 1 FROM campaign WHERE state = 'paused'"):
        world.steer("resume")
    world.start_ticker()
    world.drain(60)
    trial.expect(world.sink.dots() > after, "nothing left after it was confirmed")
    verdicts = trial.judge(world, proven=False)
    trial.expect(verdicts.duplicated == 0, f"{verdicts.duplicated} second copies on the same host")
