"""Let mail to a route or a domain go on at full speed, because a person says that the cause is mended."""

from __future__ import annotations

from difflib import get_close_matches

from pipeline.core.errors import NotFound
from pipeline.settings import current
from pipeline.store import flow


def release_route(name: str) -> None:
    """Raises NotFound for what is neither a route nor a domain that is held back."""
    wanted = name.strip().lower()
    flow.ensure_routes(current())
    if flow.release(wanted):
        return
    names = [line.name for line in (*flow.route_lines(), *flow.domain_lines())]
    near = get_close_matches(wanted, names, 1)
    hint = f"Did you mean {near[0]!r}?" if near else "rounds routes list names those there are."
    raise NotFound(f"Nothing is held back under the name {name!r}. {hint}")
