"""What every test may ask for: a real PostgreSQL, a real Redis, the settings that point at them.

Nothing is started until a test asks, so that the tests of `core` run without servers. All workers of a run share one
temporary data folder, and `servers` counts them: the first to ask starts a server, the last to end stops it.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from aiosmtpd.smtp import Envelope
from django.db.backends.utils import CursorWrapper

CHROMIUM = Path("/usr/bin/chromium")
FOLDER = "ROUNDS_TEST_DATA_DIR"


def pytest_configure(config: pytest.Config) -> None:
    """Point the settings at this run's own data folder, before anything reads them."""
    _keep_what_is_compiled()
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="rounds-tests-")
        config.add_cleanup(_remove_folder)
    for name in [name for name in os.environ if name.startswith("ROUNDS_") and name != FOLDER]:
        del os.environ[name]  # A developer's own settings decide nothing here.
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ["ROUNDS_DATA_DIR"] = os.environ[FOLDER]
    os.environ["ROUNDS_SECRET_KEY"] = "a secret of the tests, and of nobody else"
    os.environ["ROUNDS_RELAY_SIGNS"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "pipeline.settings"

    # A slow example on a busy machine is no finding.
    hypothesis.settings.register_profile("rounds", deadline=None)
    hypothesis.settings.load_profile("rounds")

    from django.conf import settings

    assert settings.DATABASES  # Read now, so that pytest-django finds Django configured.


def _keep_what_is_compiled() -> None:
    """Many a test starts Python, which costs some seconds where nobody may keep what was compiled. Whoever wants no
    `__pycache__` beside the sources has said so for them: here it is kept beside the packages, from run to run.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "compiled"))
        sys.pycache_prefix, sys.dont_write_bytecode = prefix, False


def _remove_folder() -> None:
    from pipeline.gateways.embedded import stop_servers
    from pipeline.settings import socket_folder

    folder = Path(os.environ.pop(FOLDER))
    stop_servers(folder)
    shutil.rmtree(socket_folder(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def pytest_collection() -> None:
    gc.disable()  # the tests that are found are all kept: there is nothing to collect


def pytest_collection_finish() -> None:
    """What has been read stays until the end. To look through it again and again costs a tenth of the quick tests."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


LONG = {"house", "service", "cluster"}  # fixtures of the files that take longest


@pytest.hookimpl(trylast=True)  # after pytest-django, which puts tests that take no fixture of its own last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A worker takes one file after the other. The longest come first, so that none is left with one at the end.
    long = {item.path for item in items if LONG.intersection(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: item.path not in long)
    if CHROMIUM.exists():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed: apt-get install chromium"))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The data folder of this test run."""
    return Path(os.environ[FOLDER])


@pytest.fixture(scope="session")
def postgres(data_dir: Path) -> Iterator[str]:
    """A running PostgreSQL; gives its address. A test of the database itself takes `db` of pytest-django."""
    from pipeline.gateways.embedded import servers
    from pipeline.settings import current

    with servers(data_dir, redis=False):
        with psycopg.connect(current().database_url, autocommit=True) as link:
            # These tests crash no server: their data need not outlive one. `tests/faults` has servers of its own.
            link.execute("ALTER SYSTEM SET fsync = off")
            link.execute("ALTER SYSTEM SET full_page_writes = off")
            link.execute("SELECT pg_reload_conf()")
        yield current().database_url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_xdist_suffix: None, postgres: str) -> None:
    """Start PostgreSQL before pytest-django makes its database, one for each worker."""
    from django.core.management.commands import flush
    from django.db.backends.postgresql.operations import DatabaseOperations

    def empty(operations: DatabaseOperations, statements: list[str]) -> None:
        """Between tests that commit, Django truncates every table, which costs more than most of the tests. Here only
        those are emptied that have rows, and with their guards down: they refuse it, as they should.
        """
        with operations.connection.cursor() as cursor:
            _empty(cursor)

    flush.emit_post_migrate_signal = lambda *_, **__: None  # what it would make again is left where it is
    DatabaseOperations.execute_sql_flush = empty  # type: ignore[method-assign]


LEFT = ("django_migrations", "django_content_type", "auth_permission")


def _empty(cursor: CursorWrapper) -> None:
    cursor.execute(
        "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relname <> ALL(%s)"
        " AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0",  # else: never filled
        [list(LEFT)],
    )
    tables = [name for (name,) in cursor.fetchall()]
    cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in tables))
    filled = [name for (name,) in cursor.fetchall()]
    cursor.execute(
        "SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgenabled = 'A' AND tgrelid = ANY(%s::regclass[])",
        [filled],
    )
    guards = cursor.fetchall()
    down = [f"ALTER TABLE {table} DISABLE TRIGGER {guard}" for table, guard in guards]
    up = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}" for table, guard in guards]
    gone = [f"DELETE FROM {table}" for table in filled]
    # In this role neither foreign keys nor our other triggers ask anything.
    cursor.execute(
        ";".join(["BEGIN", "SET LOCAL session_replication_role = replica", *down, *gone, *up])
        # The row that the migrations made: this database may send.
        + ";INSERT INTO instance (id, uid, epoch, sending_enabled, changed_at)"
        " VALUES (1, gen_random_uuid(), 1, true, now()) ON CONFLICT DO NOTHING;COMMIT"
    )


@pytest.fixture(scope="session", autouse=True)
def _checks_are_remembered() -> None:
    """Hundreds of tests begin with the same six issues, and what the checks find depends on nothing but the letter."""
    from functools import cache

    from pipeline.actions import render_series

    render_series.check_letter = cache(render_series.check_letter)  # type: ignore[assignment]


@pytest.fixture(scope="session")
def _redis_server(data_dir: Path) -> Iterator[str]:
    from pipeline.gateways.embedded import servers
    from pipeline.settings import current

    with servers(data_dir, database=False):
        yield current().redis_url


@pytest.fixture
def redis_url(_redis_server: str) -> Iterator[str]:
    """The address of a running Redis, in a numbered database of this worker's, emptied before and after."""
    import redis

    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
    address = f"{_redis_server}?db={number}"
    client = redis.Redis.from_url(address)
    client.flushdb()
    yield address
    client.flushdb()
    client.close()


@pytest.fixture
def smtp() -> Iterator[CatchAll]:
    """An SMTP server on a free port of this machine that takes every message and keeps it."""
    from aiosmtpd.controller import Controller

    from pipeline.gateways.ports import free_port

    kept = CatchAll()
    port = free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    kept.url = f"smtp://127.0.0.1:{port}?tls=none"
    yield kept
    controller.stop()


class CatchAll:
    """What arrived: `envelopes` have `mail_from`, `rcpt_tos` and `content` (the message as bytes)."""

    def __init__(self) -> None:
        self.url = ""
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK kept"
