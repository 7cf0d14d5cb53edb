"""A PostgreSQL of the run's own, as careful with the disk as an installation's, with a database for each measurement.

It is the embedded server with the options that Rounds gives it: fsync, full pages and synchronous commits are on.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg

from bench.letter import RETURN_PATH, SENDER, SITE
from bench.processes import tree_cpu_seconds
from pipeline.core.errors import Unavailable
from pipeline.gateways.embedded_postgres import PostgreSQL
from pipeline.gateways.embedded_process import server_user, socket_home
from pipeline.settings import socket_folder

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the cluster: `environment` is what a process of Rounds that works on it is given."""

    cluster: Cluster
    name: str

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of the caller's own settings gets through."""
        data = self.cluster.folder / "data" / self.name
        data.mkdir(parents=True, exist_ok=True)
        strange = ("ROUNDS_", "DATABASE_URL", "REDIS_URL", "PG")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        return {
            **inherited,
            "DJANGO_SETTINGS_MODULE": "pipeline.settings",
            "DATABASE_URL": self.cluster.url(self.name),
            "REDIS_URL": f"unix://{data}/no-redis.sock",
            "ROUNDS_DATA_DIR": str(data),
            "ROUNDS_SECRET_KEY": "the secret of a benchmark, which opens nothing anywhere",
            "ROUNDS_BASE_URL": SITE,
            "ROUNDS_SENDER_NAME": SENDER.partition(" <")[0],
            "ROUNDS_SENDER_ADDRESS": SENDER.partition("<")[2].rstrip(">"),
            "ROUNDS_RETURN_PATH_DOMAIN": RETURN_PATH.partition("@")[2],
            **more,
        }

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.cluster.connect(self.name) as connection:
            return connection.execute(statement).fetchall()

    def states(self) -> dict[int, int]:
        """How many deliveries stand in each state."""
        return dict(self.query("SELECT state, count(*) FROM delivery GROUP BY state"))


class Cluster:
    """The server, started on entry and gone on exit. Its folder must be one that every user can walk into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "postgres"
        self._made: dict[int, Opened] = {}

    def __enter__(self) -> Self:
        (self.folder / "logs").mkdir(parents=True)
        self.folder.chmod(0o755)
        self._server = PostgreSQL(self.folder, server_user(self.folder))
        socket_home(self._server.socket.parent, self._server.user)
        self.process = self._server.start()
        deadline = time.monotonic() + 60
        while not self._server.is_ready():
            if time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL did not start: {self._server.log.read_text()[-500:]}")
            time.sleep(0.03)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(self.process)
        shutil.rmtree(socket_folder(self.folder), ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://rounds@/{database}?host={quote(str(socket_folder(self.folder)), safe='')}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url(database), autocommit=True)

    def execute(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(statement)

    def cpu_seconds(self) -> float:
        """User and system time of the server: all its processes, with those that have ended."""
        return tree_cpu_seconds(self.process.pid)

    def opened(self, recipients: int) -> Opened:
        """A database with an issue that has just opened to so many, made once for each number."""
        if recipients not in self._made:
            self._made[recipients] = self._make(recipients)
        return self._made[recipients]

    def forget(self, recipients: int) -> None:
        """Give back its room on the disk."""
        made = self._made.pop(recipients)
        self.execute(f"DROP DATABASE {made.database.name} WITH (FORCE)")

    @contextmanager
    def copy(self, recipients: int) -> Iterator[Database]:
        """A fresh copy of that, with nothing of its making left to write to the disk."""
        template = self.opened(recipients).database.name
        copy = Database(self, f"run_{recipients}_{time.monotonic_ns()}")
        self.execute(f"CREATE DATABASE {copy.name} TEMPLATE {template}")
        self.execute("CHECKPOINT")
        try:
            yield copy
        finally:
            self.execute(f"DROP DATABASE {copy.name} WITH (FORCE)")

    def _make(self, recipients: int) -> Opened:
        database = Database(self, f"opened_{recipients}")
        self.execute(f"CREATE DATABASE {database.name}")
        facts = run_program("opened", recipients, environment=database.environment())
        with self.connect(database.name) as connection:
            connection.execute("VACUUM (ANALYZE)")
        return Opened(database, facts["seconds"], facts["cpu"], facts["cpu_database"])


@dataclass(frozen=True, slots=True)
class Opened:
    """An issue that has opened: the seconds of that, without what was made before it. `cpu_database`: the backend's."""

    database: Database
    seconds: float
    cpu: float
    cpu_database: float


def run_program(name: str, *words: object, environment: Mapping[str, str]) -> Any:
    """Run one of `bench.programs` to its end. Returns what it printed last, as data."""
    command = [sys.executable, "-m", f"bench.programs.{name}", *map(str, words)]
    done = subprocess.run(
        command, env=dict(environment), cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unavailable(f"{name} ended with status {done.returncode}\n{done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])
