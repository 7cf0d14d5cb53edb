"""Keep a member out, and let them in again. Nothing of theirs is lost."""

from __future__ import annotations

from pipeline.actions.add_member import SERVER
from pipeline.actions.find_member import find_member
from pipeline.actions.record_audit import record
from pipeline.core.people.audit import MEMBER, Event
from pipeline.store import members


def lock_member(name: str, *, by: str = SERVER) -> bool:
    """End the member's sessions at once, and let them begin no other. Returns whether they were not locked before."""
    changed = members.set_locked(find_member(name).id, True)
    record(Event.MEMBER_LOCKED, member=by, about=f"{MEMBER}{name}")
    return changed


def unlock_member(name: str, *, by: str = SERVER) -> bool:
    """Let a member sign in again, with the password and the second factor they had.

    Returns whether they were locked.
    """
    changed = members.set_locked(find_member(name).id, False)
    record(Event.MEMBER_UNLOCKED, member=by, about=f"{MEMBER}{name}")
    return changed
