"""What a command needs before it can work: servers within reach, and the tables in place."""

from __future__ import annotations

import functools
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from pipeline.actions.check_secret import check_secret
from pipeline.actions.prepare_database import prepare_database
from pipeline.actions.record_audit import record
from pipeline.core.errors import RoundsError, Unavailable
from pipeline.core.people.audit import Event
from pipeline.gateways import keys
from pipeline.gateways.clock import now
from pipeline.gateways.reach import within_reach
from pipeline.settings import current
from pipeline.store import schema

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def database(*, redis: bool = False) -> Iterator[None]:
    """PostgreSQL within reach and prepared, for the duration. The embedded one is prepared without being asked.

    Raises Unavailable where this host's secret is not the one that the database was used under.
    """
    from django.db import connections

    settings = current()
    keys.keyring()  # a key that cannot be kept is told before anything starts
    with within_reach(settings, redis=redis):
        waiting = schema.waiting()
        if waiting and settings.embedded_database:
            prepare_database(now(), member=operator())
        elif waiting:
            raise Unavailable(f"The database lacks {len(waiting)} migrations. Run `rounds migrate` first.")
        else:
            check_secret(operator(), now())
        try:
            yield
        finally:
            connections.close_all()


def needs_database(act: Callable[P, R]) -> Callable[P, R]:
    """For the body of a command: `@click.command(...)`, options, then this."""

    @functools.wraps(act)
    def with_database(*args: P.args, **kwargs: P.kwargs) -> R:
        with database():
            return act(*args, **kwargs)

    return with_database


def audited(event: Event, subject: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Below `needs_database`: one line in the audit log for the command, done or refused, by `cli:<unix user>`.

    `subject` says what it is about, from the command's arguments: `campaign:{name}`. Whoever has the machine has the
    database, so that a command needs no second person: but it is seen.
    """

    def around(act: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(act)
        def recorded(*args: P.args, **kwargs: P.kwargs) -> R:
            about = subject.format(**kwargs)
            try:
                result = act(*args, **kwargs)
            except RoundsError:
                record(event, member=operator(), about=about, outcome="refused")
                raise
            record(event, member=operator(), about=about)
            return result

        return recorded

    return around


def operator() -> str:
    """How the audit log names the person at the terminal."""
    return f"cli:{who()}"


def who() -> str:
    """The name of the person at the terminal, as the operating system has it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
