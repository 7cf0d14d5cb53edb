"""How many senders one machine runs at once, whoever starts them: a place to sit, held by a lock on a file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def slot(folder: Path, name: str, places: int) -> Iterator[bool]:
    """Yield True if one of `places` was free and is now ours, and False at once where none is.

    The kernel frees the place of a process that dies.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    taken: int | None = None
    for number in range(places):
        place = os.open(folder / f"{name}-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(place)
            continue
        taken = place
        break
    try:
        yield taken is not None
    finally:
        if taken is not None:
            os.close(taken)
