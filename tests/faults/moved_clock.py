"""The product's clock, moved ahead by as much as the judge says, so that nobody waits five minutes for a retry.

The offset is eight bytes in a file that all processes of a run map. Monotonic clocks and the database's are real.
"""

from __future__ import annotations

import mmap
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

OFFSET = struct.Struct("d")


class Offset:
    """Seconds by which the product's clock is ahead."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(OFFSET.pack(0.0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), OFFSET.size)

    def get(self) -> float:
        return float(OFFSET.unpack_from(self._map)[0])

    def put(self, seconds: float) -> None:
        OFFSET.pack_into(self._map, 0, seconds)


def install() -> None:
    """Put it in the place of `pipeline.gateways.clock.now` in this process."""
    path = os.environ.get("JUDGE_CLOCK")
    if not path:
        return
    offset = Offset(Path(path))
    from pipeline.gateways import clock

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=offset.get())

    clock.now = now
