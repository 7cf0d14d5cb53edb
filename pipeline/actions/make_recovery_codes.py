"""Ten new recovery codes for a member; those that there were before are worth nothing."""

from __future__ import annotations

import secrets
from datetime import datetime

from pipeline.actions.record_audit import record
from pipeline.core.accounts.member import Who
from pipeline.core.accounts.recovery_codes import digests, make_codes
from pipeline.core.people.audit import MEMBER, Event
from pipeline.gateways.keys import recovery_keys
from pipeline.store import second_factors


def make_recovery_codes(who: Who, now: datetime) -> tuple[str, ...]:
    """Returns the codes, which are kept nowhere: only their hashes are."""
    codes = make_codes(secrets.choice)
    second_factors.replace_codes(who.id, digests(codes, who.id, recovery_keys()[0]), now)
    record(Event.RECOVERY_CODES_MADE, member=who.name, about=f"{MEMBER}{who.name}")
    return codes
