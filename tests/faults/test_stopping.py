"""A run that is asked to stop leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest

from pipeline.settings import PROJECT

# A run with a child in a session of its own, whose own child outlives it.
RUN = """
import subprocess, sys, time
from tests.faults import stopping
stopping.listen()
started = None
try:
    started = subprocess.Popen(
        ["sh", "-c", "sleep 60 & echo $!; wait"], start_new_session=True, stdout=subprocess.PIPE, text=True
    )
    print(started.stdout.readline(), end="", flush=True)  # by us, not by sh: who reads it knows that we are here
    time.sleep(60)
except stopping.Stopped as stopped:
    started.kill()
    started.wait()
    stopping.sweep()
    print(stopped, flush=True)
    sys.exit(stopped.status)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_run_that_is_stopped(number: signal.Signals) -> None:
    run = subprocess.Popen([sys.executable, "-c", RUN], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    orphan = psutil.Process(int(run.stdout.readline()))
    run.send_signal(number)
    assert run.wait(20) == 128 + number
    assert run.stdout.read() == f"{number.name}\n"
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
