"""C1: a process dies, is stopped, or comes back."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

import psutil

from tests.faults.mailboxes import key_of
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


@row("C1.03", "the pump dies with all its children")
def whole_group(trial: Trial) -> None:
    with trial.world(800, plan=SLOW, ticks=False) as world:
        for turn in range(5):
            pump = world.start_pump()
            if turn == 0:  # a route that has proven nothing is sent to once more after a crash of ours
                world.until(world.proven, "the proof of the route", 30)
            world.goes_on(60, 30)
            children = psutil.Process(pump).children(recursive=True)
            trial.expect(children, "the pump had no sender")
            world.kill(pump)
            gone, alive = psutil.wait_procs(children, 5)
            trial.expect(not alive, f"{len(alive)} senders outlived their group of {len(gone)}")
        world.start_pump()
        world.drain()
        trial.judge(world)


@row("C1.04", "memory runs out: one message kills its senders")
def out_of_memory(trial: Trial) -> None:
    with trial.world(0, readers=120) as world:
        poison = world.addresses[30]
        world.until(lambda: open_deliveries(world), "the opening of the issue", 30)
        for _ in range(8):
            sender = world.launcher.fork(
                "tests.faults.actors:poisoned_sender", None, world.folder / "senders.log", address=poison
            )
            until = time.monotonic() + 20
            while open_deliveries(world) and time.monotonic() < until:
                if (status := world.launcher.wait(sender, 0.1)) is not None:
                    break
            else:
                world.signal(sender, signal.SIGKILL)  # it has nothing left to do
                break
            trial.expect(status == -signal.SIGKILL, f"the sender ended with {status}")
            world.figures.kills += 1
            world.until(lambda: not in_hand(world), "the rescue of what it held", 20)
        trial.expect(world.figures.kills == 3, f"it took {world.figures.kills} senders")
        trial.expect(not open_deliveries(world), f"{open_deliveries(world)} wait behind it")
        found = world.query("SELECT address_key, state, reason FROM delivery WHERE state <> 10")
        ended = [(world.who(key), *more) for key, *more in found]
        trial.expect(ended == [(poison, 16, "poison")], f"one message was at fault, and {ended}")
        trial.expect(any(alert.startswith("poison") for alert in world.alerts()), "nobody is told")
        world.drain(30)
        # The route has proven nothing yet: what the dead had on the wire is sent once more.
        trial.judge(world, proven=False, kills=world.figures.kills)


def open_deliveries(world: World) -> int:
    return int(world.query("SELECT count(*) FROM delivery WHERE state < 10")[0][0])


def in_hand(world: World) -> int:
    return int(world.query("SELECT count(*) FROM delivery WHERE state IN (1, 2, 3)")[0][0])


@row("C1.07", "the tick dies before each of its statements")
def tick_dies(trial: Trial) -> None:
    """Opening, rescuing, resolving and finishing are each broken off everywhere, and done again."""
    with trial.world(0, readers=260, plan=SLOW, ticks=False, connections=1) as world:
        deaths = {"opening": dying_to_the_end(world, "tick")}
        opened = world.query(
            "SELECT count(DISTINCT mailing_id), count(*) FROM delivery WHERE mailing_id IS NOT NULL"
        )
        trial.expect(opened == [(1, world.size)], f"opened as {opened}, and {world.size} are on the list")
        for point in (
            "after_reply_line:kill:170",
            "after_dot:kill:5",
            "after_intent:kill:3",
            "after_offer:kill:2",
        ):
            sender = world.start_sender(point)
            if world.launcher.wait(sender, 60) != -signal.SIGKILL:
                raise BrokenError(f"no sender came to {point}")
            world.senders.remove(sender)
            world.figures.kills += 1
        trial.expect(in_hand(world) >= 4, "nothing was left to be rescued")
        deaths["rescue"] = dying_to_the_end(world, "tick")
        trial.expect(not in_hand(world), f"{in_hand(world)} were not rescued")
        world.act("drain_once")
        deaths["finish"] = dying_to_the_end(world, "tick")
        world.figures.notes.update(deaths)
        trial.result.notes.update(deaths)
        trial.judge(world, kills=world.figures.kills)
        world.figures.kills = 0


def dying_to_the_end(world: World, call: str, most: int = 400, **given: str) -> int:
    """Do it again and again, each time dying one statement later, until it comes to its end. Returns the deaths."""
    for nth in range(1, most):
        # The dead one's lock goes with its session, and that a moment later.
        world.until(lambda: not locks(world), "the end of a dead one's session", 10)
        actor = world.launcher.fork("tests.faults.actors:dying", nth=nth, what=call, **given)
        status = world.launcher.wait(actor, 30)
        if status == 0:
            return nth - 1
        if status != -signal.SIGKILL:
            raise BrokenError(
                f"{call}, to die before statement {nth}, ended with {status}; {world.launcher.log}"
            )
    raise BrokenError(f"{call} has more than {most} statements")


def locks(world: World) -> int:
    return int(
        world.query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )[0][0]
    )


@row("C1.08", "the web process dies between COMMIT and its answer")
def web_dies(trial: Trial) -> None:
    """Whoever gets no answer asks again. What the views call dies before each statement, and after the last."""
    with trial.world(0, readers=1, ticks=False) as world:
        address = "ada@readers.test"
        key = key_of(address)
        kinds = {"ask": "", "say_yes": "CONSENT_GIVEN", "say_goodbye": "CONSENT_WITHDRAWN"}
        for call, kind in kinds.items():
            deaths = dying_to_the_end(world, call, address=address)
            world.act(call, address=address)  # nobody heard that it was done
            trial.expect(deaths >= 1, f"{call}: it never asked the database")
            trial.result.notes[call] = deaths
            if not kind:
                [[people]] = world.query("SELECT count(*) FROM subscriber WHERE address_key = %s", [key])
                trial.expect(people == 1, f"{call}: {people} subscribers of one address")
                continue
            [[events]] = world.query(
                "SELECT count(*) FROM consent_event e JOIN subscriber s ON s.id = e.subscriber_id"
                " WHERE s.address_key = %s AND e.kind = %s",
                [key, kind],
            )
            trial.expect(events == 1, f"{call}: {events} events of {kind}")
            [[status]] = world.query(
                "SELECT u.status FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id"
                " WHERE s.address_key = %s",
                [key],
            )
            wanted = "given" if call == "say_yes" else "withdrawn"
            trial.expect(status == wanted, f"{call}: the subscription is {status}")


@row("C1.09", "one doorbell a thousand times")
def rung_and_rung(trial: Trial) -> None:
    """Twenty processes hear fifty bells each, and start again at once; places and rows bound what they do."""
    places = 3
    with trial.world(600, plan=SLOW, settings={"ROUNDS_SENDERS": str(places)}) as world:
        hearing = [
            world.launcher.fork("tests.faults.actors:drain_once", seconds=0.5, times=50) for _ in range(20)
        ]
        most = 0
        until = time.monotonic() + 90
        while hearing and time.monotonic() < until:
            most = max(most, at_work(world))
            hearing = [pid for pid in hearing if world.launcher.wait(pid, 0.02) is None]
        trial.expect(not hearing, f"{len(hearing)} processes still hear their bells")
        trial.expect(most <= places, f"{most} senders at once, in {places} places")
        world.drain()
        verdicts = trial.judge(world)
        trial.expect(not verdicts.duplicated, f"{verdicts.duplicated} copies twice")


def at_work(world: World) -> int:
    """Senders that hold anything."""
    return int(world.query("SELECT count(DISTINCT lease_token) FROM delivery WHERE state IN (1, 2)")[0][0])
