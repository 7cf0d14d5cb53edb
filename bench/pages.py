"""The public pages under load: goodbyes, confirmations and sign-ups together, beside `GET /health`.

One `rounds web` with its own PostgreSQL and Redis, and visitors in a process of their own, all on this machine. First
as fast as they can, which says what the machine takes; then at a steady rate, which says how long people wait; and
that again while Redis is stopped by SIGSTOP, where nothing may change.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.cluster import PROJECT, Database, run_program
from bench.letter import SITE
from bench.work import Work
from pipeline.core.errors import Unavailable
from pipeline.gateways.embedded_process import socket_home
from pipeline.gateways.embedded_redis import Redis
from pipeline.gateways.ports import free_port

WANTED = 500.0  # pages a second that the product is to serve on two cores
CONNECTIONS = 64
WARM = 60  # of each kind
STEADY = 0.5  # of the rate that the machine takes
PARTS = ("flat out", "steady", "Redis frozen")

Tell = Callable[[str], None]


def pages(work: Work, count: int, tell: Tell) -> dict[str, Any]:
    """By part: the rate, and by kind of page the median and the 99th percentile of the waits in milliseconds.

    `count` of each kind in each part, after WARM others that are not counted: a server that has just begun makes its
    connections first. No more than 450 in sum: beyond 500 sign-ups an hour no letter is sent (D-06), which would be
    quicker. The steady rate is half of what the machine takes: nearer
    to that, the waits tell of the queue and not of the pages.
    """
    found: dict[str, Any] = {}
    rate = 0.0
    for part in PARTS:
        tell(f"pages, {part}")
        with _site(work, part, count) as (port, folder, redis):
            _visit(port, rate=0.0, file=folder / "warm.json")
            found.setdefault("health alone", _visit(port, rate=100, file=folder / "health.json"))
            if part == "Redis frozen":
                redis.send_signal(signal.SIGSTOP)
            try:
                found[part] = _visit(port, rate=rate, file=folder / "requests.json")
            finally:
                redis.send_signal(signal.SIGCONT)
        rate = rate or STEADY * found[part]["rate"]
    return {**found, "wanted": WANTED}


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The table for a terminal: by part, the rate, the waits of each kind of page and what was answered."""
    if not found:
        return
    yield f"\nPublic pages, {CONNECTIONS} connections; {found['wanted']:.0f} a second are wanted"
    yield f"  {'':16} {'':10} {'a second':>9} {'median ms':>10} {'p99 ms':>8}  answers"
    for part in ("health alone", *PARTS):
        for kind, waits in found[part]["kinds"].items():
            answers = ", ".join(f"{count} x {status}" for status, count in waits["statuses"].items())
            rate = f"{found[part]['rate']:9.0f}"
            yield f"  {part:16} {kind:10} {rate} {waits['median_ms']:10} {waits['p99_ms']:8}  {answers}"


@contextmanager
def _site(work: Work, part: str, count: int) -> Iterator[tuple[int, Path, Any]]:
    """A web server with a database of its own, full of people, and the requests that they will send."""
    name = f"pages_{part.replace(' ', '_').lower()}"
    folder = work.folder / name
    folder.mkdir()
    folder.chmod(0o755)
    work.cluster.execute(f"CREATE DATABASE {name}")
    (folder / "logs").mkdir()
    redis = Redis(folder, None)
    socket_home(redis.socket.parent, None)
    environment = Database(work.cluster, name).environment(
        REDIS_URL=f"unix://{redis.socket}",
        ROUNDS_TRUSTED_PROXIES="127.0.0.1",
        ROUNDS_ALLOWED_HOSTS="127.0.0.1",
        ROUNDS_RELAY_SIGNS="1",
    )
    run_program("page_requests", count + WARM, WARM, folder, environment=environment)
    server = redis.start()
    port = free_port()
    web = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "web", "--port", str(port)], env=environment, cwd=PROJECT
    )
    try:
        _wait_for(port)
        yield port, folder, server
    finally:
        web.terminate()
        web.wait(20)
        server.kill()
        server.wait(5)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as asked:
                asked.request("GET", "/health", headers={"Host": SITE.partition("://")[2]})
                asked.getresponse()
                return
        except OSError:
            time.sleep(0.1)
    raise Unavailable("the web server did not start")


def _visit(port: int, *, rate: float, file: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "bench.programs.visitors",
        str(port),
        str(rate),
        str(CONNECTIONS),
        str(file),
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"the visitors ended with status {done.returncode}\n{done.stderr.strip()}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told
