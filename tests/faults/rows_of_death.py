"""C1: a process dies, is stopped, or comes back."""

from __future__ import annotations

import time
from contextlib import suppress

from tests.faults.trial import Trial, row
from tests.faults.world import BrokenError, World

SLOW = {"latency": 0.01}  # seconds for an answer, so that a kill falls into the middle of some dots


def keep_killing(
    world: World, kills: int, *, senders: int = 2, least: float = 0.08, most: float = 0.5
) -> None:
    """Kill senders at random until so many are dead or nearly all is sent.

    Not before the route has proven itself: after a crash on a new one, mail is sent once more.
    """
    world.start_senders(senders)
    with suppress(BrokenError):  # where it never is, the checker says why
        world.until(world.proven, "a route that is proven", 20)
    while world.figures.kills < kills and world.sink.dots() < world.size * 0.95:
        time.sleep(world.draw.uniform(least, most))
        world.bury()
        if world.senders:
            world.kill()
        while len(world.senders) < senders:
            world.start_sender()


@row("C1.02", "kill -9 of senders at random")
def random_kills(trial: Trial) -> None:
    for policy in ("default", "never_resend", "always_resend"):
        with trial.world(3_000, policy=policy, plan=SLOW) as world:
            keep_killing(world, 30)
            world.drain()
            trial.judge(world, kills=world.figures.kills)


@row("C1.05", "SIGTERM: what is on the wire ends, nothing begins")
def stopped(trial: Trial) -> None:
    with trial.world(1_500, plan=SLOW) as world:
        for _ in range(4):
            world.start_senders(2)
            before = world.sink.dots()
            world.dots_reach(before + 100)
            world.stop_senders()
        world.drain()
        verdicts = trial.judge(world)
        trial.expect(verdicts.ambiguous == 0, f"{verdicts.ambiguous} attempts in doubt after orderly stops")


@row("C1.06", "zombies: SIGSTOP, then SIGCONT")
def zombies(trial: Trial) -> None:
    for policy in ("default", "never_resend"):
        with trial.world(1_500, policy=policy, plan=SLOW) as world:
            world.start_senders(3)
            world.dots_reach(50)
            while world.sink.dots() < world.size * 0.9:
                world.bury()
                while len(world.senders) < 3:
                    world.start_sender()
                frozen = world.draw.choice(world.senders)
                world.freeze(frozen, world.draw.uniform(0.2, 2.5))
                time.sleep(0.1)
            world.drain()
            trial.judge(world)
