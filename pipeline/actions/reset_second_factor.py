"""Take all second factors and recovery codes from a member, who sets up a new one at the next sign-in."""

from __future__ import annotations

from pipeline.actions.add_member import SERVER
from pipeline.actions.find_member import find_member
from pipeline.actions.record_audit import record
from pipeline.core.people.audit import MEMBER, Event
from pipeline.store import second_factors, sessions


def reset_second_factor(name: str, *, by: str = SERVER) -> int:
    """For somebody who lost everything but the password. Ends their sessions. Returns how many factors there were."""
    who = find_member(name)
    removed = second_factors.remove_all(who.id)
    sessions.end_all(who.id)
    record(Event.FACTOR_REMOVED, member=by, about=f"{MEMBER}{name}", detail={"factors": removed})
    return removed
