"""Close the requests that nobody confirmed, or looked at, in time (D-04, D-09)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.store import confirmations
from pipeline.store.subscribers import random_uid


def expire_confirmations(now: datetime) -> int:
    """Returns how many requests were closed."""
    closed = 0
    for waiting in confirmations.expired(now):
        with transaction.atomic():
            # The request is locked before its subscriber, as a yes and a "not me" do. One of them may have been first.
            found = confirmations.by_uid(waiting.uid, lock=True)
            if found is None or found.state not in confirmations.WAITING:
                continue
            record_consent(
                found.subscriber_id,
                [
                    Entry(
                        event_id=random_uid(),
                        kind=EventKind.CONFIRM_EXPIRED,
                        purpose=asked.purpose,
                        occurred_at=now,
                        actor=Actor.SYSTEM,
                        method=Method.SCHEDULER,
                        evidence={"confirmation": str(found.uid)},
                    )
                    for asked in found.purposes
                ],
            )
            confirmations.close(found.id, "expired")
            closed += 1
    return closed
