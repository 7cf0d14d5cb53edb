"""The migration that seals who the subscribers are, as it finds a database of before."""

from __future__ import annotations

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from pipeline.actions.check_fence import fence_refusal
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.store import confirmations, models, subscribers
from tests import factories
from tests.factories import NOW, WEEKLY
from tests.secret_hosts import STRANGER, host

migration = import_module("pipeline.store.migrations.0008_sealed_subjects")


def execute(statement: str, values: object = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.django_db
def test_those_who_were_there_before_are_sealed_in_batches_and_lose_nothing(monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 2)
    factories.notices()
    for name in ("ada", "ben", "cleo", "dora", "emil"):
        subscribe(SignUp(f"{name}@readers.test", (WEEKLY,), "footer"), NOW)
    execute("ALTER TABLE subscriber ADD COLUMN address varchar(254), ADD COLUMN given_name varchar(100)")
    for name in ("ada", "ben", "cleo", "dora", "emil"):
        execute(
            "UPDATE subscriber SET address = %s, given_name = %s, wrapped_key = NULL, sealed_address = NULL"
            " WHERE address_key = %s",
            [f"{name}@readers.test", name.title() if name != "emil" else "", factories.key(name)],
        )
    execute("UPDATE confirmation SET evidence = %s::jsonb", [json.dumps({"placement": "footer"})])
    editor = SimpleNamespace(connection=connection)
    migration.seal_people(None, editor)
    assert execute("SELECT count(*) FROM subscriber WHERE address <> '' OR given_name <> ''") == [(0,)]
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    migration.drop_what_is_sealed(None, editor)
    migration.seal_people(None, editor)  # whoever died here begins again
    migration.drop_what_is_sealed(None, editor)
    found = [subscribers.by_key(factories.key(name)) for name in ("ada", "dora", "emil")]
    assert [(one.address, one.given_name) for one in found] == [
        ("ada@readers.test", "Ada"),
        ("dora@readers.test", "Dora"),
        ("emil@readers.test", ""),
    ]
    form = models.Confirmation.objects.earliest("id")
    assert form.evidence.keys() == {"sealed"}
    assert confirmations.by_id(form.id).evidence == {"placement": "footer"}


@pytest.mark.django_db(transaction=True)
def test_a_host_with_another_secret_sends_nothing_and_says_why():
    factories.notices()
    assert fence_refusal() is None
    factories.readers(["ada"])
    assert fence_refusal() is None
    with host(1, in_force=STRANGER):
        assert "another ROUNDS_SECRET_KEY" in (fence_refusal() or "")
