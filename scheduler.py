"""The scheduler: `celery -A scheduler beat`. Two of them do no harm: a tick that meets another leaves at once.

It holds no calendar. When an issue is due is a column in PostgreSQL, and the tick looks there.
"""

from worker import app  # first: it answers for settings that cannot be used

from pipeline.gateways.queue import Job  # isort: skip
from pipeline.settings import current  # isort: skip

EVERY = current().tick_seconds

app.conf.beat_schedule = {
    "tick": {
        "task": Job.TICK.value,  # Opens what is due, rescues what stalled, rings for the senders.
        "schedule": float(EVERY),
        "options": {"expires": 2 * EVERY},  # Nobody heard it in time: the next one will do.
    },
}

__all__ = ["app"]
