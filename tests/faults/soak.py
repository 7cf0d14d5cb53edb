"""The storm: every fault at once, at random, by a seed that is printed (C8.85)."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator

from tests.faults.scripts import SCRIPTS
from tests.faults.trial import Result, Trial
from tests.faults.world import Cluster, World

POLICIES = ("default", "default", "never_resend", "always_resend")
ODD = [name for name in SCRIPTS if name not in ("plain", "stalldot", "slowread")]


def soak(cluster: Cluster, seconds: float, seed: int) -> Iterator[Result]:
    """Storm after storm until the time is up."""
    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        number += 1
        yield storm(cluster, seed + number, number)


def storm(cluster: Cluster, seed: int, number: int) -> Result:
    """One campaign in bad weather. The seed decides everything that we decide."""
    draw = random.Random(seed)
    policy = draw.choice(POLICIES)
    odd = draw.random() < 0.5
    scripts = {"plain": 0.85, **{name: 0.15 / len(ODD) for name in ODD}} if odd else {"plain": 1.0}
    trial = Trial(
        cluster, f"S{number:04}", f"storm {seed}, {policy}{', odd peers' if odd else ''}", size=1.0, seed=seed
    )
    began, crashes = time.monotonic(), cluster.crashes
    try:
        plan = {
            "latency": draw.choice([0.002, 0.01, 0.03]),
            "chunking": draw.random() < 0.5,
            "limit": draw.choice([0, 50]),
        }
        size, connections = draw.randint(500, 3_000), draw.choice([1, 4, 12])
        with trial.world(size, policy=policy, scripts=scripts, plan=plan, connections=connections) as world:
            weather(world, draw)
            world.drain(120)
            trial.judge(world, proven=not odd, kills=world.figures.kills)
    except Exception as error:
        trial.result.failed = f"{type(error).__name__}: {error}"
    trial.result.seconds = time.monotonic() - began
    trial.result.crashes = cluster.crashes - crashes
    return trial.result


def weather(world: World, draw: random.Random) -> None:
    """Faults until nearly all is sent, or for half a minute."""
    world.start_senders(draw.randint(1, 3))
    world.leavers(most=world.size // 20, seconds=30)
    until = time.monotonic() + 30
    while time.monotonic() < until and world.sink.dots() < world.size * 0.9:
        time.sleep(draw.uniform(0.05, 0.6))
        world.bury()
        while len(world.senders) < 2:
            world.start_sender()
        fault = draw.choices(
            ("kill", "freeze", "database", "database_kill", "sink", "term", "pause"), (50, 8, 5, 3, 4, 6, 4)
        )[0]
        if fault == "kill":
            world.kill()
        elif fault == "freeze":
            world.freeze(draw.choice(world.senders), draw.uniform(0.1, 2.5))
        elif fault.startswith("database"):
            world.cluster.crash("kill" if fault.endswith("kill") else "immediate", down=draw.choice([0, 0.5]))
        elif fault == "sink":
            world.sink.kill()
            time.sleep(draw.uniform(0, 0.5))
            world.sink.start()
        elif fault == "term":
            world.signal(draw.choice(world.senders), signal.SIGTERM)
        elif fault == "pause":
            world.steer("pause")
            time.sleep(draw.uniform(0.1, 0.5))
            world.steer("resume")
