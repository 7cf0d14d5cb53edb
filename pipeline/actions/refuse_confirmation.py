""" "This was not me": the owner of an address says that somebody else typed it into a form."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pipeline.actions.confirm import ConfirmationPage, look_at_confirmation
from pipeline.actions.note_no import suppress
from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.suppression import ALL, CONFIRMATION, Reason, Suppression, active
from pipeline.core.consent.tokens import Audience, read
from pipeline.gateways.keys import keyring
from pipeline.store import confirmations, consent
from pipeline.store.confirmations import StoredConfirmation
from pipeline.store.subscribers import random_uid

NO_MORE_CONFIRMATIONS = timedelta(days=365)  # D-06


def refuse_confirmation(token: str, now: datetime) -> ConfirmationPage:
    """Refuse what was asked for, and send that address no confirmation for a year. Repeating it changes nothing.

    Raises NotFound for a token that is not ours.
    """
    page = look_at_confirmation(token, now, Audience.NOT_ME)
    id16 = read(Audience.NOT_ME, token, keyring()) or b""
    with transaction.atomic():
        found = confirmations.by_uid(UUID(bytes=id16), lock=True)
        if found is None or found.state == "refused" or _erased(found, now):
            return page
        record_consent(
            found.subscriber_id,
            [
                Entry(
                    event_id=random_uid(),
                    kind=EventKind.CONSENT_REFUSED,
                    purpose=asked.purpose,
                    occurred_at=now,
                    actor=Actor.DATA_SUBJECT,
                    method=Method.NOT_ME_POST,
                    evidence={"confirmation": str(found.uid)},
                )
                for asked in found.purposes
            ],
        )
        suppress(
            found.address_key,
            Suppression(CONFIRMATION, Reason.NOT_ME, now + NO_MORE_CONFIRMATIONS),
            now,
        )
        confirmations.refuse(found.id)
        return ConfirmationPage("refused", page.address, page.notices)


def _erased(found: StoredConfirmation, now: datetime) -> bool:
    """Nothing is added to what an erasure left, which suppresses more. Who only never answered is heeded (D-05)."""
    stops = active(consent.suppressions(found.address_key), now)
    return not found.address and any(stop.scope == ALL for stop in stops)
