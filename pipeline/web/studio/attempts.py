"""How often a sign-in may fail. Counted in this process's memory, so a restart forgets: Argon2 makes each try slow."""

from __future__ import annotations

import threading
import time
from collections import deque

MOST = 8  # failures of one client, or of one name, within the window
WINDOW = 300.0  # seconds
MOST_KEYS = 10_000  # a flood of names must not fill the memory

_failed: dict[str, deque[float]] = {}
_lock = threading.Lock()


def too_many(*keys: str) -> bool:
    """Whether one of `keys` (a client's address, a name) has failed too often lately."""
    with _lock:
        return any(len(_recent(key)) >= MOST for key in keys)


def failed(*keys: str) -> None:
    """Count one failure for each key."""
    with _lock:
        if len(_failed) > MOST_KEYS:
            _failed.clear()
        for key in keys:
            _failed.setdefault(key, deque(maxlen=MOST)).append(time.monotonic())


def forget(*keys: str) -> None:
    """A success clears the name that succeeded."""
    with _lock:
        for key in keys:
            _failed.pop(key, None)


def _recent(key: str) -> deque[float]:
    times = _failed.get(key, deque())
    while times and times[0] < time.monotonic() - WINDOW:
        times.popleft()
    return times
