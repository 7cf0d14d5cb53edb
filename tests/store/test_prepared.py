"""Statements of the public doors (`store.prepared`)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pipeline.store.prepared import run

pytestmark = pytest.mark.django_db
SELECT = "SELECT %s::int + 1, 'so prepared'"


def prepared() -> int:
    [(count,)] = run("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%so prepared%"])
    return int(count)


def test_a_statement_is_planned_once_for_a_connection_and_its_parameters_are_no_part_of_it():
    assert run(SELECT, [1]) == [(2, "so prepared")]
    assert run(SELECT, [2]) == [(3, "so prepared")]
    assert prepared() == 1


def test_what_has_no_rows_gives_none():
    assert run("SELECT 1 WHERE false") == []
    assert run("SET LOCAL lock_timeout = '2s'") == []


def test_its_errors_are_those_of_django_and_undo_what_stands_around_it():
    with pytest.raises(IntegrityError), transaction.atomic():
        run("INSERT INTO purpose (id, title) VALUES (%s, NULL)", ["nothing"])
    assert run("SELECT 1 FROM purpose WHERE id = 'nothing'") == []
    with pytest.raises(DatabaseError), transaction.atomic():
        run("SELECT no_such_column FROM purpose")


def test_words_of_a_stranger_stay_words():
    words = "'; DROP TABLE purpose; -- %s"
    assert run("SELECT %s::text", [words]) == [(words,)]
    assert run("SELECT %(words)s::text, %(words)s::text", {"words": words}) == [(words, words)]


def test_whoever_watches_the_connection_sees_it():
    with CaptureQueriesContext(connection) as seen:
        assert run(SELECT, [1]) == [(2, "so prepared")]
    assert "so prepared" in seen.captured_queries[0]["sql"]
