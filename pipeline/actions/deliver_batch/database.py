"""A connection that comes back: a database that restarts stops the sending, and ends nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psycopg
import structlog
from psycopg import errors

from pipeline.store import link
from pipeline.store.sending import Link

PAUSE = 0.25  # seconds between two tries to come back
LONGEST_PAUSE = 5.0

# The statement was undone and may be said again on the same connection: a deadlock, or a lock somebody else held.
TRY_AGAIN = (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable)

log = structlog.get_logger()


class Database:
    """One connection, opened when first needed and again after each loss."""

    def __init__(self, *, durable: bool = True) -> None:
        self._durable = durable
        self._link: Link | None = None

    async def link(self) -> Link:
        """The open connection. Raises psycopg.Error where there is none to be had."""
        if self._link is None or self._link.closed or self._link.broken:
            self._link = await link.connect(durable=self._durable)
        return self._link

    async def back(self) -> Link:
        """The open connection, however long that takes."""
        pause = PAUSE
        while True:
            try:
                return await self.link()
            except (psycopg.Error, OSError) as error:
                log.warning("database.away", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def drop(self) -> None:
        """Close after an error: what became of the statement is not known, and nothing may follow it here."""
        lost, self._link = self._link, None
        if lost is not None:
            with suppress(psycopg.Error, OSError):
                await lost.close()
