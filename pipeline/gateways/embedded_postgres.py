"""One embedded PostgreSQL server: its files, its start, its stop. `embedded.py` decides when.

It listens on a Unix socket only. PostgreSQL refuses to run as root; started by root it runs as another user, inside
its own folder, which it then addresses as `/proc/self/cwd`. So it needs no way through the folders above, and a
clone in a closed home folder works without opening that to anybody.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg

from pipeline.core.errors import Unavailable
from pipeline.gateways.embedded_binaries import POSTGRES_VERSION, postgres_home
from pipeline.gateways.embedded_process import (
    PLAIN_ENVIRONMENT,
    ServerUser,
    address_of,
    end,
    find,
    number_in,
    own_folder,
    run_as,
    spawn,
    standing_in,
)
from pipeline.settings import socket_folder

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The defaults, said aloud: consent that was acknowledged survives a crash (delivery.md, G8).
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}


class PostgreSQL:
    """The server on `<data>/postgres`."""

    name = "postgres"
    setting = "DATABASE_URL"
    patience = 60.0  # Seconds that a start may take, recovery after a crash included.

    def __init__(self, data_dir: Path, user: ServerUser | None) -> None:
        self.data_dir = data_dir
        self.user = user
        self.folder = data_dir / "postgres"
        self.socket = socket_folder(data_dir) / ".s.PGSQL.5432"
        self.log = data_dir / "logs" / "postgres.log"

    def running(self) -> psutil.Process | None:
        """The server on this folder, by its pid file; a program that has the number by now is not it."""
        return standing_in(self.folder, number_in(self.folder / "postmaster.pid"))

    def start(self) -> psutil.Process:
        """Start the server over whatever a crash left. Only called when nothing runs on the folder."""
        home = postgres_home(self.user)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(home)
        self._refuse_other_version()
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self._free_socket()
        options = {**OPTIONS, "unix_socket_directories": str(self.socket.parent)}
        command = [str(home / "bin" / "postgres"), "-D", address_of(self.folder, self.user)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return spawn(command, self.folder, self.log, self.user)

    def is_ready(self) -> bool:
        """Does it answer, and is there a database `rounds`? Makes that the first time."""
        try:
            with psycopg.connect(
                host=str(self.socket.parent),
                user="rounds",
                dbname="postgres",
                autocommit=True,
                connect_timeout=5,
            ) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'rounds'").fetchone():
                    connection.execute("CREATE DATABASE rounds")
        except psycopg.OperationalError:
            return False  # Starting or recovering; the caller asks again until its patience ends.
        return True

    def stop(self, process: psutil.Process) -> None:
        """A fast shutdown: sessions end and a checkpoint is written. An immediate one if that takes too long."""
        end(process, signal.SIGINT, signal.SIGQUIT)

    def _initialise(self, home: Path) -> None:
        """Make the files beside their place and move them there whole, so that a kill leaves no half of them."""
        fresh = self.folder.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        own_folder(fresh, self.user)
        made = subprocess.run(
            [
                str(home / "bin" / "initdb"),
                f"--pgdata={address_of(fresh, self.user)}",
                "--username=rounds",
                "--auth=trust",  # Nobody else gets into the socket's folder.
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--data-checksums",
            ],
            cwd=fresh,
            env=PLAIN_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            **run_as(self.user),
        )
        if made.returncode:
            complaint = (made.stderr.strip().splitlines() or ["it gave no reason"])[-1]
            raise Unavailable(
                f"The embedded PostgreSQL could not make its files in {self.folder}: {complaint} "
                "Make room there, or set ROUNDS_DATA_DIR to another folder, or DATABASE_URL to a server of your own."
            )
        fresh.rename(self.folder)

    def _refuse_other_version(self) -> None:
        found = (self.folder / "PG_VERSION").read_text().strip()
        if found != POSTGRES_VERSION:
            raise Unavailable(
                f"{self.folder} was written by PostgreSQL {found}, and this is PostgreSQL {POSTGRES_VERSION}. "
                "Dump it with the version of Rounds that wrote it, or clear it with `make reset`."
            )

    def _free_socket(self) -> None:
        """End a server whose folder was deleted under it: it holds our socket, and nobody can use it."""
        lock = self.socket.with_name(".s.PGSQL.5432.lock")
        holder = find(number_in(lock))
        if holder and holder.name() == "postgres":
            end(holder, signal.SIGQUIT)
        lock.unlink(missing_ok=True)
