"""A run that is asked to stop, by SIGTERM or Ctrl-C, closes what is open, and nothing that it started outlives it."""

from __future__ import annotations

import ctypes
import signal
import time
from types import FrameType

import psutil

PR_SET_CHILD_SUBREAPER = 36
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopped(BaseException):
    """No Exception, since a row that fails is caught, and this must not be."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number  # as a shell tells of it


def listen() -> None:
    """Raise Stopped at the first signal. The next ones do not interrupt what it sets going."""
    for number in SIGNALS:
        signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    # From now on whoever loses their parent becomes ours, so that the sweep finds them.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    raise Stopped(number)


def sweep(seconds: float = 10.0) -> None:
    """Kill what is left of the processes that this one started, and of those that they did."""
    deadline = time.monotonic() + seconds
    while (left := psutil.Process().children(recursive=True)) and time.monotonic() < deadline:
        for process in left:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(left, 1)
