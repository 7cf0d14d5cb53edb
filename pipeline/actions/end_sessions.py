"""Sign a member out of other browsers, or of all."""

from __future__ import annotations

from pipeline.actions.record_audit import record
from pipeline.core.accounts.member import Who
from pipeline.core.people.audit import MEMBER, Event
from pipeline.store import sessions


def end_session(who: Who, session_id: str) -> bool:
    """End one session, by the id that the list shows. Returns whether there was one."""
    return sessions.end(who.id, session_id)


def sign_out_everywhere(who: Who) -> int:
    """End every session of the member, this one too. Returns how many there were."""
    ended = sessions.end_all(who.id)
    record(
        Event.SIGNED_OUT_EVERYWHERE, member=who.name, about=f"{MEMBER}{who.name}", detail={"sessions": ended}
    )
    return ended
