"""kombu's Redis transport, for which a message that nobody can read costs a line in the log, and not the worker.

kombu reads a message before any consumer sees it, and Celery before any task does; what goes wrong there ends Celery's
worker. Whoever can write to Redis, or an old version of us, could so end one worker with each message.
"""

from __future__ import annotations

from typing import Any

import structlog
from kombu.transport import redis

log = structlog.get_logger()

# No JSON, no base64; a list; no properties; properties that are a list; no number where one is named; a thousand lists
# in each other.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


class Channel(redis.Channel):
    """Takes such a message off the queue and goes on to the next. A bell that is lost is rung again by the tick."""

    def _brpop_read(self, **options: Any) -> Any:
        before = self._unanswered()
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]
        except UNREADABLE:
            log.exception("queue.unreadable")
            # Celery could not make a task of it, and has not answered: as many as a worker may hold would deafen it.
            for tag in self._unanswered() - before:
                self.basic_reject(tag, requeue=False)
            return True

    def _unanswered(self) -> set[str]:
        return set(self.qos._delivered or ())


class Transport(redis.Transport):
    Channel = Channel
