"""The jobs: a name, and one call to an action each. `worker.py` imports this; nobody else needs to."""

from __future__ import annotations

import os
import threading

from pipeline.gateways import clock
from pipeline.gateways.queue import Job, celery_app
from pipeline.settings import current

# Celery sets Django up in the worker when this is set before the app is made.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")

app = celery_app()

# A drain holds one connection for up to twenty seconds. The thread beyond them stays free for the tick.
_drains = threading.BoundedSemaphore(current().connections)


@app.task(name=Job.TICK.value)
def tick() -> None:
    """What the clock brings: open what is due, rescue what stalled."""
    from pipeline.actions.tick import tick as act

    act(clock.now())


@app.task(name=Job.DRAIN.value)
def drain() -> None:
    """Send what is due, for twenty seconds at most. With all connections in use it returns at once."""
    from pipeline.actions.deliver_batch import deliver_batch

    if not _drains.acquire(blocking=False):
        return
    try:
        deliver_batch(seconds=20)
    finally:
        _drains.release()
