"""Where sign-up forms stand, or stood."""

from __future__ import annotations

from pipeline.store import placements
from pipeline.store.placements import StoredPlacement


def list_placements() -> list[StoredPlacement]:
    """All of them, by name, closed ones too."""
    return placements.every()
