"""Tick, send what is due and read the feeds, with neither Celery nor Redis (delivery.md B6): a loop that forks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import structlog
from django.db import DatabaseError, connections

from pipeline.actions.check_fence import fence_refusal
from pipeline.actions.drain import drain
from pipeline.actions.fetch_feeds import fetch_due_feeds
from pipeline.actions.run_imports import run_imports
from pipeline.actions.tick import tick
from pipeline.gateways import clock, queue
from pipeline.gateways.stopping import Stop
from pipeline.settings import Settings
from pipeline.store import alerts, feeds, list_imports, sending

LOOK = 2.0  # seconds between two looks at what is due, when there is no work
DRAIN = 20.0  # seconds that one sender sends before it makes room for a fresh one
FEEDS = 60.0  # seconds in which a reader of feeds begins another one
UNTAKEN = "queue_silent"

log = structlog.get_logger()


def pump(settings: Settings, after: float, stopped: Stop) -> None:
    """Until `stopped`: tick, and do what has been due for `after` seconds and nobody took: send, import, read feeds.

    Each sender is a process of its own, forked from this one: it starts in milliseconds, and its memory goes with it.
    """
    senders: set[int] = set()
    importer: set[int] = set()
    reader: set[int] = set()
    next_tick = 0.0
    try:
        while not stopped.is_set():
            senders, importer, reader = map(_still_at_work, (senders, importer, reader))
            try:
                if time.monotonic() >= next_tick:
                    next_tick = time.monotonic() + settings.tick_seconds
                    tick(clock.now(), bell=False)
                if _overdue(clock.now(), after):
                    places = settings.senders * len(settings.routes)
                    senders |= {_fork(_send) for _ in range(places - len(senders))}
                    _tell(after)
                if not importer and list_imports.work_waits():
                    importer = {_fork(_import)}
                if not reader and feeds.any_due(clock.now() - timedelta(seconds=after)):
                    reader = {_fork(_read_feeds)}
            except (DatabaseError, psycopg.Error) as error:
                log.warning("pump.waits", error=type(error).__name__)
            connections.close_all()  # nothing is held while it sleeps, and nothing is shared by a fork
            stopped.wait(LOOK if after or not senders else LOOK / 10)
    finally:
        queue.stop_soon()
        while senders or importer or reader:
            senders, importer, reader = map(_still_at_work, (senders, importer, reader))
            time.sleep(0.02)


def _overdue(now: datetime, after: float) -> bool:
    if fence_refusal():
        return False  # whoever was sent for would only be told so
    oldest = sending.oldest_due(now)
    return oldest is not None and (now - oldest).total_seconds() >= after


def _tell(after: float) -> None:
    """Beside Celery, that the pump had to send is news to a person."""
    if after:
        alerts.raised(
            UNTAKEN,
            "pump",
            f"Mail was due for {after:.0f} seconds and no worker took it, so that the pump sends it. Mail leaves;"
            " look whether Redis and Celery's workers run.",
            clock.now(),
        )


def _send() -> None:
    drain(DRAIN, bell=False)


def _import() -> None:
    """One that a worker of Celery has in hand already is left to it."""
    run_imports()


def _read_feeds() -> None:
    """Each by one reader, whoever starts it. What is left over when its time is up is the next one's."""
    fetch_due_feeds(clock.now(), seconds=FEEDS)


def _fork(act: Callable[[], None]) -> int:
    """Run it in a child of this process. Returns the child's number."""
    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        act()
        status = 0
    except BaseException:
        log.exception("pump.sender_failed")
    finally:
        os._exit(status)


def _still_at_work(senders: set[int]) -> set[int]:
    """Collect the children that have ended."""
    left = set()
    for child in senders:
        ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            left.add(child)
        elif status:
            log.warning("pump.sender_died", status=status)
    return left
