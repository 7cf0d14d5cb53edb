"""kombu's Redis transport, for which a message that nobody can read costs a line in the log, and not the worker.

kombu reads a message before any consumer sees it, and what goes wrong there ends Celery's worker. Whoever can write to
Redis, or an old version of us, could so end one worker with each message.
"""

from __future__ import annotations

from typing import Any

import structlog
from kombu.transport import redis

log = structlog.get_logger()

# No JSON, no base64; a list; no properties; properties that are a list.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)


class Channel(redis.Channel):
    """Takes such a message off the queue and goes on to the next. A bell that is lost is rung again by the tick."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]
        except UNREADABLE:
            log.exception("queue.unreadable")
            return True


class Transport(redis.Transport):
    Channel = Channel
