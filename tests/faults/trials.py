"""Runs that catch mutants, each sharp against one kind of wrong. On the code as it is they find nothing."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterable
from typing import Any

import psutil

from tests.faults.rows_of_death import keep_killing
from tests.faults.scripts import SCRIPTS
from tests.faults.trial import Trial, row
from tests.faults.world import World

BRISK = {"latency": 0.01}
CUTS = {name: script.cuts for name, script in SCRIPTS.items()}
SLOW_ONES = ("slowdot", "stalldot", "slowread", "alwayscut")


def one_of_each(names: Iterable[str]) -> dict[str, float]:
    return dict.fromkeys(names, 1.0)


@row("M.kill", "trial: senders are killed", slow=True)
def kill(trial: Trial) -> None:
    with trial.world(1_500, plan=BRISK, connections=8) as world:
        keep_killing(world, 16)
        world.drain(60)
        trial.judge(world, kills=world.figures.kills)


@row("M.database", "trial: PostgreSQL is killed", slow=True)
def database(trial: Trial) -> None:
    with trial.world(2_500, plan=BRISK, connections=8) as world:
        world.start_senders(3)
        for turn in range(6):
            if not world.goes_on(60):
                break
            world.cluster.crash("kill" if turn % 2 else "immediate")
        world.drain(60)
        trial.judge(world)


@row("M.zombie", "trial: a sender comes back after it was given up", slow=True)
def zombie(trial: Trial) -> None:
    settings = {"ROUNDS_LEASE_SECONDS": "2"}
    with trial.world(6, scripts={"slowdot": 1.0}, connections=1, settings=settings) as world:
        elsewhere = world.other_host("elsewhere")
        ghost = elsewhere.fork(
            "tests.faults.actors:sender",
            {"ROUNDS_FAILPOINT": "after_intent:stop"},
            world.folder / "ghost.log",
        )
        world.until(lambda: stopped(ghost), "the stop after an intent", 20)
        [[haunted]] = world.query("SELECT id FROM delivery WHERE state = 2")
        world.until(lambda: state_of(world, haunted) != 2, "the end of the ghost's lease", 20)
        world.start_sender()
        world.until(lambda: state_of(world, haunted) == 2, "somebody else's intent", 30)
        time.sleep(0.3)
        world.signal(ghost, signal.SIGCONT)
        world.drain(40)
        verdicts = trial.judge(world)
        trial.expect(
            verdicts.duplicated == 0, f"{verdicts.duplicated} second copies, and the ghost had sent none"
        )
        elsewhere.close()


@row("M.guard", "trial: a sender sleeps between intent and dot", slow=True)
def guard(trial: Trial) -> None:
    with trial.world(60, connections=2) as world:
        sleeper = world.start_sender("after_intent:stop:5")
        world.until(lambda: stopped(sleeper), "the stop after an intent", 20)
        world.launcher.wait(world.leavers(most=8, seconds=2.0, states=(1, 2)), 10)
        trial.expect(world.withdrawn(), "nobody could leave in the meantime")
        time.sleep(1.2)
        world.signal(sleeper, signal.SIGCONT)
        world.drain(40)
        trial.judge(world)


@row("M.consent", "trial: consent goes, and nobody pushes", slow=True)
def consent(trial: Trial) -> None:
    behind_the_back(
        trial, "UPDATE subscription SET status = 'withdrawn' WHERE subscriber_id = %(subscriber)s"
    )


@row("M.suppression", "trial: a complaint comes, and nobody pushes", slow=True)
def suppression(trial: Trial) -> None:
    behind_the_back(
        trial,
        "INSERT INTO suppression (address_key, scope, reason, created_at)"
        " SELECT address_key, 'all', 'complaint', now() FROM subscriber WHERE id = %(subscriber)s",
    )


def behind_the_back(trial: Trial, statement: str) -> None:
    """Somebody says no by a path that does not know of the queue: the intent must see it all the same."""
    with trial.world(300, plan={"latency": 0.03}, connections=2) as world:
        world.start_sender()
        world.dots_reach(20)
        with world.cluster.connect(world.database) as connection:
            found = connection.execute(
                "SELECT subscriber_id, address_key FROM delivery WHERE state = 0 ORDER BY id DESC LIMIT 30"
            ).fetchall()
            for subscriber, key in found:
                connection.execute(statement, {"subscriber": subscriber})  # type: ignore[arg-type]
                world.note_withdrawn(world.who(key))
        world.drain(60)
        trial.judge(world)


@row("M.share", "trial: consent goes while the intent waits for a lock", slow=True)
def share(trial: Trial) -> None:
    with trial.world(300, plan={"latency": 0.03}, connections=2) as world:
        world.start_sender()
        world.dots_reach(10)
        for _ in range(5):
            hold_and_withdraw(world)
        world.drain(60)
        trial.judge(world, slow_unsubscribe=0.25)


def hold_and_withdraw(world: World) -> None:
    with world.cluster.connect(world.database) as holder, world.cluster.connect(world.database) as leaver:
        holder.autocommit = False
        found = holder.execute(
            "SELECT subscriber_id, address_key FROM delivery"
            " WHERE state = 1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).fetchall()
        if not found:
            return
        subscriber, key = found[0]
        address = world.who(key)
        time.sleep(0.15)  # The intent is at the row by now, and waits.

        def withdraw() -> None:
            leaver.execute(
                "UPDATE subscription SET status = 'withdrawn' WHERE subscriber_id = %s", [subscriber]
            )
            world.note_withdrawn(address)

        leaving = threading.Thread(target=withdraw)
        leaving.start()
        time.sleep(0.6)
        holder.rollback()
        leaving.join(10)


@row("M.pause", "trial: a campaign is paused in the middle", slow=True)
def pause(trial: Trial) -> None:
    with trial.world(1_500, plan=BRISK) as world:
        world.start_senders(2)
        world.dots_reach(100)
        at = world.steer("pause")
        time.sleep(2.5)
        late = [dot for dot in world.read_dots() if dot.at > at + 1.0]
        trial.expect(not late, f"{len(late)} dots later than a second after the pause was acknowledged")
        world.steer("resume")
        world.drain(60)
        trial.judge(world)


@row("M.skew", "trial: the wall clock jumps two hours ahead", slow=True)
def skew(trial: Trial) -> None:
    with trial.world(200, scripts={"slowdot": 0.2, "plain": 0.8}, connections=8) as world:
        world.start_senders(2)
        world.dots_reach(10)
        world.clock.put(world.clock.get() + 7_200)
        world.drain(60)
        verdicts = trial.judge(world)
        trial.expect(
            not verdicts.ambiguous and not verdicts.duplicated,
            f"{verdicts.ambiguous} doubts and {verdicts.duplicated} second copies, and nobody died",
        )


@row("M.retry", "trial: everybody is put off once", slow=True)
def retry(trial: Trial) -> None:
    with trial.world(40, scripts={"greylist": 0.5, "plain": 0.5}) as world:
        world.drain(25)
        trial.judge(world, cuts=CUTS)


@row("M.replies", "trial: one reader for each script", slow=True)
def replies(trial: Trial) -> None:
    names = [name for name in SCRIPTS if name not in SLOW_ONES]
    for chunking in (False, True):
        with trial.world(
            len(names) * 2, scripts=one_of_each(names), plan={"chunking": chunking}, each=True
        ) as world:
            world.drain(60)
            trial.judge(world, cuts=CUTS, proven=False)
        if trial.result.broken:
            return  # the mutant is found out


@row("M.twice", "trial: no reply to a dot ever comes", slow=True)
def twice(trial: Trial) -> None:
    for policy in ("default", "always_resend"):
        with trial.world(10, policy=policy, scripts={"alwayscut": 1.0}) as world:
            world.drain(40)
            trial.judge(world, cuts=CUTS, proven=False)


@row("M.never", "trial: replies are cut under never_resend", slow=True)
def never(trial: Trial) -> None:
    with trial.world(20, policy="never_resend", scripts={"keptdrop": 0.5, "lostdrop": 0.5}) as world:
        world.drain(40)
        trial.judge(world, cuts=CUTS, proven=False)


@row("M.restart", "trial: PostgreSQL restarts in good order", slow=True)
def restart(trial: Trial) -> None:
    with trial.world(1_500, plan=BRISK, connections=8) as world:
        world.start_senders(2)
        for _ in range(4):
            if not world.goes_on(60):
                break
            world.cluster.restart()
        world.drain(60)
        trial.judge(world)


def stopped(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False


def state_of(world: World, delivery: int) -> Any:
    return world.query("SELECT state FROM delivery WHERE id = %s", [delivery])[0][0]
