"""What tests begin with is put back as the real actions would make it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from pipeline.actions.plan_series import plan_series
from pipeline.actions.publish_notices import publish_notices
from pipeline.actions.render_series import render_series
from tests import factories
from tests.factories import NOW, SERIES

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
TABLES = (*factories.NOTICES, *factories.LETTERS)


def test_what_is_put_back_is_what_would_be_made_again() -> None:
    with _forgotten():
        _put_back(NOW)  # made here, unless an earlier test of this worker has
    with _forgotten():
        rendered = _put_back(LATER)
        back, numbers = _rows(), _numbers("issue_revision")
    with _forgotten():
        publish_notices(LATER)
        factories._approve(LATER)
        plan_series(SERIES, LATER)
        again = render_series(SERIES, LATER)
        made, next_numbers = _rows(), _numbers("issue_revision")

    assert all(made.values())
    assert back == made
    assert [each.letter for each in rendered] == [each.letter for each in again]
    assert [each.revision_id for each in rendered] == numbers
    assert not set(numbers) & set(next_numbers)  # no number is given twice


def _put_back(now: datetime) -> list[Any]:
    factories.notices(now)
    return factories.series(now)


@contextmanager
def _forgotten() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _numbers(table: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY id")
        return [number for (number,) in cursor.fetchall()]


def _rows() -> dict[str, list[dict[str, Any]]]:
    """The rows of each table. A number that names a row stands as that row's place in its own table."""
    numbered = [table._meta.db_table for table in TABLES if table._meta.pk.column == "id"]
    numbered.remove("purpose")  # its key is its name
    places = {table: {n: i for i, n in enumerate(_numbers(table))} for table in numbered}
    found = {}
    for table in TABLES:
        columns = {
            field.column: field.remote_field.model._meta.db_table
            if field.remote_field
            else field.model._meta.db_table
            for field in table._meta.concrete_fields
            if field.remote_field or field.column == "id"
        }
        with connection.cursor() as cursor:
            name = table._meta.db_table
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {name} t ORDER BY {table._meta.pk.column}")
            rows = [json.loads(text) for (text,) in cursor.fetchall()]
        found[name] = [
            {
                key: places.get(columns.get(key, ""), {}).get(value, value)
                if isinstance(value, int)
                else value
                for key, value in row.items()
            }
            for row in rows
        ]
    return found
