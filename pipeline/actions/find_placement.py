"""The placement by whose name somebody asks for a form."""

from __future__ import annotations

from pipeline.core.consent.placement import Placement
from pipeline.core.errors import NotFound
from pipeline.store import placements


def find_placement(name: str) -> Placement:
    """Raises NotFound for one that is not registered, or was closed: nobody signs up from where we do not know."""
    found = placements.find(name)
    if found is None or found.closed_at is not None:
        raise NotFound(f"No placement {name!r} is open. `rounds placements list` shows them.")
    return found.placement
