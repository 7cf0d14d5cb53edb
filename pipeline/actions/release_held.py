"""Let a sign-up go on that was held for review: its confirmation mail is sent after all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pipeline.actions.subscribe import CONFIRM_WITHIN
from pipeline.core.address import parse
from pipeline.core.consent.gate import SystemMail, decide
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.suppression import active, against_sign_up
from pipeline.core.errors import NotFound, Refused
from pipeline.gateways.keys import key_of
from pipeline.store import confirmations, consent
from pipeline.store.confirmations import StoredConfirmation


def release_held(uid: UUID, now: datetime) -> None:
    """The link in its letter works for seven days from now. A role address is the reviewer's judgement; a no is not.

    Raises NotFound where nothing is held by that name, Refused where the address may not be written to at all.
    """
    with transaction.atomic():
        found = held_locked(uid)
        address = parse(found.address)
        state = fold(consent.ledger_locked(found.subscriber_id))
        stops = against_sign_up(active(consent.suppressions(key_of(address)), now), found.created_at)
        if not decide(SystemMail(), state, stops):
            raise Refused("This address may not be written to: its owner said so. Drop the sign-up instead.")
        confirmations.release(found.id, key_of(address), now, now + CONFIRM_WITHIN)


def held_locked(uid: UUID) -> StoredConfirmation:
    """The held sign-up, for the caller's transaction. Raises NotFound."""
    found = confirmations.by_uid(uid, lock=True)
    if found is None or found.state != "held":
        raise NotFound("No sign-up is held by this name. `rounds held list` shows those that wait.")
    return found
