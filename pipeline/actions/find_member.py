"""A member by the name they sign in with."""

from __future__ import annotations

from pipeline.core.accounts.member import Who
from pipeline.core.errors import NotFound
from pipeline.store import members


def find_member(name: str) -> Who:
    """Raises NotFound."""
    who = members.by_name(name)
    if who is None:
        raise NotFound(f"Nobody signs in as {name}. `rounds member list` names who does.")
    return who
