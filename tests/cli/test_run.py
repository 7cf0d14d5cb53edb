"""`rounds run`: everything comes up, what dies comes back, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from pipeline.gateways.ports import free_port
from pipeline.settings import PROJECT


def _eventually(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


def _named(supervisor: psutil.Process, word: str) -> list[psutil.Process]:
    return [child for child in supervisor.children() if _lives(child) and word in child.cmdline()]


def test_the_service_comes_up_heals_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "out"
    with log.open("w") as output:
        service = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", "run", "--port", str(port)],
            cwd=PROJECT,
            env={
                **os.environ,
                "ROUNDS_DATA_DIR": str(tmp_path / "data"),
                "PYTHONUNBUFFERED": "1",
                "ROUNDS_WEB_PROCESSES": "1",
            },
            stdout=output,
            stderr=output,
        )
    try:
        _eventually(lambda: f"Rounds is at http://127.0.0.1:{port}." in log.read_text())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
            assert page.status == 200
        supervisor = psutil.Process(service.pid)
        _eventually(lambda: "Connected to redis" in log.read_text())

        (worker,) = _named(supervisor, "worker")
        worker.kill()
        _eventually(lambda: bool(_named(supervisor, "worker")) and worker not in _named(supervisor, "worker"))
        _eventually(lambda: "worker was killed by SIGKILL and starts again" in log.read_text())

        everybody = supervisor.children(recursive=True)
        assert len(everybody) >= 6, "PostgreSQL, Redis, inbox, web, worker, scheduler"
        started = time.monotonic()
        service.send_signal(signal.SIGINT)
        assert service.wait(20) == 0
        assert time.monotonic() - started < 10
        _eventually(lambda: not [one for one in everybody if _lives(one)], 5)
    finally:
        service.terminate()
        service.wait(20)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
