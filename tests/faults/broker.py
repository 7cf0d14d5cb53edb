"""Redis, Celery's processes and the pipe between them, as a row of C2 starts, breaks and ends them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pipeline.gateways.embedded_binaries import redis_server
from pipeline.settings import PROJECT
from tests.faults.world import BrokenError, World

QUEUE = "rounds:rounds"  # the list that workers take jobs from
RESET = struct.pack("ii", 1, 0)


class Broker:
    """A Redis of one world, on a socket or, for a `Pipe`, on a port. It may be killed, frozen and started again."""

    def __init__(self, *, append_only: bool = False, port: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rounds-broker-"))
        self.append_only, self.port = append_only, port
        self.socket = self.folder / "redis.sock"
        self.url = f"redis://127.0.0.1:{port}/0" if port else f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.thaw()
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                str(redis_server(None)),
                *("--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket)),
                *("--dir", str(self.folder), "--save", "", "--daemonize", "no", "--protected-mode", "no"),
                *("--appendonly", "yes" if self.append_only else "no", "--maxmemory-policy", "noeviction"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                self.client().ping()
                return
            except redis.RedisError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise BrokenError("Redis did not start") from None
                time.sleep(0.05)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)

    def client(self) -> redis.Redis:
        return redis.Redis(
            unix_socket_path=str(self.socket),
            socket_timeout=5,
            socket_connect_timeout=5,
            retry=Retry(NoBackoff(), 0),
        )


class Pipe:
    """A port that leads to another, until it does not: it may go silent without a word, or reset what runs over it."""

    def __init__(self, port: int) -> None:
        self.behind = port
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._silent: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self.reset()

    def go_silent(self) -> int:
        """Half open: from here on the connections that are there carry nothing, and nobody closes them."""
        for pair in self._pairs:
            self._silent.update(pair)
        return len(self._pairs)

    def reset(self) -> None:
        """RST to everybody."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    end.shutdown(socket.SHUT_RD)  # wakes the thread that reads there
                with suppress(OSError):
                    end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self.behind), timeout=5)
            except OSError:
                if self._listener.fileno() < 0:
                    return
                continue
            far.settimeout(None)
            self.connections += 1
            self._pairs.append((near, far))
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source not in self._silent:
                    target.sendall(data)
            if source not in self._silent:
                target.shutdown(socket.SHUT_WR)


class Programs:
    """The service's own processes beside a world: workers, schedulers, the pump, the web server."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.log = world.folder / "programs.log"
        self.running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in list(self.running):
            self.kill(process)

    def start(self, *command: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**self.world.environment, **(environment or {})},
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.running.append(process)
        return process

    def worker(self, *before: str, app: str = "worker", **environment: str) -> subprocess.Popen[bytes]:
        """A Celery worker. `before` stands before its command, such as `faketime -f +2h`."""
        arguments = ("-A", app, "worker", "--without-gossip", "--without-mingle", "--loglevel", "INFO")
        return self.start(*before, sys.executable, "-m", "celery", *arguments, environment=environment)

    def beat(self) -> subprocess.Popen[bytes]:
        return self.start(sys.executable, "-m", "celery", "-A", "scheduler", "beat", "--loglevel", "WARNING")

    def pump(self, after: float = 2.0) -> subprocess.Popen[bytes]:
        """`rounds pump` as it stands beside Celery."""
        return self.start(sys.executable, "-m", "pipeline.cli", "pump", "--after", str(after))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """`kill -9` of the process and of what it forked."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.running.remove(process)

    def said(self, what: str) -> list[str]:
        return [line for line in self.log.read_text(errors="replace").splitlines() if what in line]

    def until_ready(self, workers: int = 1, seconds: float = 60.0) -> None:
        """Celery's workers have connected and forked."""
        self.world.until(lambda: len(self.said(" ready.")) >= workers, f"{workers} ready workers", seconds)


def finished(world: World) -> bool:
    return bool(world.query("SELECT 1 FROM mailing WHERE number = 1 AND state = 'finished'"))


def oldest_due(world: World) -> float:
    """Seconds for which the letter that waits longest has been due."""
    [[age]] = world.query(
        "SELECT coalesce(extract(epoch FROM now() - min(next_attempt_at)), 0)::float8 FROM delivery WHERE state = 0"
    )
    return float(age)
