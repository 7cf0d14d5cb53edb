"""A member chooses a new password. The sessions of other browsers end, and no browser is known as theirs any more."""

from __future__ import annotations

from pipeline.actions.check_new_password import check_new_password
from pipeline.actions.record_audit import record
from pipeline.core.accounts.member import Who
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import MEMBER, Event
from pipeline.store import known_browsers, members, sessions


def change_password(who: Who, old: str, new: str, *, session_key: str | None) -> None:
    """Raises BadInput if `old` is not the password, or `new` is one that cannot be used."""
    if not members.password_is(who.id, old):
        raise BadInput("The password that you have now is not right.", field="old")
    if new == old:
        raise BadInput("This is the password that you have. Choose another password.", field="new")
    check_new_password(new, who.name, members.address_of(who.id))
    members.set_password(who.id, new)
    sessions.end_all(who.id, but=session_key)
    known_browsers.forget(who.id)
    record(Event.PASSWORD_CHANGED, member=who.name, about=f"{MEMBER}{who.name}")
