"""What runs inside a process of the launcher: senders, the operator, people who leave. Django is ready there."""

from __future__ import annotations

import importlib
import json
import os
import random
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.faults.mailboxes import opened

WEEKLY = "weekly_health_email"
SERIES = "breast-calcifications"


def warm_up() -> None:
    """Import what the actors use, so that a fork has it."""
    for name in (
        "pipeline.actions.drain",
        "pipeline.actions.tick",
        "pipeline.actions.unsubscribe",
        "pipeline.actions.create_campaign",
        "pipeline.actions.show_campaign",
        "pipeline.cli.main",
        "pipeline.cli.campaign",
        "pipeline.cli.pump",
        "tests.factories",
    ):
        importlib.import_module(name)


# Senders


def sender(seconds: float = 20.0) -> None:
    """What Celery's task and the pump's children do, again and again: one sender, one process to kill."""
    import signal

    from pipeline.actions.drain import drain
    from pipeline.gateways import queue

    signal.signal(signal.SIGTERM, lambda *_: queue.stop_soon())
    while not queue.stopping():
        drain(seconds)
        time.sleep(0.05)


def pump() -> None:
    """`rounds pump`, as an operator runs it: it ticks, and forks its senders."""
    rounds(["pump", "--after", "0"])


def ticker(every: float = 0.25) -> None:
    """The scheduler alone, which must survive what the senders survive."""
    from django.db import DatabaseError, connection

    from pipeline.actions.tick import tick
    from pipeline.gateways import clock

    while True:
        try:
            tick(clock.now(), bell=False)
        except DatabaseError as error:
            print(f"the tick waits: {type(error).__name__}", flush=True)
            connection.close()
        time.sleep(every)


def drain_once(seconds: float = 20.0, times: int = 1) -> None:
    """As often as a doorbell is heard: what is due is sent, and that is all."""
    from pipeline.actions.drain import drain

    for _ in range(times):
        drain(seconds, bell=False)


def tick() -> None:
    from pipeline.actions.tick import tick as once
    from pipeline.gateways import clock

    once(clock.now(), bell=False)


def rescue_stalled() -> None:
    from pipeline.actions.rescue_stalled import rescue_stalled as once
    from pipeline.gateways import clock

    once(clock.now())


def resolve_unknown() -> None:
    from pipeline.actions.resolve_unknown import resolve_unknown as once
    from pipeline.gateways import clock

    once(clock.now())


def dying(nth: int, what: str, **given: Any) -> None:
    """Do what `what` of this module does, and die before the nth statement that goes to the database."""
    import signal

    from django.db import connection

    said = 0

    def count(execute: Any, *rest: Any) -> Any:
        nonlocal said
        said += 1
        if said == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*rest)

    with connection.execute_wrapper(count):
        globals()[what](**given)


def poisoned_sender(address: str) -> None:
    """A sender for which the message to `address` is too much: the kernel kills it."""
    import signal

    from pipeline.actions.deliver_batch import lane

    write = lane.write_message

    def too_much(delivery: Any) -> Any:
        if delivery.address == address:
            os.kill(os.getpid(), signal.SIGKILL)
        return write(delivery)

    lane.write_message = too_much
    sender()


# People at the door


def ask(address: str) -> None:
    from pipeline.actions.subscribe import SignUp, subscribe
    from pipeline.gateways import clock

    subscribe(SignUp(address, (WEEKLY,), "test"), clock.now())


def say_yes(address: str) -> None:
    from pipeline.actions.confirm import confirm
    from pipeline.gateways import clock
    from tests.web.people import Person

    confirm(Person(address).confirm_token(), clock.now())


def say_goodbye(address: str) -> None:
    from pipeline.actions.unsubscribe import unsubscribe
    from pipeline.core.consent.entry import Method
    from pipeline.gateways import clock
    from tests.web.people import Person

    unsubscribe(Person(address).leave_token(), Method.ONE_CLICK_POST, clock.now())


def rounds(arguments: list[str]) -> None:
    """Any command of `rounds`."""
    from pipeline.cli.main import cli

    cli.main(arguments, prog_name="rounds")


# Making a world


def prepare_template(name: str, zone: str = "Europe/London") -> None:
    """Tables, notices, an approved article, and a campaign of it that has no readers yet."""
    from pipeline.actions.create_campaign import NewCampaign, create_campaign
    from pipeline.actions.prepare_database import prepare_database
    from pipeline.core.delivery.campaign import Mode
    from pipeline.gateways import clock
    from tests import factories

    now = clock.now()
    prepare_database(now)
    factories.approved_article(now)
    create_campaign(
        NewCampaign(
            series=SERIES,
            purpose=WEEKLY,
            mode=Mode.CALENDAR,
            weekday=None,
            at=None,
            zone=zone,
            home_zone=zone,
            start=None,
            name=name,
        ),
        now,
    )


def prepare_campaign(addresses: str, policy: str, name: str) -> None:
    """Subscribers from a file of addresses; the template's campaign is given its policy, and starts now."""
    from django.db import connection

    import_people(Path(addresses).read_text().split("\n"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaign SET policy = %s, starts_at = now() WHERE name = %s", [policy, name])
        cursor.execute("UPDATE mailing SET due_at = now() WHERE number = 1")


def import_people(addresses: Iterable[str]) -> None:
    """The store's own import, without a file's reading: 20,000 in a few seconds."""
    from itertools import islice

    from pipeline.core.address import Address
    from pipeline.gateways import clock
    from pipeline.gateways.keys import key_of
    from pipeline.store import consent

    now = clock.now()
    rest = iter(addresses)
    line = 0
    while chunk := list(islice(rest, 2_000)):
        rows = []
        for mailbox in chunk:
            line += 1
            local, _, domain = mailbox.rpartition("@")
            key = key_of(Address(mailbox, local, domain))
            rows.append(consent.ImportedRow(key, mailbox, "", "", line))
        consent.import_new(rows, WEEKLY, {"statement": "made for the judge"}, now)


# The operator


def status(name: str, out: str) -> None:
    """`rounds campaign status --json`, into a file."""
    from pipeline.actions.show_campaign import show_campaign
    from pipeline.cli.campaign.shape import report_data

    _write(out, report_data(show_campaign(name)))


def steer(verb: str, name: str, out: str = "") -> None:
    """`pause`, `resume` or `cancel` a campaign; writes when that was acknowledged, on the monotonic clock."""
    from pipeline.gateways import clock

    module = importlib.import_module(f"pipeline.actions.{verb}_campaign")
    getattr(module, f"{verb}_campaign")(name, clock.now())
    if out:
        _write(out, {"at": time.monotonic()})


def _write(out: str, data: Any) -> None:
    fresh = Path(f"{out}.new")
    fresh.write_text(json.dumps(data, default=str))
    fresh.replace(out)


def join() -> None:
    """`rounds sending join`: this host sends beside the others."""
    from pipeline.actions.join_sending import join_sending
    from pipeline.gateways import clock

    join_sending(clock.now())


# People who leave


def leave(
    out: str, most: int, seconds: float, seed: int, states: tuple[int, ...] = (1,), pause: float = 0.0
) -> None:
    """Unsubscribe exactly those whose deliveries are in a sender's hands, as their links would (C6.59).

    A line of the file is an address and the moment, in monotonic nanoseconds, after the goodbye was acknowledged.
    """
    from django.db import DatabaseError, connection

    from pipeline.core.consent.tokens import Audience, make
    from pipeline.gateways.keys import keyring

    draw = random.Random(seed)
    file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    gone: set[int] = set()
    until = time.monotonic() + seconds
    while len(gone) < most and time.monotonic() < until:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT u.id, u.uid, p.uid, p.wrapped_key, p.sealed_address FROM delivery d"
                    " JOIN subscription u ON u.subscriber_id = d.subscriber_id"
                    " JOIN subscriber p ON p.id = d.subscriber_id WHERE d.state = ANY(%s) LIMIT 60",
                    [list(states)],
                )
                found = [row for row in cursor.fetchall() if row[0] not in gone]
            if not found:
                time.sleep(0.002)
                continue
        except DatabaseError:
            connection.close()
            time.sleep(0.05)
            continue
        subscription, uid, *sealed = draw.choice(found)
        address = opened(*sealed)
        token = make(Audience.UNSUB, uid.bytes, keyring())
        asked = time.monotonic()
        # Where PostgreSQL went away in the midst of it, it may have heard or not: whoever wants to leave asks again.
        while not _said_goodbye(token):
            if time.monotonic() > asked + 60:
                raise TimeoutError("nobody took a goodbye for a minute")
            time.sleep(0.05)
        os.write(file, f"{address} {time.monotonic_ns()}\n".encode())
        gone.add(subscription)
        time.sleep(pause)


def _said_goodbye(token: str) -> bool:
    """Whether it was acknowledged."""
    from django.db import DatabaseError, connection

    from pipeline.actions.unsubscribe import unsubscribe
    from pipeline.core.consent.entry import Method
    from pipeline.gateways import clock

    try:
        unsubscribe(token, Method.UNSUBSCRIBE_PAGE, clock.now())
    except DatabaseError:
        connection.close()
        return False
    return True


# The editor


def mark_wrong(out: str) -> None:
    """The first issue is wrong; writes when that was acknowledged, on the monotonic clock."""
    from pipeline.actions import mark_wrong as action
    from pipeline.gateways import clock

    fault, _ = action.mark_wrong(SERIES, 1, "The age is wrong.", "Editor", clock.now())
    _write(out, {"at": time.monotonic(), "fault": fault.id})


def correct(fault: int) -> None:
    """The text is mended and signed, and those who had the faulty version are written to."""
    from pipeline.actions import correct as action
    from pipeline.gateways import clock
    from tests import factories

    now = clock.now()
    factories.edited("in about 1 in 2 women over 50", "in 1 in 2 women over 60", now)
    factories.signed(now)
    action.correct(fault, "We said over 50.", "It is found in 1 in 2 women over 60.", "Editor", now)
