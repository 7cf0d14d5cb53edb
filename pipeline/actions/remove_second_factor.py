"""Take one second factor from a member, who has another. The sessions of other browsers end."""

from __future__ import annotations

from pipeline.actions.record_audit import record
from pipeline.core.accounts.member import Who
from pipeline.core.errors import NotFound
from pipeline.core.people.audit import MEMBER, Event
from pipeline.settings import current
from pipeline.store import second_factors, sessions


def remove_second_factor(who: Who, factor_id: int, *, session_key: str | None) -> str:
    """Returns its name. Raises Refused for the last one, where one is required, and NotFound for somebody else's."""
    name = second_factors.remove(who.id, factor_id, keep_one=current().second_factor)
    if name is None:
        raise NotFound("This second factor is not there any more.")
    sessions.end_all(who.id, but=session_key)
    record(Event.FACTOR_REMOVED, member=who.name, about=f"{MEMBER}{who.name}")
    return name
