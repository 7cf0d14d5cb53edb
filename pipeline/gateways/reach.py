"""Have PostgreSQL and Redis within reach: the embedded ones while they are needed, or those that are set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import redis
import structlog
from psycopg.conninfo import conninfo_to_dict
from redis.backoff import NoBackoff
from redis.retry import Retry

from pipeline.core.errors import Unavailable
from pipeline.gateways.embedded import servers
from pipeline.settings import Settings

log = structlog.get_logger()


@contextmanager
def within_reach(settings: Settings, *, database: bool = True, redis: bool = False) -> Iterator[None]:
    """Start what is embedded, for the duration; check that what is set answers.

    `Unavailable` when PostgreSQL does not. A Redis that does not is told and forgotten: it is a bell and no more, and
    whoever wants to unsubscribe must not find a site that waits for it (G7).
    """
    embedded_database = database and settings.embedded_database
    embedded_redis = redis and settings.embedded_redis
    with ExitStack() as leaving:
        if embedded_database or embedded_redis:
            leaving.enter_context(
                servers(settings.data_dir, database=embedded_database, redis=embedded_redis)
            )
        if database and not embedded_database:
            _ask_postgres(settings.database_url)
        if redis and not embedded_redis:
            _ask_redis(settings.redis_url)
        yield


def _ask_postgres(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        parts = conninfo_to_dict(url)
        place = f"{parts.get('host', 'the local socket')}:{parts.get('port', 5432)}"
        reason = str(error).strip().splitlines()[0].removeprefix("connection failed: ").rstrip(".")
        raise Unavailable(
            f"PostgreSQL does not answer at {place}, where DATABASE_URL points ({reason}). "
            "Start it, correct DATABASE_URL, or unset it to use the embedded server."
        ) from error


def _ask_redis(url: str) -> None:
    client = redis.Redis.from_url(
        url, socket_timeout=5, socket_connect_timeout=5, retry=Retry(NoBackoff(), 0)
    )
    try:
        client.ping()
    except redis.RedisError as error:
        log.warning(
            "redis.does_not_answer",
            error=str(error),
            advice="Mail leaves later without it. Start it, correct REDIS_URL, or unset it to use the embedded server.",
        )
    finally:
        client.close()
