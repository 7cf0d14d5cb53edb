"""Apply goodbyes from the web's own process: its host may have no sender, and no scheduler."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import connection

from pipeline.actions.replay_goodbyes import goodbyes_wait, replay_goodbyes
from pipeline.gateways import clock

AGAIN = 1.0  # seconds between two tries

_one = threading.Lock()
log = structlog.get_logger()


def apply_soon() -> None:
    """As soon as the database is back, in a thread of its own. One at a time is enough."""
    if _one.acquire(blocking=False):
        threading.Thread(target=_until_applied, daemon=True).start()


def _until_applied() -> None:
    try:
        while goodbyes_wait():
            try:
                replay_goodbyes(clock.now())
            # It is still away; and whatever else it may be, somebody's goodbye waits for this thread.
            except Exception as error:
                log.error("goodbyes.wait", error=type(error).__name__)
            finally:
                connection.close()
            time.sleep(AGAIN)
    finally:
        _one.release()
    if goodbyes_wait():  # one came between the last look and the release
        apply_soon()
