"""What hundreds of tests begin with is made once by the real actions, and put back from its rows after that.

The rows get new numbers each time, as they would if they were made again, and the time of the test that asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models

Rows = dict[str, list[dict[str, Any]]]  # by table, as JSON has them
Numbers = dict[str, dict[int, int]]  # by table: the number of a row when it was made, and its number now


@dataclass(frozen=True, slots=True)
class _Made:
    rows: Rows
    result: Any
    at: str  # the time it was made, as JSON has it


_made: dict[Hashable, _Made] = {}


def put_back(
    key: Hashable, tables: tuple[type[models.Model], ...], make: Callable[[], Any], now: datetime
) -> tuple[Any, Numbers]:
    """What `make` returned and the new numbers of its rows, which fill `tables`. Where one of these holds anything
    already, `make` is called, as it is the first time that a worker meets `key`; then no number is another.
    """
    if any(_ask(" UNION ALL ".join(f"(SELECT 1 FROM {t._meta.db_table} LIMIT 1)" for t in tables))):
        return make(), {}
    if key not in _made:
        result = make()
        rows = {t._meta.db_table: _ask(f"SELECT to_jsonb(t) FROM {t._meta.db_table} t") for t in tables}
        _made[key] = _Made(rows, result, _in_json(now))
        return result, {}
    made = _made[key]
    return made.result, _insert(made, tables, now)


def _insert(made: _Made, tables: tuple[type[models.Model], ...], now: datetime) -> Numbers:
    numbered = [t for t in tables if isinstance(t._meta.pk, models.AutoField)]
    numbers = _new_numbers(made.rows, [t._meta.db_table for t in numbered])
    at, parts, said = _in_json(now), [], []
    for table in tables:
        name = table._meta.db_table
        columns = {
            f.column: f.remote_field.model._meta.db_table
            for f in table._meta.concrete_fields
            if f.remote_field
        }
        if name in numbers:
            columns["id"] = name
        rows = [
            {
                column: numbers.get(columns.get(column, ""), {}).get(value, at if value == made.at else value)
                if isinstance(value, int | str)
                else value
                for column, value in row.items()
            }
            for row in made.rows[name]
        ]
        parts.append(
            f"in_{name} AS (INSERT INTO {name} SELECT * FROM jsonb_populate_recordset(NULL::{name}, %s))"
        )
        said.append(json.dumps(rows))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT", said)
    return numbers


def _new_numbers(rows: Rows, names: list[str]) -> Numbers:
    """Take as many numbers from each table's sequence as it has rows."""
    taken = ", ".join(
        f"(SELECT array_agg(nextval(pg_get_serial_sequence('{name}', 'id')))"
        f" FROM generate_series(1, {len(rows[name])}))"
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {taken}")
        found = cursor.fetchone() or ()
    return {
        name: dict(zip(sorted(row["id"] for row in rows[name]), numbers or (), strict=True))
        for name, numbers in zip(names, found, strict=True)
    }


def _ask(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [json.loads(value) if isinstance(value, str) else value for (value,) in cursor.fetchall()]


def _in_json(moment: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(%s::timestamptz) #>> '{}'", [moment])
        return str((cursor.fetchone() or ("",))[0])
