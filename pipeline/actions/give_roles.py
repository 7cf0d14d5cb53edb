"""Say what a member is here for (S-14)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from pipeline.actions.record_audit import record
from pipeline.core.errors import NotFound, Refused
from pipeline.core.people.audit import MEMBER, Event
from pipeline.core.people.powers import Role
from pipeline.core.people.role_change import why_not
from pipeline.store import members


def give_roles(name: str, wanted: Collection[Role], by: str) -> None:
    """Give member `name` exactly these roles, at once for every session. `by` is who says so.

    Raises NotFound, or Refused for a role given to oneself and for the last admin.
    """
    with transaction.atomic():
        members.hold_roles()
        if members.by_name(name) is None:
            raise NotFound(f"There is no member {name!r}. `rounds member add` makes one.")
        before, after = members.roles(name), frozenset(wanted)
        if sentence := why_not(by, name, before, after, len(members.admins() - {name})):
            raise Refused(sentence)
        members.set_roles(name, after)
        record(
            Event.MEMBER_ROLES,
            member=by,
            about=f"{MEMBER}{name}",
            detail={"before": _words(before), "after": _words(after)},
        )


def give_first_admin(name: str) -> None:
    """Roles for who was added as an admin: every one to the first, so that one person can start; later ones get
    that role beside what they have.
    """
    with transaction.atomic():
        members.hold_roles()
        first = not members.admins() - {name}
        members.set_roles(name, frozenset(Role) if first else members.roles(name) | {Role.ADMIN})


def _words(roles: Collection[Role]) -> str:
    return ", ".join(role.value for role in Role if role in roles) or "none"
