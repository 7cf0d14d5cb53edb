"""Forget a person: what is left is the keyed hash of their mailbox, which keeps it from being mailed (C-18)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.suppression import ALL, Reason, Suppression
from pipeline.gateways.keys import key_of
from pipeline.store import confirmations, consent, subscribers
from pipeline.store.subscribers import random_uid


def erase_subscriber(
    subscriber_id: int,
    now: datetime,
    *,
    actor: Actor,
    method: Method = Method.ERASURE,
    reason: Reason = Reason.ERASED,
) -> None:
    """Nothing is sent any more, from this moment. Repeating it changes nothing."""
    with transaction.atomic():
        consent.ledger_locked(subscriber_id)
        person = subscribers.by_id(subscriber_id)
        if not person.address:
            return
        consent.suppress(key_of(parse(person.address)), Suppression(ALL, reason), now)
        record_consent(
            subscriber_id,
            [
                Entry(
                    event_id=random_uid(),
                    kind=kind,
                    purpose=None,
                    occurred_at=now,
                    actor=actor,
                    method=method,
                    evidence={"reason": reason.value},
                )
                for kind in (EventKind.ERASURE_RECEIVED, EventKind.ERASURE_COMPLETED)
            ],
        )
        confirmations.strip(subscriber_id)
        subscribers.forget(subscriber_id)
