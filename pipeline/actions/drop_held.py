"""Give up a sign-up that was held for review: nothing is ever sent for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.actions.release_held import held_locked
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.store import confirmations
from pipeline.store.subscribers import random_uid


def drop_held(uid: UUID, now: datetime) -> None:
    """The ledger says that the request ended without an answer, and by whom. Raises NotFound."""
    with transaction.atomic():
        found = held_locked(uid)
        record_consent(
            found.subscriber_id,
            [
                Entry(
                    event_id=random_uid(),
                    kind=EventKind.CONFIRM_EXPIRED,
                    purpose=asked.purpose,
                    occurred_at=now,
                    actor=Actor.CONTROLLER_USER,
                    method=Method.ADMIN,
                    evidence={"confirmation": str(found.uid), "held": found.held},
                )
                for asked in found.purposes
            ],
        )
        confirmations.close(found.id, "dropped")
