"""Keep programs running: start them, start again what dies, show what they say, stop them all in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from pipeline.gateways.stopping import Stop
from pipeline.settings import PROJECT

STOP_SECONDS = 7.0  # Then a program is killed: with the servers' own stop, everything ends within ten.
LONGEST_REST = 30.0  # Seconds between two starts of a program that keeps dying.
SETTLED = 30.0  # Seconds after which a program counts as well, and its next death as its first.
LOG_LIMIT = 10_000_000  # Bytes; a longer log is set aside as `.1` at the start.


@dataclass(frozen=True)
class Program:
    """A program to keep running. Its log is `<name>.log`."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Programs:
    """The running programs.

        with Programs([...], log_dir, say=print) as programs:
            programs.keep_until(stopped)

    `say` is given a sentence when a program dies and starts again. With `echo`, what they log is said as well, each
    line behind its program's name. Start them from the main thread: on Linux they end with the thread that did.
    """

    def __init__(
        self, programs: Sequence[Program], log_dir: Path, *, say: Callable[[str], None], echo: bool = False
    ) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self._kept = [_Kept(program, log_dir / f"{program.name}.log") for program in programs]
        self._say = say
        self._echo = echo

    def __enter__(self) -> Programs:
        try:
            for kept in self._kept:
                kept.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def keep_until(self, stopped: Stop) -> None:
        """Look after the programs until somebody sets `stopped`."""
        while not stopped.is_set():
            self.look_after()
            stopped.wait(0.2)

    def look_after(self) -> None:
        """Start again what has died, and show what was logged since the last look. Returns at once."""
        for kept in self._kept:
            if self._echo:
                kept.show(self._say)
            kept.revive(self._say)

    def stop(self) -> None:
        """Ask all to stop at once, wait, and kill what is left with everything it started."""
        for kept in self._kept:
            kept.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for kept in self._kept:
            kept.wait(deadline)
        for kept in self._kept:
            kept.kill()
            if self._echo:
                kept.show(self._say)


class _Kept:
    """One program and its life."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self.child: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.next_start: float | None = None
        self.rest = 0.5
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        self.shown = log.stat().st_size if log.exists() else 0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "pipeline.gateways.leash", str(os.getpid()), *self.program.command],
                cwd=PROJECT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the supervisor, which then stops everybody in order.
            )
        self.started = time.monotonic()
        self.next_start = None

    def revive(self, say: Callable[[str], None]) -> None:
        now = time.monotonic()
        if self.next_start is not None:
            if now >= self.next_start:
                self.start()
            return
        if self.child is None or self.child.poll() is None:
            return
        self.kill()  # What it started must not outlive it, and would hold its port.
        self.rest = 0.5 if now - self.started > SETTLED else min(self.rest * 2, LONGEST_REST)
        self.next_start = now + self.rest
        say(
            f"{self.program.name} {_how_it_ended(self.child.returncode)} and starts again in {self.rest:.0f} s; "
            f"its log is {self.log}"
        )

    def show(self, say: Callable[[str], None]) -> None:
        """Say the whole lines that were logged since the last time."""
        with self.log.open("rb") as log:
            log.seek(self.shown)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        self.shown += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            say(f"{self.program.name:>9} | {line}")

    def signal(self, number: signal.Signals) -> None:
        if self.child and self.child.poll() is None:
            self.child.send_signal(number)

    def wait(self, deadline: float) -> None:
        if self.child:
            try:
                self.child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                return  # `kill` is next.

    def kill(self) -> None:
        """End the program's whole session: what it forked goes with it."""
        if self.child:
            # Nobody may be left in it; of a group of zombies macOS says that it is not ours.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()


def _how_it_ended(status: int) -> str:
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
