"""The migration that seals what stands in the register of requests, as it finds a database of before."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.receive_request import receive_request
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Channel, Lost, RequestKind
from pipeline.store import rights, sealing
from tests import factories
from tests.factories import NOW

migration = import_module("pipeline.store.migrations.0018_seal_requests")

BEFORE = """
ALTER TABLE rights_request ADD COLUMN words text NOT NULL DEFAULT '', ADD COLUMN answer text NOT NULL DEFAULT '',
                           DROP COLUMN sealed_words, DROP COLUMN sealed_answer
"""


def execute(statement: str, values: object = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def migrate() -> None:
    editor = SimpleNamespace(connection=connection)
    execute(migration.COLUMNS)
    migration.seal_requests(None, editor)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    migration.drop_what_is_sealed(None, editor)


@pytest.mark.django_db
def test_requests_of_before_are_sealed_in_batches_and_read_as_they_did(monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 2)
    factories.notices()
    ada, ben = factories.subscriber(), factories.subscriber("ben")
    people = [ada.id, None, None, ben.id, ada.id]
    made = [
        receive_request(RequestKind.COMPLAINT, person, Channel.POST, NOW, actor=Actor.DATA_SUBJECT).uid
        for person in people
    ]
    erase_subscriber(ben.id, NOW, actor=Actor.DATA_SUBJECT)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute(BEFORE)
    for number, uid in enumerate(made[:-1]):
        values = [f"Complaint {number}: “no”.\nAda", f"Answer {number}" if number != 2 else "", uid]
        execute("UPDATE rights_request SET words = %s, answer = %s WHERE uid = %s", values)
    migrate()
    migrate()  # whoever died at any place begins again
    assert execute(
        "SELECT count(*) FROM rights_request r WHERE r::text ~* 'complaint [0-9]|answer [0-9]'"
    ) == [(0,)]
    found = [rights.by_uid(uid) for uid in made]
    assert [(one.words, one.answer) for one in found] == [
        ("Complaint 0: “no”.\nAda", "Answer 0"),
        ("Complaint 1: “no”.\nAda", "Answer 1"),
        ("Complaint 2: “no”.\nAda", ""),
        (Lost.ERASED, Lost.ERASED),
        ("", ""),
    ]


@pytest.mark.django_db
def test_where_there_is_no_request_no_secret_is_asked_for(monkeypatch):
    def no_secret(*arguments: object) -> None:
        raise AssertionError("a key was asked for")

    monkeypatch.setattr(sealing, "current", no_secret)
    execute(BEFORE)
    migrate()
    assert execute("SELECT sealed_words, sealed_answer FROM rights_request") == []
