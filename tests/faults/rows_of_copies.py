"""C3.32b and C3.32c: the database is put back, or copied, and must send nothing until a person says so (G15)."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress

from tests.faults.trial import Trial, row
from tests.faults.world import Launcher, World

SLOW = {"latency": 0.01}
QUIET = 4.0  # seconds in which nothing may leave


def nobody_at_work(world: World) -> None:
    """Senders and scheduler end: no session holds the database."""
    while world.senders:
        world.kill()
    with suppress(ProcessLookupError):
        os.killpg(world.ticker, signal.SIGKILL)
    world.launcher.wait(world.ticker)


def copy_database(world: World, name: str) -> None:
    world.cluster.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    world.cluster.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{world.database}'"
    )
    world.cluster.execute(f"CREATE DATABASE {name} TEMPLATE {world.database}")


def put_back(world: World, name: str) -> None:
    """The database as it was when it was copied."""
    world.cluster.execute(f"DROP DATABASE {world.database} WITH (FORCE)")
    world.cluster.execute(f"ALTER DATABASE {name} RENAME TO {world.database}")


def silent(trial: Trial, world: World, what: str) -> None:
    before = world.sink.dots()
    time.sleep(QUIET)
    trial.expect(
        world.sink.dots() == before, f"{what}: {world.sink.dots() - before} dots before it was confirmed"
    )


def confirm(world: World) -> None:
    """`rounds sending confirm`, as often as the scheduler is in its way."""
    world.launcher.do("tests.faults.actors:rounds", arguments=["sending", "confirm"])


@row("C3.32b", "restored to an earlier moment of a send; cloned")
def put_back_and_cloned(trial: Trial) -> None:
    for policy in ("default", "never_resend"):
        with trial.world(1_000, policy=policy, plan=SLOW) as world:
            kept = f"{world.database}_kept"
            world.start_senders(2)
            world.until(world.proven, "a proven route")
            nobody_at_work(world)
            copy_database(world, kept)
            world.start_ticker()
            world.start_senders(2)
            world.dots_reach(world.size * 4 // 5)
            nobody_at_work(world)
            put_back(world, kept)
            world.start_ticker()
            world.start_senders(2)
            silent(trial, world, f"restored, {policy}")
            nobody_at_work(world)
            confirm(world)
            world.start_ticker()
            world.drain()
            trial.judge(world, kills=world.figures.kills)


@row("C3.32c", "a clone of database and data folder beside the original")
def cloned(trial: Trial) -> None:
    with trial.world(1_000, plan=SLOW) as world:
        world.start_senders(2)
        world.until(world.proven, "a proven route")
        nobody_at_work(world)
        clone = f"{world.database}_clone"
        copy_database(world, clone)
        for name, copied in (("with its folder", True), ("with an empty folder", False)):
            folder = world.folder / f"clone-{copied}"
            if copied:
                shutil.copytree(world.folder / "journal", folder / "journal")
                shutil.copytree(world.folder / "fence", folder / "fence")
            folder.mkdir(exist_ok=True)
            environment = {
                **world.environment,
                "DATABASE_URL": world.cluster.url(clone),
                "ROUNDS_DATA_DIR": str(folder),
            }
            with Launcher(environment) as elsewhere:
                elsewhere.fork("tests.faults.actors:sender")
                elsewhere.fork("tests.faults.actors:ticker")
                silent(trial, world, f"a clone {name}")
        world.cluster.execute(f"DROP DATABASE {clone} WITH (FORCE)")
        world.start_ticker()
        world.drain()
        trial.judge(world, kills=world.figures.kills)
