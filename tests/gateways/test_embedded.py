"""The embedded servers: shared while anybody needs them, and started over what a crash left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from pipeline.core.errors import Unavailable
from pipeline.gateways.embedded import servers, stop_servers
from pipeline.gateways.embedded_postgres import PostgreSQL
from pipeline.settings import PROJECT, socket_folder

HOLD = """
import sys, time
from pathlib import Path
from pipeline.gateways.embedded import servers
with servers(Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder too deep for a socket's name, behind a door that only its owner passes."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    deep = closed / ("deep" * 40) / "data"
    yield deep
    stop_servers(deep)
    shutil.rmtree(socket_folder(deep), ignore_errors=True)


def _query(folder: Path, statement: str) -> str:
    with psycopg.connect(host=str(socket_folder(folder)), user="rounds", dbname="rounds") as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row
    return str(row[0])


def _server(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().split("\n")[0]))


def _owner(folder: Path) -> subprocess.Popen[str]:
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env={**os.environ},
    )
    assert owner.stdout
    assert owner.stdout.readline() == "up\n"
    return owner


def _is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_deep_folder_behind_a_closed_door_is_served_and_the_door_stays_closed(folder: Path) -> None:
    with servers(folder):
        assert _query(folder, "SHOW data_checksums") == "on"
        assert _query(folder, "SHOW fsync") == "on"
        assert _query(folder, "SELECT datcollate FROM pg_database WHERE datname = 'rounds'") == "C"
        assert _query(folder, "SHOW listen_addresses") == ""
        assert redis.Redis(unix_socket_path=f"{socket_folder(folder)}/redis.sock").ping()
    assert (folder.parent.parent.stat().st_mode & 0o777) == 0o700
    assert len(str(socket_folder(folder) / ".s.PGSQL.5432")) < 100


def test_the_last_to_leave_stops_the_servers_and_the_data_stays(folder: Path) -> None:
    with servers(folder, redis=False):
        with servers(folder, redis=False):
            process = _server(folder)
        assert not _is_gone(process)
        with psycopg.connect(host=str(socket_folder(folder)), user="rounds", dbname="rounds") as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert _is_gone(process)
    with servers(folder, redis=False):
        assert _query(folder, "SELECT number FROM kept") == "7"


def test_a_killed_owner_leaves_servers_that_the_next_one_adopts_and_stops(folder: Path) -> None:
    owner = _owner(folder)
    process = _server(folder)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    with servers(folder):
        assert _server(folder) == process
    assert _is_gone(process)


def test_a_killed_server_starts_over_its_stale_files(folder: Path) -> None:
    owner = _owner(folder)
    process = _server(folder)
    owner.send_signal(signal.SIGKILL)
    process.send_signal(signal.SIGKILL)
    owner.wait()
    with servers(folder):
        assert _query(folder, "SELECT 1") == "1"


def test_a_start_that_ends_at_once_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the last child of a server that was killed still holds its memory."""
    starts: list[PostgreSQL] = []
    start = PostgreSQL.start

    def start_at_the_second_try(server: PostgreSQL) -> object:
        starts.append(server)
        if len(starts) > 1:
            return start(server)
        failed = subprocess.Popen(["false"])
        failed.wait()
        return failed

    monkeypatch.setattr(PostgreSQL, "start", start_at_the_second_try)
    with servers(folder, redis=False):
        assert _query(folder, "SELECT 1") == "1"
    assert len(starts) == 2


def test_a_pid_that_another_program_has_by_now_is_not_taken_for_the_server(folder: Path) -> None:
    with servers(folder, redis=False):
        stale = (folder / "postgres" / "postmaster.pid").read_text()
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n" + stale.partition("\n")[2])
    with servers(folder, redis=False):
        assert _query(folder, "SELECT 1") == "1"


def test_servers_whose_folder_was_deleted_make_way(folder: Path) -> None:
    owner = _owner(folder)
    process = _server(folder)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    shutil.rmtree(folder)
    with servers(folder):
        assert _query(folder, "SELECT 1") == "1"
        assert _is_gone(process)


def test_a_frozen_redis_is_replaced(folder: Path) -> None:
    owner = _owner(folder)
    process = psutil.Process(int((folder / "redis.pid").read_text()))
    process.suspend()
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    started = time.monotonic()
    with servers(folder, database=False):
        assert _is_gone(process)
    assert time.monotonic() - started < 20


def test_files_of_another_version_are_refused_with_the_next_move(folder: Path) -> None:
    with servers(folder, redis=False):
        pass
    (folder / "postgres" / "PG_VERSION").write_text("17\n")
    with (
        pytest.raises(Unavailable, match=r"written by PostgreSQL 17.*make reset"),
        servers(folder, redis=False),
    ):
        pass


def test_a_socket_folder_of_somebody_else_is_refused(folder: Path, tmp_path: Path) -> None:
    sockets = socket_folder(folder)
    sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(Unavailable, match="belongs to somebody else"), servers(folder):
            pass
    finally:
        sockets.unlink()
