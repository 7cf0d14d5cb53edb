"""Forget a person: what is left says that somebody said no, and not who (GDPR Art 17; standards C-18, C-07)."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.suppression import ALL, Reason, Suppression
from pipeline.gateways.keys import key_of
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
    """In one transaction. A second time changes nothing. `reason` is ERASED, or CHILD where we learnt of one (C-25).

    The address is suppressed for good, by its keyed hash: an import does not bring it back, nor does a form.
    """
    with transaction.atomic():
        entries = consent.ledger_locked(subscriber_id)
        person = subscribers.by_id(subscriber_id)
        if not person.address:
            return
        asked = [entry for entry in entries if entry.kind in _STEPS]
        kinds = _STEPS[1:] if asked and asked[-1].kind is EventKind.ERASURE_RECEIVED else _STEPS
        record_consent(
            subscriber_id,
            [Entry(random_uid(), kind, None, now, actor, method) for kind in kinds],
        )
        consent.suppress(key_of(parse(person.address)), Suppression(ALL, reason), now)
        subscribers.forget(subscriber_id)
    log.info("subscriber.erased", subscriber=subscriber_id, reason=reason.value)


_STEPS = (EventKind.ERASURE_RECEIVED, EventKind.ERASURE_COMPLETED)
