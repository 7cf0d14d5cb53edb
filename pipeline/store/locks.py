"""Locks that PostgreSQL holds for us, and drops with the connection that took them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def key_of(name: str) -> int:
    """The number of a lock, for PostgreSQL knows no names of them."""
    return zlib.crc32(f"rounds {name}".encode())


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Yield True to one caller at a time, and False at once to every other."""
    key = key_of(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
