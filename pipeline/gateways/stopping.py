"""Being asked to stop by a signal."""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress


class Stop:
    """Set once, by a signal's handler; waited for by the main thread.

    A handler runs between two steps of the main thread. So there is no lock here: `threading.Event` has one, and a
    signal that came while its `wait` held it made the handler wait for ever, and the program with it.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._process = os.getpid()
        self._asked, self._bell = os.pipe()  # other programs do not inherit it (PEP 446); a fork does
        os.set_blocking(self._bell, False)

    def set(self) -> None:
        self._is_set = True
        if os.getpid() == self._process:  # what is asked of a fork alone is no bell for the one that made it
            with suppress(BlockingIOError):  # the pipe is full of earlier rings
                os.write(self._bell, b"\0")

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """Whether it is set, or becomes so within that time."""
        if not self._is_set:
            select.select([self._asked], [], [], seconds)
        return self._is_set


def stop_on_signals() -> Stop:
    """What Ctrl-C and SIGTERM set."""
    stopped = Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
