"""May this member change that member's roles? Two rules, so that nobody climbs alone and nobody locks all doors."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.core.people.powers import Role


def why_not(by: str, about: str, before: Collection[Role], after: Collection[Role], other_admins: int) -> str:
    """A sentence if it may not be, else empty. `other_admins`: those besides `about` who can sign in.

    Nobody gives a role to themselves: an admin would else see every address one form later. Giving one up is free,
    as long as an admin is left.
    """
    if by == about and not set(after) <= set(before):
        return "Nobody gives a role to themselves. Ask another admin, or whoever runs the server."
    if Role.ADMIN in before and Role.ADMIN not in after and not other_admins:
        return "This is the last admin. Make another one first, or nobody could change roles any more."
    return ""
