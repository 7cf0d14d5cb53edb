"""What somebody with all rights on the database can do, and Rounds cannot prevent: only find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

GUARDED = ("consent_event", "notice_version", "ledger_seal", "ledger_anchor")


@contextmanager
def guards_down() -> Iterator[Callable[..., None]]:
    """`with guards_down() as execute`: the ledger and its seals take any statement, until the guards are up again."""
    with connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        try:
            yield cursor.execute
        finally:
            for table in GUARDED:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
                for guard in ("rows", "whole"):
                    cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{guard}")
            cursor.execute("ALTER TABLE consent_event ENABLE ALWAYS TRIGGER consent_event_stamp")


def under(role: str, statement: str, values: Sequence[object] = ()) -> None:
    """Run a statement as `session_replication_role` has it: under `replica` no plain trigger fires."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL session_replication_role = {role}")
        cursor.execute(statement, values)
