"""Check what a member gives besides the password. Whatever is taken is used up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.actions.record_audit import record
from pipeline.actions.set_up_app import seal_use
from pipeline.core.accounts import recovery_codes, totp
from pipeline.core.accounts.member import Who
from pipeline.core.accounts.second_factor import Proof
from pipeline.core.people.audit import MEMBER, Event
from pipeline.gateways import passkeys
from pipeline.gateways.keys import recovery_keys, unseal_kept
from pipeline.store import second_factors


def prove_by_code(who: Who, code: str, now: datetime) -> Proof | None:
    """A code of the app, or a recovery code. None if it is neither, or was used before."""
    app = second_factors.totp_of(who.id)
    secret = unseal_kept(app.sealed, seal_use(who.id)) if app else None
    if app and secret:
        step = totp.matching_step(secret[1], code, now, after=app.last_step)
        if step is not None and second_factors.use_step(app.id, step, now):
            return Proof.TOTP
    if any(
        second_factors.use_code(who.id, recovery_codes.digest(code, who.id, key)) for key in recovery_keys()
    ):
        left = second_factors.codes_left(who.id)
        record(Event.RECOVERY_CODE_USED, member=who.name, about=f"{MEMBER}{who.name}", detail={"left": left})
        return Proof.RECOVERY_CODE
    return None


def ask_passkey(who: Who) -> tuple[str, Mapping[str, Any]] | None:
    """(what the browser is asked, as JSON; the state to keep). None for a member without a passkey."""
    known = second_factors.passkeys_of(who.id)
    return passkeys.begin_using(known) if known and passkeys.possible() else None


def prove_by_passkey(who: Who, state: Mapping[str, Any], answer: str, now: datetime) -> Proof | None:
    """One of the member's passkeys, by its signature and its counter. None if it does not fit."""
    used = passkeys.finish_using(state, second_factors.passkeys_of(who.id), answer)
    if used is None or not second_factors.use_passkey(used.id, used.count, now):
        return None
    return Proof.PASSKEY
