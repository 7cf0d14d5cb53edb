"""Let somebody sign in to the studio (S-13)."""

from __future__ import annotations

import re
import secrets

from pipeline.actions.check_new_password import check_new_password
from pipeline.actions.record_audit import record
from pipeline.core.address import parse
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import MEMBER, Event
from pipeline.store import members

NAME = re.compile(r"[\w.@+-]{1,150}\Z")
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is taken for another
GROUPS, IN_A_GROUP = 4, 4  # 80 bits
SERVER = "cli:"  # who did it, where no member is signed in


def add_member(
    name: str, password: str | None = None, address: str = "", *, admin: bool = False, by: str = SERVER
) -> str:
    """Add a member, or give one a new password, which signs them out everywhere. Returns the password.

    Without one, a password is made. `address` is where their test emails go. An `admin` may stop everything. Raises
    BadInput for a name, a password or an address that cannot be used.
    """
    if not NAME.match(name):
        raise BadInput(f"{name!r} is no name to sign in with. Use letters, digits and . @ + - _ only.")
    chosen = password if password is not None else _make_password()
    mailbox = parse(address).mailbox if address else ""
    check_new_password(chosen, name, mailbox)
    new = members.save(name, chosen, mailbox, admin=admin)
    record(Event.MEMBER_ADDED if new else "password_changed", member=by, about=f"{MEMBER}{name}")
    return chosen


def _make_password() -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(IN_A_GROUP)) for _ in range(GROUPS))
    return "-".join(groups)
