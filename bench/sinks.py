"""What takes the mail: Postfix's smtp-sink, or the cheap sink of `bench.programs.sink`.

A fresh one each time, so that it counts one contender's messages, and its CPU time stands apart.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.core.errors import Unavailable
from pipeline.gateways.ports import free_port

COUNTED = re.compile(rb"mesg=(\d+)")
Command = Callable[[int], list[str]]


class Sink:
    """A running sink on `port` of this machine."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], output: Path) -> None:
        self.port = port
        self.cpu = 0.0  # seconds, known once it is stopped
        self._process = process
        self._output = output

    def messages(self, expected: int) -> int:
        """How many it says that it took. It may write the last of them a moment later: wait for `expected`."""
        deadline = time.monotonic() + 5
        while (counted := self._counted()) < expected and time.monotonic() < deadline:
            time.sleep(0.02)
        return counted

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = status  # reaped here, and nobody need wait for it again
        self.cpu = usage.ru_utime + usage.ru_stime

    def _counted(self) -> int:
        size = self._output.stat().st_size
        with self._output.open("rb") as output:
            output.seek(max(0, size - 500))
            found = COUNTED.findall(output.read())
        return int(found[-1]) if found else 0


def smtp_sink(port: int) -> list[str]:
    """Postfix's own, as Debian packages it: one process, and a fifth of a millisecond for each message."""
    program = _postfix("smtp-sink")
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    return [program, *user, "-c", f"127.0.0.1:{port}", "1000"]


def cheap_sink(port: int) -> list[str]:
    """Ours, which does as little as it can."""
    return [sys.executable, "-m", "bench.programs.sink", str(port)]


def smtp_source() -> str:
    """The path of Postfix's generator of mail."""
    return _postfix("smtp-source")


SINKS: dict[str, Command] = {"smtp-sink": smtp_sink, "cheap": cheap_sink}


@contextmanager
def running(command: Command) -> Iterator[Sink]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="rounds-bench-") as folder:
        output = Path(folder) / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(command(port), stdout=file, stderr=subprocess.STDOUT)
        sink = Sink(port, process, output)
        try:
            _wait_for(port, process, output)
            yield sink
        finally:
            if process.poll() is None:
                sink.stop()


def _wait_for(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise Unavailable(f"The sink did not start: {output.read_text(errors='replace').strip()}")


def _postfix(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin")
    if not found:
        raise Unavailable(f"{name} is not here. It is in Debian's package postfix: apt-get install postfix")
    return found
