"""C2: Redis and Celery are only the bell. Whatever becomes of them, mail leaves, and leaves once."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from pipeline.gateways.ports import free_port
from tests.faults.broker import QUEUE, Broker, Pipe, Programs, finished, oldest_due
from tests.faults.trial import Trial, row
from tests.faults.world import World

SLOW = {"latency": 0.02}
ONE_SENDER = {"ROUNDS_SENDERS": "1"}
PATIENCE = 60.0


def beside(trial: Trial, broker: Broker, size: int, *, url: str = "", senders: int = 1) -> World:
    """A world whose only tick and only senders are Celery's or the pump's."""
    settings = {"REDIS_URL": url or broker.url, "ROUNDS_SENDERS": str(senders)}
    return trial.world(size, plan=SLOW, connections=3, settings=settings, ticks=False)


def done(trial: Trial, world: World, what: str, seconds: float = PATIENCE) -> None:
    """Wait for the end of the issue, without moving the clock, and judge. Nobody died: so no copy, and no doubt."""
    try:
        world.until(lambda: finished(world), what, seconds)
    finally:
        verdicts = trial.judge(world)
    trial.expect(
        verdicts.duplicated == 0 and verdicts.ambiguous == 0,
        f"{what}: {verdicts.duplicated} second copies and {verdicts.ambiguous} doubts, and nobody died",
    )


def again_and_again(act: Callable[[], object], every: float) -> tuple[threading.Thread, threading.Event]:
    stop = threading.Event()

    def repeat() -> None:
        while not stop.wait(every):
            act()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    return thread, stop


@row("C2.10", "FLUSHALL every half second")
def flushed(trial: Trial) -> None:
    with Broker() as broker, beside(trial, broker, 500) as world, Programs(world) as programs:
        client = broker.client()
        thread, stop = again_and_again(client.flushall, 0.5)
        programs.worker()
        programs.beat()
        done(trial, world, "the end of the issue")
        stop.set()
        thread.join()
        # What comes of it when nothing goes wrong (G16): the sink takes everything at once.
        undisturbed = dict.fromkeys(world.addresses, "accepted"), Counter(world.addresses)
        trial.expect(outcome(world) == undisturbed, "who got what is not the same as without FLUSHALL (G16)")


def outcome(world: World) -> tuple[dict[str, str], Counter[str]]:
    """Each reader's state and number of copies."""
    states = {each.address: each.state for each in world.rows()}
    return states, Counter(dot.recipient for dot in world.read_dots() if dot.kept)


@row("C2.11", "kill -9 of Redis; it comes back empty, or from its AOF")
def redis_killed(trial: Trial) -> None:
    for append_only in (False, True):
        with (
            Broker(append_only=append_only) as broker,
            beside(trial, broker, 400) as world,
            Programs(world) as programs,
        ):
            programs.worker()
            programs.beat()
            programs.pump()
            world.dots_reach(20)
            broker.kill()
            trial.expect(world.goes_on(50), "nothing leaves while Redis is dead")
            worst = oldest_due(world)
            broker.start()
            done(trial, world, "the end of the issue")
            trial.expect(worst < 30, f"the oldest letter waited for {worst:.0f} s")


@row("C2.13", "the connection to Redis is half open")
def half_open(trial: Trial) -> None:
    port = free_port()
    with Broker(port=port) as broker, Pipe(port) as pipe:
        url = f"redis://127.0.0.1:{pipe.port}/0"
        with beside(trial, broker, 300, url=url) as world, Programs(world) as programs:
            programs.worker()
            programs.until_ready()
            trial.expect(pipe.go_silent() > 0, "no connection went silent")
            silent_from, before = time.monotonic(), pipe.connections
            programs.pump()
            done(trial, world, "the end of the issue by the pump", 30)
            world.until(lambda: pipe.connections > before, "a new connection of the worker", 90)
            deaf = time.monotonic() - silent_from
            # Celery finds it out in 51 seconds where the machine has time for it.
            trial.expect(deaf <= 90, f"the worker was deaf for {deaf:.0f} s")
            trial.result.notes["deaf for seconds"] = round(deaf, 1)


@row("C2.14", "a storm of connection resets")
def reset_storm(trial: Trial) -> None:
    port = free_port()
    with Broker(port=port) as broker, Pipe(port) as pipe:
        url = f"redis://127.0.0.1:{pipe.port}/0"
        with beside(trial, broker, 400, url=url) as world, Programs(world) as programs:
            worker = programs.worker()
            programs.beat()
            programs.until_ready()
            for _ in range(10):
                pipe.reset()
                time.sleep(0.4)
            trial.expect(worker.poll() is None, "the worker died of it")
            done(trial, world, "the end of the issue by Celery alone")


@row("C2.15", "Redis is full, read-only, or its key is of another type")
def redis_refuses(trial: Trial) -> None:
    faults: dict[str, Callable[[Broker], object]] = {
        "full": lambda b: b.client().config_set("maxmemory", 1),
        "read-only": lambda b: b.client().replicaof("127.0.0.1", str(free_port())),
        "of another type": lambda b: (b.client().delete(QUEUE), b.client().set(QUEUE, "x")),
    }
    for what, fault in faults.items():
        with Broker() as broker, beside(trial, broker, 150) as world, Programs(world) as programs:
            programs.worker()
            programs.until_ready()
            fault(broker)
            programs.beat()
            programs.pump(after=1)
            done(trial, world, f"{what}: the end of the issue")


@row("C2.16", "redelivery after the visibility timeout")
def redelivered(trial: Trial) -> None:
    with Broker() as broker, beside(trial, broker, 500, senders=2) as world, Programs(world) as programs:
        programs.worker(app="tests.faults.impatient_worker")
        programs.beat()
        done(trial, world, "the end of the issue")
        started = Counter(
            line.partition("rounds.drain[")[2].partition("]")[0] for line in programs.said("rounds.drain[")
            if "received" in line
        )  # fmt: skip
        trial.expect(
            any(count > 1 for count in started.values()),
            "no job was delivered twice, so that nothing was proved",
        )


@row("C2.17", "a worker whose clock is two hours off")
def worker_elsewhen(trial: Trial) -> None:
    for skew in ("+2h", "-2h"):
        with Broker() as broker, beside(trial, broker, 200, senders=2) as world, Programs(world) as programs:
            programs.worker("faketime", "-f", skew, FAKETIME_DONT_FAKE_MONOTONIC="1")
            programs.until_ready()
            programs.beat()
            programs.pump(after=1)
            done(trial, world, f"{skew}: the end of the issue")


@row("C2.18", "poisoned jobs")
def poisoned(trial: Trial) -> None:
    """kombu alone ends a worker over a message that it cannot read (`gateways/doorbell.py`)."""
    unreadable: dict[str, bytes | list[bytes]] = {
        "no JSON": b"\x00\xff no job of ours",
        "a list": b"[1, 2, 3]",
        "no headers": b'{"body": "", "properties": {}}',
        "a number that is none": b'{"__type__": "decimal", "__value__": "x"}',
        "lists in lists": b"[" * 100_000,
        # What Celery cannot make a task of must be answered all the same: a worker holds only so many unanswered.
        "no id, more often than that": [job("rounds.drain", id=None)] * 12,
        "half a body": job("rounds.drain", args="[[], {}]"),
        "a list for a name": job(["rounds.drain"]),
    }
    readable: dict[str, bytes | list[bytes]] = {
        "an unknown task": job("rounds.nonsense"),
        "arguments that it does not take": job("rounds.drain", args="[[1, 2, 3], {}, {}]"),
        "ten megabytes": job("rounds.drain", args='[["' + "x" * 10_000_000 + '"], {}, {}]'),
    }
    with Broker() as broker, beside(trial, broker, 60) as world, Programs(world) as programs:
        worker = programs.worker()
        programs.until_ready()
        client = broker.client()
        for what, poison in {**readable, **unreadable}.items():
            client.lpush(QUEUE, *(poison if isinstance(poison, list) else [poison]))
            world.until(lambda: not client.llen(QUEUE), f"that {what} is taken", 20)
            # It would die with all its children, and they would take their time.
            if ended(worker, 2.0):
                trial.expect(False, f"the worker died of {what}")
                worker = programs.worker()
                programs.until_ready(len(programs.said(" ready.")) + 1)
        told = len(programs.said("queue.unreadable"))
        sent = sum(len(poison) if isinstance(poison, list) else 1 for poison in unreadable.values())
        trial.expect(told == sent, f"{told} of {sent} are in the log")
        programs.beat()
        done(trial, world, "the end of the issue by Celery alone")


def ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.poll() is not None


def job(task: str | list[str], args: str = "[[], {}, {}]", **headers: str | None) -> bytes:
    """A message as Celery writes it, by hand. A header that is None is left out."""
    import base64
    import json
    import uuid

    number = str(uuid.uuid4())
    return json.dumps(
        {
            "body": base64.b64encode(args.encode()).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {
                name: value
                for name, value in {
                    "lang": "py",
                    "task": task,
                    "id": number,
                    "root_id": number,
                    **headers,
                }.items()
                if value is not None
            },
            "properties": {
                "correlation_id": number,
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": "rounds"},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid.uuid4()),
            },
        }
    ).encode()


@row("C2.19", "two schedulers; one is killed; none")
def schedulers(trial: Trial) -> None:
    with Broker() as broker, beside(trial, broker, 300) as world, Programs(world) as programs:
        programs.worker()
        first, _ = programs.beat(), programs.beat()
        world.dots_reach(20)
        programs.kill(first)
        programs.beat()
        done(trial, world, "two schedulers: the end of the issue")
        launched_once(trial, world)
    with Broker() as broker, beside(trial, broker, 150) as world, Programs(world) as programs:
        programs.worker()
        programs.pump(after=1)  # it ticks: no scheduler is alive
        done(trial, world, "no scheduler: the end of the issue")
        launched_once(trial, world)


def launched_once(trial: Trial, world: World) -> None:
    opened = world.query(
        "SELECT m.id, count(d.id) FROM mailing m JOIN delivery d ON d.mailing_id = m.id GROUP BY m.id"
    )
    trial.expect(
        [count for _, count in opened] == [world.size],
        f"launched as {opened}, and {world.size} are on the list",
    )
