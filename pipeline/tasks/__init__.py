"""The jobs: a name, and one call to an action each. `worker.py` imports this; nobody else needs to."""

from __future__ import annotations

import os

from pipeline.gateways import clock
from pipeline.gateways.queue import Job, celery_app

# Celery sets Django up in the worker when this is set before the app is made.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")

app = celery_app()


@app.task(name=Job.TICK.value)
def tick() -> None:
    """What the clock brings: open what is due, rescue what stalled."""
    from pipeline.actions.tick import tick as act

    act(clock.now())


@app.task(name=Job.DRAIN.value)
def drain() -> None:
    """Send what is due, for twenty seconds at most. Where enough senders are at work it returns at once."""
    from pipeline.actions.drain import drain as act

    act(seconds=20)


@app.task(name=Job.IMPORT.value)
def run_imports() -> None:
    """Look at the lists that were uploaded, and write those that were confirmed, until none waits."""
    from pipeline.actions.run_imports import run_imports as act

    act()


# Both end before the lease of a feed does, so that no two workers read one (actions/fetch_feeds.py).
@app.task(name=Job.FEEDS.value, soft_time_limit=8 * 60, time_limit=9 * 60)
def fetch_feeds() -> None:
    """Read the feeds whose time has come, for eight minutes at most."""
    from pipeline.actions.fetch_feeds import fetch_due_feeds as act

    act(clock.now())
