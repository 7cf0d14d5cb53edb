"""Programs that are looked after: started again when they die, and ended with whoever looks after them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from pipeline.core.errors import Unavailable
from pipeline.gateways.ports import free_port, refuse_port_in_use
from pipeline.gateways.processes import Program, Programs
from pipeline.settings import PROJECT

WRITE_PID_AND_WAIT = (
    "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); print('up'); time.sleep(60)"
)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
WITH_CHILD = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "open(sys.argv[1], 'w').write(str(child.pid)); time.sleep(60)"
)
SUPERVISE = """
import sys, threading
from pathlib import Path
from pipeline.gateways.processes import Program, Programs
program = Program("one", [sys.executable, "-c", sys.argv[1], sys.argv[2]])
with Programs([program], Path(sys.argv[3]), say=print) as programs:
    programs.keep_until(threading.Event())
"""


def _eventually(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def _number(file: Path) -> int:
    _eventually(lambda: file.exists() and bool(file.read_text()))
    return int(file.read_text())


def _is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def test_a_program_that_is_killed_starts_again_and_a_sentence_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    pid_file = tmp_path / "pid"
    with Programs(
        [Program("one", _python(WRITE_PID_AND_WAIT, pid_file))], tmp_path, say=said.append
    ) as programs:
        first = _number(pid_file)
        pid_file.unlink()
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while not pid_file.exists() and time.monotonic() < deadline:
            programs.look_after()
            time.sleep(0.05)
        second = _number(pid_file)
    assert second != first
    assert any("one was killed by SIGKILL and starts again" in sentence for sentence in said)
    assert _is_gone(second)


def test_what_a_program_says_is_logged_and_shown_behind_its_name(tmp_path: Path) -> None:
    said: list[str] = []
    program = Program("one", _python("print('hello'); import time; time.sleep(60)"))
    with Programs([program], tmp_path, say=said.append, echo=True) as programs:
        _eventually(lambda: (programs.look_after(), bool(said))[1])
    assert said == ["      one | hello"]
    assert (tmp_path / "one.log").read_text() == "hello\n"


def test_a_program_that_will_not_stop_is_killed_in_time(tmp_path: Path) -> None:
    with Programs([Program("one", _python(STUBBORN))], tmp_path, say=print):
        _eventually(lambda: (tmp_path / "one.log").read_text() == "up\n")
        started = time.monotonic()
    assert time.monotonic() - started < 10


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with Programs([Program("one", _python(WITH_CHILD, pid_file))], tmp_path, say=print):
        grandchild = _number(pid_file)
    _eventually(lambda: _is_gone(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_no_program_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    supervisor = subprocess.Popen(_python(SUPERVISE, WRITE_PID_AND_WAIT, pid_file, tmp_path), cwd=PROJECT)
    child = _number(pid_file)
    supervisor.kill()
    supervisor.wait()
    _eventually(lambda: _is_gone(child))


def test_a_port_in_use_is_told_with_the_next_move() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Unavailable, match=rf"Port {port} on 127.0.0.1 is in use. Choose another"):
            refuse_port_in_use("127.0.0.1", port, advice="Choose another.")
    refuse_port_in_use("127.0.0.1", free_port(), advice="")
