"""A form that may no longer stand where it stood."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.errors import NotFound
from pipeline.store import placements


def close_placement(name: str, now: datetime) -> None:
    """From now on its form is gone, here and on the page that shows it. Raises NotFound where none is open."""
    if not placements.close(name, now):
        raise NotFound(f"No placement {name!r} is open. `rounds placements list` shows them.")
