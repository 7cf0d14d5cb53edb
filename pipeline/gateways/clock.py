"""The time. Everybody asks here, so that the demonstration can move it and `core` never needs to ask."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
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
