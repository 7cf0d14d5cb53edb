"""Words found wrong in mid-send: they stop, and exactly their readers are written to, though senders die (E-10)."""

from __future__ import annotations

import json
import time

from tests.faults.checker import Dot, uid_of
from tests.faults.trial import Trial, row
from tests.faults.world import World

BRISK = {"latency": 0.01}
STOPPED_WITHIN = 1.0  # seconds from the acknowledged mark to the last faulty dot, as for a pause (G13)
CORRECTIONS = "m.fault_id IS NOT NULL"


@row("M.wrong", "trial: an issue is marked wrong in the middle, and corrected", slow=True)
def wrong(trial: Trial) -> None:
    with trial.world(1_200, plan=BRISK) as world:
        world.start_senders(2)
        world.dots_reach(300)
        out = world.folder / "wrong.json"
        world.launcher.do("tests.faults.actors:mark_wrong", out=str(out))
        marked = json.loads(out.read_text())
        world.kill()
        time.sleep(2.5)
        late = [dot for dot in faulty(world) if dot.at > marked["at"] + STOPPED_WITHIN]
        trial.expect(not late, f"{len(late)} faulty dots later than a second after the mark")
        had_it = {dot.recipient for dot in faulty(world)}
        trial.expect(
            0 < len(had_it) < 1_200, f"{len(had_it)} of 1,200 had the faulty version: little was proved"
        )
        leaver = world.leavers(most=10, seconds=5, states=(10,))
        world.launcher.wait(leaver, 10)
        world.launcher.do("tests.faults.actors:correct", fault=marked["fault"])
        world.start_senders(2)
        world.until(lambda: corrected(world), "a letter of correction", 30)
        world.kill()
        world.drain(90)
        world.until(
            lambda: world.query(f"SELECT 1 FROM mailing m WHERE {CORRECTIONS} AND state = 'finished'"),
            "an end",
            60,
        )
        trial.judge(world, kills=world.figures.kills)
        written = corrected(world)
        owed = had_it - set(world.withdrawn())
        told = {dot.recipient for dot in written}
        trial.expect(
            not owed - told, f"{len(owed - told)} of {len(owed)} had the faulty version and were not told"
        )
        trial.expect(not told - had_it, f"{len(told - had_it)} were corrected who never had it")
        trial.result.notes["had the faulty version"] = len(had_it)
        trial.result.notes["were told"] = len(told)


def faulty(world: World) -> list[Dot]:
    theirs = uids(world, f"NOT ({CORRECTIONS})")
    return [dot for dot in world.read_dots() if uid_of(dot.message_id) in theirs and dot.kept]


def corrected(world: World) -> list[Dot]:
    theirs = uids(world, CORRECTIONS)
    return [dot for dot in world.read_dots() if uid_of(dot.message_id) in theirs and dot.kept]


def uids(world: World, which: str) -> set[str]:
    found = world.query(f"SELECT d.uid FROM delivery d JOIN mailing m ON m.id = d.mailing_id WHERE {which}")
    return {uid.hex for (uid,) in found}
