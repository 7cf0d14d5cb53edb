"""The PostgreSQL and Redis that come in wheels: started when no address is set, gone when the last user leaves.

    with servers(data_dir):
        ...  # the addresses that `settings.current()` gives by default now answer

Any number of processes may be inside `servers` of one data folder. The first starts them, the others join, and the
last to leave stops them. File locks in the data folder count the users, and the kernel drops a lock with its owner:
after a `kill -9` of everybody the next user adopts what still runs, or starts again over what is stale.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.core.errors import Unavailable
from pipeline.gateways.embedded_postgres import PostgreSQL
from pipeline.gateways.embedded_process import is_alive, last_line, server_user, socket_home
from pipeline.gateways.embedded_redis import Redis

PAUSES = (0.2, 0.5, 1.0, 2.0, 0.0)  # seconds after each start that ended at once


@contextmanager
def servers(data_dir: Path, *, database: bool = True, redis: bool = True) -> Iterator[None]:
    """Keep the embedded servers of `data_dir` running for the duration. Raises `Unavailable` with a sentence."""
    data_dir = data_dir.absolute()
    try:
        (data_dir / "logs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"{data_dir}: the data folder cannot be made ({error.strerror}). Set ROUNDS_DATA_DIR to another."
        ) from error
    user = server_user(data_dir)
    with ExitStack() as leaving:
        if database:
            leaving.enter_context(_in_use(PostgreSQL(data_dir, user)))
        if redis:
            leaving.enter_context(_in_use(Redis(data_dir, user)))
        yield


def stop_servers(data_dir: Path) -> None:
    """Stop whatever still runs on this data folder, whoever uses it. `make reset` asks for it before it deletes."""
    data_dir = data_dir.absolute()
    user = server_user(data_dir)
    for server in (PostgreSQL(data_dir, user), Redis(data_dir, user)):
        if process := server.running():
            server.stop(process)


@contextmanager
def _in_use(server: PostgreSQL | Redis) -> Iterator[None]:
    """Hold the server for the duration; start it if nobody has, stop it if nobody else holds it afterwards."""
    users = os.open(server.data_dir / f".{server.name}-users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with _turnstile(server):
            fcntl.flock(users, fcntl.LOCK_SH)
            _ensure_running(server)
        try:
            yield
        finally:
            with _turnstile(server):
                if _is_last_user(users) and (process := server.running()):
                    server.stop(process)
    finally:
        os.close(users)


@contextmanager
def _turnstile(server: PostgreSQL | Redis) -> Iterator[None]:
    """One process at a time starts or stops a server."""
    with (server.data_dir / f".{server.name}-turnstile").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_last_user(users: int) -> bool:
    """Nobody else holds the shared lock. The turnstile is ours, so that nobody can come in meanwhile."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ensure_running(server: PostgreSQL | Redis) -> None:
    socket_home(server.socket.parent, server.user)
    if process := server.running():
        if server.socket.exists() and _becomes_ready(server, process.pid):
            return
        server.stop(process)  # Deaf, or somebody cleared the folder of its socket.
    for pause in PAUSES:
        process = server.start()
        if _becomes_ready(server, process.pid):
            return
        if is_alive(process.pid):
            break  # it is at work, and has had its time
        # Where the one before was killed, the last of its children may hold its memory for another moment.
        time.sleep(pause)
    raise Unavailable(
        f"The embedded {server.name} server did not start: {last_line(server.log)} "
        f"The whole story is in {server.log}. Put that right, or set {server.setting} to a server of your own."
    )


def _becomes_ready(server: PostgreSQL | Redis, pid: int) -> bool:
    deadline = time.monotonic() + server.patience
    while time.monotonic() < deadline and is_alive(pid):
        if server.is_ready():
            return True
        time.sleep(0.03)
    return False
