"""For how long this host has itself seen a sender give no sign of life (delivery.md B4).

A sender whose journal is not here is judged by that alone: never by how old a row looks on some clock, since a clock
that is put forward would make every lease old at once. Looks are kept in a file, since they fall on different processes
of this host; it counts within one run of the machine, by its monotonic clock, and is thrown away in the next.

Only time during which somebody looked is counted: while nobody did, a database was away perhaps, and no sender could
have shown that it lives.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from pipeline.gateways.files import write_whole
from pipeline.gateways.journal import boot_id

LOOKED_AWAY = 60.0  # seconds between two looks that count as looking, at most


class Observations:
    """Load, ask about each sender, save. What was not asked about is forgotten."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now = time.monotonic()
        self._before = _load(path)
        self._seen: dict[str, list[float]] = {}

    def unchanged(self, token: UUID, beat: int | None) -> float:
        """Seconds through which this sign of life was watched and did not change. None: there never was one."""
        sign = -1.0 if beat is None else float(beat)
        before = self._before.get(str(token))
        watched = 0.0
        if before is not None and before[0] == sign and before[2] <= self._now:
            watched = before[1] + min(self._now - before[2], LOOKED_AWAY)
        self._seen[str(token)] = [sign, watched, self._now]
        return watched

    def save(self) -> None:
        if self._seen or self._before:
            write_whole(self._path, json.dumps({"clock": _clock(), "seen": self._seen}))


def _clock() -> list[str]:
    """Which monotonic clock this is: of what run of the machine, in what time namespace."""
    with suppress(OSError):
        return [boot_id(), str(Path("/proc/self/ns/time").readlink())]
    return [boot_id(), ""]


def _load(path: Path) -> dict[str, list[float]]:
    """Token to (sign, watched, last look). Empty where there is nothing to be read, or of another clock."""
    try:
        said = json.loads(path.read_bytes())
        if said["clock"] != _clock() or not boot_id():
            return {}
        seen = {str(token): [float(number) for number in look] for token, look in said["seen"].items()}
        return {token: look for token, look in seen.items() if len(look) == 3}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
