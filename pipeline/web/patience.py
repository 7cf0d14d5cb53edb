"""How long the web waits for PostgreSQL: a page that cannot be served is told so, and a goodbye goes to the disk (G7).

Three limits, since each sees what the others cannot. `lock_timeout` ends a wait for a row that somebody else holds.
`statement_timeout` ends a statement that runs too long. Both are PostgreSQL's own, and one that is frozen keeps no
time: so the waiting is limited on our side too, for each statement of the web and, on public pages, for all that one
request asks. Migrations, senders and commands make their connections elsewhere and have none of this.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

LOCK, STATEMENT = 2, 20  # seconds, PostgreSQL's
CONNECT = 2  # seconds for a connection to be made
ANY_PAGE = 25.0  # seconds for one statement by our own clock: PostgreSQL speaks first if it lives
PUBLIC_PAGE = 4.0  # seconds for all that one request of a public page asks

_until: ContextVar[float | None] = ContextVar("until", default=None)


def limit_waiting() -> None:
    """From now on the connections that this process makes are limited. For the web's processes alone."""
    options = connections.settings["default"].setdefault("OPTIONS", {})
    ours = f"-c lock_timeout={LOCK}s -c statement_timeout={STATEMENT}s"
    if ours not in options.get("options", ""):
        options["options"] = f"{options.get('options', '')} {ours}".strip()
    options["connect_timeout"] = CONNECT
    connection_created.connect(limit_connection, dispatch_uid="patience")


@contextmanager
def for_at_most(seconds: float) -> Iterator[None]:
    """What is asked of PostgreSQL within takes no longer than this in sum, or raises OperationalError."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def limit_connection(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Let a new connection of Django's give up on a server that says nothing."""
    link: Any = connection.connection
    wait = link.wait

    def wait_at_most(generator: Any, *arguments: Any, **more: Any) -> Any:
        ends = min(time.monotonic() + ANY_PAGE, _until.get() or float("inf"))
        try:
            return wait(generator, *arguments, **{**more, "timeout": max(0.001, ends - time.monotonic())})
        except psycopg.OperationalError:
            if time.monotonic() >= ends:
                link.pgconn.finish()  # what the server would say now belongs to no question of ours
            raise

    link.wait = wait_at_most
