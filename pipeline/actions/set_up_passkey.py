"""Give a member a passkey as second factor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.actions.record_audit import record
from pipeline.core.accounts.member import Who
from pipeline.core.accounts.second_factor import Proof
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import MEMBER, Event
from pipeline.gateways import passkeys
from pipeline.store import second_factors

LONGEST_NAME = 60  # characters
MOST = 20  # passkeys of one member


def propose_passkey(who: Who) -> tuple[str, Mapping[str, Any]]:
    """(what the browser is asked, as JSON; the state to keep until it answers)."""
    return passkeys.begin_making(who.id, who.name, second_factors.passkeys_of(who.id))


def set_up_passkey(who: Who, state: Mapping[str, Any], answer: str, name: str, now: datetime) -> None:
    """Keep the passkey that the browser made. Raises BadInput for a bad answer, Refused for one that is known."""
    made = passkeys.finish_making(state, answer)
    if len(second_factors.passkeys_of(who.id)) >= MOST:
        raise BadInput(f"There are {MOST} passkeys already. Remove one first.")
    called = " ".join(name.split())[:LONGEST_NAME] or "Passkey"
    second_factors.add_passkey(who.id, called, made.credential_id, made.credential, made.count, now)
    record(
        Event.FACTOR_ADDED, member=who.name, about=f"{MEMBER}{who.name}", detail={"kind": Proof.PASSKEY.value}
    )
