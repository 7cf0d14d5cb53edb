"""A worker that acknowledges late, on a Redis that delivers again after two seconds (C2.16).

Rounds acknowledges on arrival; this is what happens if somebody changes that, or if a worker dies in between.
"""

from worker import app

app.conf.task_acks_late = True
app.conf.worker_prefetch_multiplier = 4
app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "visibility_timeout": 2,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}

__all__ = ["app"]
