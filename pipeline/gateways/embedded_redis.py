"""One embedded Redis server: `redis-server` of the machine where there is one, else Valkey from its wheel.

It listens on a Unix socket only, and keeps nothing on disk: what it holds are hints, and PostgreSQL has the facts.
"""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pipeline.gateways.embedded_binaries import redis_server
from pipeline.gateways.embedded_process import (
    ServerUser,
    end,
    find,
    number_in,
    own_folder,
    spawn,
    standing_in,
)
from pipeline.settings import socket_folder


class Redis:
    """The server on `<data>/redis`."""

    name = "redis"
    setting = "REDIS_URL"
    patience = (
        6.0  # Seconds that a start may take. A frozen one is replaced after that: nothing in it is missed.
    )

    def __init__(self, data_dir: Path, user: ServerUser | None) -> None:
        self.data_dir = data_dir
        self.user = user
        self.folder = data_dir / "redis"
        self.socket = socket_folder(data_dir) / "redis.sock"
        self.log = data_dir / "logs" / "redis.log"
        # Two, as PostgreSQL has: one beside the data and one beside the socket. Either folder may be cleared.
        self.pid_file = data_dir / "redis.pid"
        self.socket_pid_file = self.socket.with_name("redis.pid")

    def running(self) -> psutil.Process | None:
        """The server on this folder, by its pid file."""
        return standing_in(self.folder, number_in(self.pid_file))

    def start(self) -> psutil.Process:
        own_folder(self.folder, self.user)
        self._free_socket()
        self.socket.unlink(missing_ok=True)
        command = [
            str(redis_server(self.user)),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--daemonize", "no"),
        ]
        process = spawn(command, self.folder, self.log, self.user)
        for file in (self.pid_file, self.socket_pid_file):
            file.write_text(str(process.pid))
        return process

    def is_ready(self) -> bool:
        client = redis.Redis(
            unix_socket_path=str(self.socket),
            socket_timeout=2,
            socket_connect_timeout=2,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False  # Not yet listening, or frozen; the caller asks again until its patience ends.
        finally:
            client.close()

    def stop(self, process: psutil.Process) -> None:
        end(process, signal.SIGTERM)

    def _free_socket(self) -> None:
        """End a server whose folder was deleted under it: taking its socket would leave it running for ever."""
        holder = find(number_in(self.socket_pid_file))
        if holder and holder.name() in {"redis-server", "valkey-server"}:
            end(holder, signal.SIGTERM)
