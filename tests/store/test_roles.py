"""The role that runs Rounds adds to the ledger and reads it. PostgreSQL refuses it the rest before any trigger does."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.open_due import open_due
from pipeline.actions.put_away import put_away
from pipeline.core.consent.entry import Actor
from pipeline.core.errors import Refused
from pipeline.store import periods, roles, seals
from pipeline.store.roles import Granted
from tests import factories
from tests.another_session import another_session
from tests.factories import NOW
from tests.sealing import seal_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app() -> Iterator[Granted]:
    """A role of this test's own, gone afterwards."""
    role = f"app_of_{connection.settings_dict['NAME']}"
    yield roles.grant(role)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP OWNED BY {0}").format(sql.Identifier(role)))
        cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def session(role: str) -> psycopg.Connection:
    return another_session(user=role, autocommit=True)


@pytest.mark.holds("S-16", "C-51")
def test_the_role_that_runs_rounds_cannot_change_what_is_append_only(app):
    factories.notices()
    factories.readers(["ada"])
    assert app.made
    assert {"consent_event", "ledger_seal", "ledger_anchor", "notice_version"} <= set(app.append_only)
    with session(app.role) as link:
        for table in app.append_only:
            assert link.execute(f"SELECT count(*) FROM {table}").fetchone()
            for change in ("DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL"):
                with pytest.raises(InsufficientPrivilege):  # of the grant: the guards say restrict_violation
                    link.execute(change.format(table))
        for change in (
            "UPDATE consent_event SET kind = 'CONSENT_GIVEN'",
            "DELETE FROM suppression",
            "DELETE FROM django_migrations",
            "CREATE TABLE of_mine (id int)",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(InsufficientPrivilege):
                link.execute(change)


def test_it_can_do_the_work_of_every_day(app):
    factories.notices()
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(app.role)))
        try:
            ada = factories.subscriber("ada")
            factories.campaign()
            open_due(NOW)
            periods.prepare(NOW.replace(year=2031))
            seals.hold()
            seal_all()
            assert not periods.ours()
            assert put_away(NOW) == []
            erase_subscriber(ada.id, NOW, actor=Actor.SYSTEM)
        finally:
            cursor.execute("RESET ROLE")
    with session(app.role) as link:
        link.execute("SELECT count(*) FROM delivery_2031_11")


def test_what_a_migration_adds_is_held_back_too(app):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE added_later (id int)")
        cursor.execute(
            "CREATE TRIGGER added_later_rows BEFORE UPDATE OR DELETE ON added_later"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        try:
            roles.grant_anew()
            with session(app.role) as link:
                link.execute("INSERT INTO added_later VALUES (1)")
                with pytest.raises(InsufficientPrivilege):
                    link.execute("DELETE FROM added_later")
        finally:
            cursor.execute("DROP TABLE added_later")


def test_a_role_that_nothing_binds_is_refused(app):
    with pytest.raises(Refused, match="owns the tables or is a superuser"):
        roles.grant(connection.settings_dict["USER"])
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(app.role)))
        try:
            with pytest.raises(Refused, match="Connect as the role that owns the tables"):
                roles.grant("another")
        finally:
            cursor.execute("RESET ROLE")
