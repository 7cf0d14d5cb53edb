"""Celery on Redis: a doorbell, and no more than that.

What is due, and when, are columns in PostgreSQL. A job carries ids at most, may run twice or never, and the next
tick repairs both (delivery.md, B6 and F). So nothing here waits for Redis: a ring that fails is logged and forgotten,
and nobody who unsubscribes or confirms has to wait for a broker.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from multiprocessing.sharedctypes import RawValue
from urllib.parse import parse_qs, urlsplit

import redis
import structlog
from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import worker_shutting_down
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES
from redis.backoff import NoBackoff
from redis.retry import Retry

from pipeline.settings import Settings, current

log = structlog.get_logger()

PATIENCE = 2.0  # Seconds that a publisher waits for Redis. Without a limit a frozen one holds it for ever.
REST = 5.0  # Seconds without another try after a failure, so that a dead Redis slows down one request and not all.
BELL_MILLISECONDS = 2_000  # Two rings within this are one.
EXPIRES = 30  # Seconds after which a job that nobody took is dropped: the next tick rings again.

OutOfTime = SoftTimeLimitExceeded  # is raised in a job that has a time limit, a while before it is killed

# Set when the worker was asked to stop. A long job looks at it between two messages. Shared with the processes that a
# worker forks, and without a lock: one of them may be killed at any moment.
_stopping = RawValue("b", 0)


def stopping() -> bool:
    """Whether this worker, or the one that forked this process, was asked to stop."""
    return bool(_stopping.value)


class Job(StrEnum):
    """The names of the jobs. `pipeline.tasks` binds each to an action. Celery is given `job.value`: it takes
    whatever has a `.name` for a task of its own.
    """

    TICK = "rounds.tick"
    DRAIN = "rounds.drain"
    IMPORT = "rounds.import"
    FEEDS = "rounds.feeds"


def broker_url(settings: Settings) -> str:
    """The address as kombu spells it: a socket is `redis+socket:`, and its database the `virtual_host`."""
    parts = urlsplit(settings.redis_url)
    if parts.scheme != "unix":
        return settings.redis_url
    database = parse_qs(parts.query).get("db", ["0"])[-1]
    return f"redis+socket://{parts.path}?virtual_host={database}"


def configuration(settings: Settings) -> dict[str, object]:
    """Celery's settings. No result backend, no ETA, no retries, no canvas: doorbells need none of them."""
    return {
        "broker_url": broker_url(settings),
        "result_backend": None,
        "task_ignore_result": True,
        "task_default_queue": "rounds",
        # Acknowledged on arrival: a bell that is lost with its worker is rung again by the next tick, and one that
        # is acknowledged late is rung again by Redis while it is still being answered.
        "task_acks_late": False,
        "task_publish_retry": False,
        "task_create_missing_queues": True,
        "worker_pool": "prefork",
        # A process for each sender, one for the tick, and one for a list that is being imported.
        "worker_concurrency": settings.senders + 2,
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 5,
        "worker_enable_soft_shutdown_on_idle": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,  # A slice may finish: its rows are leased.
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # A worker waits for its Redis for ever.
        "broker_pool_acquire_timeout": 10,
        "broker_transport_options": {
            "visibility_timeout": 600,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 30,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "global_keyprefix": "rounds:",
        },
        "beat_scheduler": "celery.beat:Scheduler",  # In memory: every tick is a fresh start.
        "timezone": "UTC",
        "enable_utc": True,
    }


@lru_cache(maxsize=1)
def celery_app() -> Celery:
    """The queue's app. Made on first use, so that a page that rings no bell does not pay for it."""
    # By its name: the address of a socket names its transport, and Celery's setting of another is not asked then.
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "pipeline.gateways.doorbell:Transport"))
    app = Celery("rounds")
    app.conf.update(configuration(current()))
    return app


def enqueue(job: Job, *ids: int) -> None:
    """Start a job after the transaction commits, or at once outside one. Never raises; waits two seconds at most."""
    _after_commit(lambda: _send(job, ids))


def ring(job: Job = Job.DRAIN) -> None:
    """Ring a doorbell after the transaction commits. Of the rings within two seconds one is heard."""
    _after_commit(lambda: _ring(job))


def _after_commit(act: Callable[[], None]) -> None:
    transaction.on_commit(lambda: _attempt(act), robust=True)


def _attempt(act: Callable[[], None]) -> None:
    """Do it if Redis lets us. After a failure nobody asks Redis for a while, so that one request waits and not all."""
    global _asleep_until
    if time.monotonic() < _asleep_until:
        return
    try:
        act()
    except (OperationalError, redis.RedisError, OSError) as error:
        # The facts are committed, and the next tick finds them: a lost bell costs a little time.
        _asleep_until = time.monotonic() + REST
        log.warning("queue.bell_not_rung", error=type(error).__name__)


_asleep_until = 0.0


def _ring(job: Job) -> None:
    client = redis.Redis.from_url(
        current().redis_url,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        fresh = client.set(f"rounds:bell:{job.value}", 1, nx=True, px=BELL_MILLISECONDS)
    finally:
        client.close()
    if fresh:
        _send(job, ())


def _send(job: Job, ids: tuple[int, ...]) -> None:
    options = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry_on_timeout": False,
        "global_keyprefix": "rounds:",
    }
    with Connection(broker_url(current()), transport_options=options, connect_timeout=PATIENCE) as connection:
        celery_app().send_task(
            job.value, args=ids, connection=connection, retry=False, ignore_result=True, expires=EXPIRES
        )


def stop_soon() -> None:
    """Ask whatever sends in this process, and in those it forked, to take no more."""
    _stopping.value = 1


@worker_shutting_down.connect
def _stop_soon(**_: object) -> None:
    stop_soon()
