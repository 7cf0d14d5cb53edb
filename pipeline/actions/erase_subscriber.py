"""Forget a person: what is left says that somebody said no, and not who (UK GDPR 17; C-07, C-18)."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.suppression import ALL, Reason, Suppression
from pipeline.store import consent, subscribers
from pipeline.store.subscribers import random_uid

log = structlog.get_logger()


def erase_subscriber(
    subscriber_id: int,
    now: datetime,
    *,
    actor: Actor,
    method: Method = Method.ERASURE,
    reason: Reason = Reason.ERASED,
) -> None:
    """In one transaction. A second time changes nothing. The address stays suppressed, by its keyed hash."""
    with transaction.atomic():
        if any(e.kind is EventKind.ERASURE_COMPLETED for e in consent.ledger_locked(subscriber_id)):
            return
        entry = Entry(random_uid(), EventKind.ERASURE_COMPLETED, None, now, actor, method)
        record_consent(subscriber_id, [entry])
        consent.suppress(subscribers.address_key(subscriber_id), Suppression(ALL, reason), now)
    log.info("subscriber.erased", subscriber=subscriber_id, reason=reason.value)
