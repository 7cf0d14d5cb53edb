"""The event loop that a sender runs on: asyncio's own, with a selector that takes its events together."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

NAP = 0.001  # seconds
MANY = 8  # connections; with fewer, somebody would wait for the nap rather than for the others

T = TypeVar("T")


class Gathering(selectors.DefaultSelector):
    """Takes the events of a millisecond together where there are many connections.

    A server answers twenty conversations one after the other, and each answer would wake the sender by itself: a
    switch of the processor, a look at everything that might be due, and one line read. Network cards learned long ago
    to wait a moment and interrupt once. What waits here waits for a server or for the disk anyway.

    An answer of PostgreSQL, which psycopg waits for by the number of its socket, is taken at once: a whole group of
    lanes waits for that one.
    """

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(timeout)
        if (
            not found
            or not len(found) < MANY < len(self.get_map())
            or (timeout is not None and timeout < NAP)
        ):
            return found
        if any(isinstance(key.fileobj, int) for key, _ in found):
            return found
        time.sleep(NAP)
        return super().select(0)


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `main()` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(Gathering())) as runner:
        return runner.run(main())
