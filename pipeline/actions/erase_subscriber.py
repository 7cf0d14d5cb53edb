"""Forget a person: what is left says that somebody said no, and not who (GDPR Art 17; standards C-18, C-07, G11)."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from pipeline.actions.forget_mentions import forget_mentions
from pipeline.actions.note_no import suppress
from pipeline.actions.record_consent import record_consent
from pipeline.core.address import Address, parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.suppression import ALL, Reason, Suppression
from pipeline.gateways.keys import key_of
from pipeline.store import confirmations, consent, deliveries, notes, rights, subscribers
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

    The entries of the ledger stay, with a pseudonym, since they prove that we might mail and when we stopped (Art
    17(3)(b) and (e)). What they say of the person goes with the person's key, and every seal over them stays valid.
    The address is suppressed for good, by its keyed hash: an import does not bring it back, nor does a form.
    """
    with transaction.atomic():
        confirmations.end_all(subscriber_id)  # locked before their subscriber, as a yes and a "not me" do
        entries = consent.ledger_locked(subscriber_id)
        person = subscribers.by_id(subscriber_id)
        if not person.address:
            return
        mailbox = parse(person.address)
        key = key_of(mailbox)
        asked = [entry for entry in entries if entry.kind in _STEPS]
        kinds = _STEPS[1:] if asked and asked[-1].kind is EventKind.ERASURE_RECEIVED else _STEPS
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
                )
                for kind in kinds
            ],
        )
        suppress(key, Suppression(ALL, reason), now)
        theirs = list(dict.fromkeys([mailbox, *_former(subscriber_id)]))
        for each in theirs:
            deliveries.forget(subscriber_id, key_of(each), each.mailbox, reason.value)
        forget_mentions([each.mailbox for each in theirs])
        notes.forget_addresses(subscriber_id)
        rights.forget_words(subscriber_id)
        subscribers.forget(subscriber_id)
    log.info("subscriber.erased", subscriber=subscriber_id, reason=reason.value)


def _former(subscriber_id: int) -> list[Address]:
    """The addresses that this person had before, but for one that is somebody else's by now."""
    found = []
    for address in map(parse, notes.former_addresses(subscriber_id)):
        owner = subscribers.by_key(key_of(address))
        if owner is None or owner.id == subscriber_id:
            found.append(address)
    return found


_STEPS = (EventKind.ERASURE_RECEIVED, EventKind.ERASURE_COMPLETED)
