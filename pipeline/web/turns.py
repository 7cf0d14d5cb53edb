"""Whose turn it is at the database: few connections for all the public pages of a process, and always the warmest.

A sign-up waits on purpose (D-07), a thread for each that waits is needed, and a connection for each thread would be
planned for, kept warm and held open by PostgreSQL for nothing. So a request of a public page borrows one of a few
connections, gives it back before it waits, and the one given back last is taken first. As many as that work at once;
more would only take Python's lock from each other.
"""

from __future__ import annotations

import select
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

AT_ONCE = 4  # measured by `make bench ONLY=pages`
KEPT = 1800  # seconds that a connection lives: what it has prepared is worth keeping

_mine = threading.local()
_turns: Turns | None = None


class _Waiter:
    """A request that waits for its turn."""

    def __init__(self) -> None:
        self.connection: BaseDatabaseWrapper | None = None
        self.called = threading.Lock()
        self.called.acquire()


class Turns:
    """A stack of connections, and a queue of those who wait. Connections are made when they are first asked."""

    def __init__(self, at_once: int) -> None:
        self._lock = threading.Lock()
        self._free: list[BaseDatabaseWrapper] = [_lasting() for _ in range(at_once)]
        self._waiting: deque[_Waiter] = deque()

    def take(self, seconds: float) -> BaseDatabaseWrapper | None:
        """The connection that was given back last. None if none was given back in time."""
        with self._lock:
            if self._free:
                return self._free.pop()
            waiter = _Waiter()
            self._waiting.append(waiter)
        if not waiter.called.acquire(timeout=seconds):
            with self._lock:
                if waiter.connection is None:
                    self._waiting.remove(waiter)
        return waiter.connection

    def close(self) -> None:
        """Close those that are free."""
        with self._lock:
            for connection in self._free:
                connection.close()

    def give_back(self, connection: BaseDatabaseWrapper) -> None:
        """To who has waited longest, past whoever comes only now. Whatever fails, it is given back."""
        try:
            connection.close_if_unusable_or_obsolete()
        finally:
            self._hand_on(connection)

    def _hand_on(self, connection: BaseDatabaseWrapper) -> None:
        with self._lock:
            if not self._waiting:
                self._free.append(connection)
                return
            waiter = self._waiting.popleft()
            waiter.connection = connection
        waiter.called.release()


def take_turns(at_once: int = AT_ONCE) -> None:
    """From now on the public pages of this process take turns. For the web's processes alone. 0 ends it."""
    global _turns
    if _turns is not None:
        _turns.close()
    _turns = Turns(at_once) if at_once else None


@contextmanager
def turn(seconds: float) -> Iterator[None]:
    """What is asked of PostgreSQL within goes through a borrowed connection.

    Where none is free within `seconds`, it is as if PostgreSQL were away: what is asked raises OperationalError.
    """
    if _turns is None:
        yield
        return
    own = next(iter(connections.all(initialized_only=True)), None)
    borrowed = _turns.take(seconds)
    _mine.turn = (borrowed, own) if borrowed else None
    try:
        connections[DEFAULT_DB_ALIAS] = _open(borrowed) if borrowed else _refusing()
        yield
    finally:
        if borrowed:
            end_turn()
        else:
            _restore(own)


def end_turn() -> None:
    """Give the connection back before the request is over, such as before it waits. Where there is none: nothing."""
    if _turns is not None and (held := getattr(_mine, "turn", None)):
        _mine.turn = None
        borrowed, own = held
        _restore(own)
        _turns.give_back(borrowed)


def _restore(own: BaseDatabaseWrapper | None) -> None:
    if own is not None:
        connections[DEFAULT_DB_ALIAS] = own
    elif connections.all(initialized_only=True):
        del connections[DEFAULT_DB_ALIAS]


def _open(borrowed: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """A server that went away has closed its end, which the socket tells without a question to anybody."""
    link: Any = borrowed.connection
    if link is not None:
        ended = link.closed
        if not ended:
            watched = select.poll()
            watched.register(link.fileno(), select.POLLIN)
            ended = bool(watched.poll(0))
        if ended:
            borrowed.close()
    return borrowed


def _lasting() -> BaseDatabaseWrapper:
    made: BaseDatabaseWrapper = connections.create_connection(DEFAULT_DB_ALIAS)
    made.settings_dict = {**made.settings_dict, "CONN_MAX_AGE": KEPT, "CONN_HEALTH_CHECKS": False}
    made.inc_thread_sharing()  # one thread at a time
    return made


def _refusing() -> BaseDatabaseWrapper:
    made: Any = connections.create_connection(DEFAULT_DB_ALIAS)

    def refuse(*_: object) -> None:
        raise OperationalError("all connections of the public pages are at work")

    made.connect = refuse
    return made  # type: ignore[no-any-return]
