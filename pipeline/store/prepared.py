"""Statements of the public doors, written by hand and planned once for each connection.

To put a statement together from a query set, to plan it and to make an object of each row costs twenty times what
PostgreSQL needs to run it. What everybody asks for all day goes through here instead, on Django's own connection and in
its transactions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

Params = Sequence[object] | Mapping[str, object]


def run(statement: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """Run one statement with server-side parameters, each `%s` or `%(name)s`. Returns its rows, none where it has none.

    A parameter has to get its type from its place or from a cast. Raises Django's database errors.
    """
    connection = connections[DEFAULT_DB_ALIAS]  # `django.db.connection` looks it up for each attribute
    connection.ensure_connection()
    if connection.execute_wrappers or connection.queries_logged:
        return _watched(statement, params)
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection)
        cursor.execute(statement, params, prepare=True)
        has_rows = cursor.pgresult is not None and cursor.pgresult.nfields
        return cursor.fetchall() if has_rows else []  # `description` would make an object of each column


def _watched(statement: str, params: Params) -> list[tuple[Any, ...]]:
    """The same where somebody looks at every statement of the connection, by Django's own cursor."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, cast("Any", params))
        return cursor.fetchall() if cursor.description else []
