"""The tables: what is still to be migrated, and doing it."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pipeline.store import roles

LOCK = (
    7_368_654  # Any number that nothing else of ours locks. Two processes that start at once migrate in turn.
)


def waiting() -> list[str]:
    """The names of the migrations that the database lacks, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate() -> list[str]:
    """Apply what is waiting and give its names. Safe to call from several processes at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            names = waiting()
            call_command("migrate", interactive=False, verbosity=0)
            if names:
                roles.grant_anew()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return names
