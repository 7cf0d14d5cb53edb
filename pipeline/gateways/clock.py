"""The time. Everybody asks here, so that the demonstration can move it and `core` never needs to ask."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from pipeline.core.errors import Refused
from pipeline.settings import current


def now() -> datetime:
    """The moment, aware and in UTC. In the demonstration, as far ahead as `advance` has moved it."""
    real = machine()
    return real + timedelta(seconds=offset()) if current().demo else real


def machine() -> datetime:
    """What the clock of this machine says, whatever the demonstration made of it."""
    return datetime.now(UTC)


def _awake_and_asleep() -> Callable[[], float]:
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic if boottime is None else partial(time.clock_gettime, boottime)


# Seconds from some moment in the past, for spans of time. Nobody can set this clock; and unlike `time.monotonic` it
# goes on while Linux is suspended, so that a permission that was asked for before is seen to be old. A virtual machine
# that its host has frozen is told nothing, by this clock or by any other of its own.
elapsed = _awake_and_asleep()


def offset() -> float:
    """Seconds by which the demonstration's clock is ahead of the real one."""
    try:
        return float(_offset_file().read_text())
    except FileNotFoundError:
        return 0.0


def advance(seconds: float) -> None:
    """Move the clock of the demonstration forward, for every process of this data folder at once."""
    if not current().demo:
        raise Refused("Only the demonstration's clock can be moved. Start it with ROUNDS_DEMO=1.")
    if seconds < 0:
        raise Refused("The clock goes forward only: what was sent cannot be sent again.")
    file = _offset_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_text(str(offset() + seconds))
    fresh.replace(file)  # Whole or not at all: other processes read it at any moment.


def _offset_file() -> Path:
    return current().data_dir / "clock-offset"
