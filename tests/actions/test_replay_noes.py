"""A restored backup is told of every no it has forgotten, before anything is sent from it (S-18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from pipeline.actions import note_no
from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.note_no import NOES, noes_folder, suppress
from pipeline.actions.replay_noes import ReplayedNoes, replay_noes
from pipeline.core.consent.entry import Actor, EventKind
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.suppression import ALL, MARKETING, Reason, Suppression
from pipeline.gateways import noes
from pipeline.settings import current
from pipeline.store import consent, instance, subscribers
from tests import factories
from tests.factories import NOW
from tests.superuser import guards_down

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _house(tmp_path, monkeypatch):
    monkeypatch.setattr(note_no, "current", lambda: replace(current(), data_dir=tmp_path))
    factories.notices()


def person(name: str):
    return subscribers.by_key(factories.key(name))


def permits(name: str) -> bool:
    return bool(fold(consent.ledger(person(name).id)).permitted)


class Backup:
    """What consent was at a moment, put back as it was."""

    TABLES = ("subscriber", "consent_event", "subscription", "suppression", "confirmation")

    def __init__(self) -> None:
        self.rows: dict[str, list[str]] = {}
        with connection.cursor() as cursor:
            for table in self.TABLES:
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
                self.rows[table] = [row[0] for row in cursor.fetchall()]

    def restore(self) -> None:
        with guards_down() as execute:
            execute("SET session_replication_role = replica")
            for table in self.TABLES:
                execute(f"DELETE FROM {table}")
                for row in self.rows[table]:
                    execute(
                        f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s)", [row]
                    )
            execute("SET session_replication_role = origin")


@pytest.mark.holds("S-18")
def test_whoever_said_no_after_the_backup_is_not_brought_back_by_it():
    factories.readers(["ada", "ben", "cleo", "dora"])
    backup = Backup()
    factories.say(person("ada"), EventKind.CONSENT_WITHDRAWN, now=NOW + HOUR)
    erase_subscriber(person("ben").id, NOW + HOUR, actor=Actor.DATA_SUBJECT, reason=Reason.CHILD)
    suppress(factories.key("cleo"), Suppression(MARKETING, Reason.COMPLAINT), NOW + HOUR)
    backup.restore()
    assert permits("ada")
    assert person("ben").address == "ben@readers.test"

    assert replay_noes(NOW + 2 * HOUR).applied == 3
    assert not permits("ada")
    assert person("ben").address == ""
    assert consent.suppressions(factories.key("ben")) == [Suppression(ALL, Reason.CHILD)]
    assert consent.suppressions(factories.key("cleo")) == [Suppression(MARKETING, Reason.COMPLAINT)]
    assert permits("dora")
    assert replay_noes(NOW + 3 * HOUR).applied == 0


def test_a_yes_that_the_database_knows_and_that_came_later_stands():
    factories.readers(["ada", "ben"])
    suppress(factories.key("ada"), Suppression(MARKETING, Reason.OBJECTION), NOW + HOUR)
    factories.say(person("ben"), EventKind.CONSENT_WITHDRAWN, now=NOW + HOUR)
    consent.lift(factories.key("ada"), Suppression(MARKETING, Reason.OBJECTION), NOW + 2 * HOUR)
    factories.say(person("ben"), EventKind.CONSENT_GIVEN, now=NOW + 2 * HOUR)
    assert replay_noes(NOW + 3 * HOUR).applied == 0
    assert permits("ben")
    assert consent.suppressions(factories.key("ada"))[0].until == NOW + 2 * HOUR


def test_a_restored_backup_without_the_no_keeps_a_later_yes_too():
    factories.readers(["ada"])
    backup = Backup()
    factories.say(person("ada"), EventKind.CONSENT_WITHDRAWN, now=NOW + HOUR)
    backup.restore()
    factories.say(person("ada"), EventKind.CONSENT_WITHDRAWN, now=NOW + 2 * HOUR)
    factories.say(person("ada"), EventKind.CONSENT_GIVEN, now=NOW + 3 * HOUR)
    assert replay_noes(NOW + 4 * HOUR).applied == 0
    assert permits("ada")


def test_a_line_that_cannot_be_read_is_counted_and_the_others_hold(tmp_path):
    factories.readers(["ada", "ben"])
    backup = Backup()
    factories.say(person("ada"), EventKind.CONSENT_WITHDRAWN, now=NOW + HOUR)
    path = noes_folder() / str(instance.read().uid)
    path.write_bytes(path.read_bytes() + b'0bad0bad {}\n\xff\xfe\n12345678 {"what"')  # the last cut short
    factories.say(person("ben"), EventKind.CONSENT_WITHDRAWN, now=NOW + HOUR)
    backup.restore()
    assert replay_noes(NOW + 2 * HOUR) == ReplayedNoes(read=5, applied=2, unreadable=3)
    content = path.read_text(errors="replace")
    assert "readers.test" not in content


def test_a_no_that_was_rolled_back_was_never_said():
    factories.readers(["ada"])
    with transaction.atomic():
        factories.say(person("ada"), EventKind.CONSENT_WITHDRAWN, now=NOW + HOUR)
        transaction.set_rollback(True)
    assert list(noes.noted(noes_folder(), instance.read().uid)) == []


def test_a_full_disk_takes_no_no_back(monkeypatch, tmp_path):
    (tmp_path / "noes").write_text("a file where the folder should be")
    factories.readers(["ada"])
    factories.say(person("ada"), EventKind.CONSENT_WITHDRAWN, now=NOW + HOUR)
    assert not permits("ada")


def test_only_what_a_person_decided_is_a_no():
    assert EventKind.CONSENT_WITHDRAWN in NOES
    assert EventKind.COMPLAINT_FBL in NOES
    assert not NOES & {EventKind.CONSENT_GIVEN, EventKind.CONSENT_REQUESTED, EventKind.CONFIRM_EXPIRED}
