"""Lift a suppression by hand. It gives no consent: whoever said no still has said no."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from pipeline.actions.ask_second_pair import ask_second_pair
from pipeline.actions.record_audit import record
from pipeline.actions.record_consent import record_consent
from pipeline.actions.second_pair import use_approval
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.suppression import ONLY_BY_A_FRESH_ACT, THE_PERSONS_OWN, Reason, active
from pipeline.core.errors import BadInput, NotFound, Refused
from pipeline.core.people.audit import Event
from pipeline.core.people.proposal import Proposal, ProposalKind
from pipeline.store import consent, subscribers
from pipeline.store.subscribers import random_uid

KIND = ProposalKind.LIFT_SUPPRESSION


def lift_suppression(
    subscriber_id: int, scope: str, reason: Reason, now: datetime, *, member: str, because: str
) -> Proposal | None:
    """Lift it, or propose it where a second person has to agree first: then the proposal is returned.

    `because` is kept with the entry in the ledger. BadInput without it, NotFound for what is not in force, Refused
    for a no that was the person's own, or that only a fresh act of theirs ends (`open_door`).
    """
    if not because.strip():
        raise BadInput(
            "Say why the suppression may be lifted. The reason is kept in the ledger.", field="because"
        )
    if reason in THE_PERSONS_OWN:
        raise Refused(
            "This was the person's own no. Only they lift it, by signing up and confirming the address."
        )
    if reason in ONLY_BY_A_FRESH_ACT:
        raise Refused(
            "This no is never lifted by staff. Let the person sign up anew instead: what they confirm ends it."
        )
    key = subscribers.address_key(subscriber_id)
    about = str(subscribers.by_id(subscriber_id).uid)
    said = {"subscriber": about, "scope": scope, "reason": reason.value, "because": because.strip()[:500]}
    digest = sha256(json.dumps(said, sort_keys=True).encode()).digest()
    if proposal := ask_second_pair(KIND, said, digest, member, now):
        return proposal
    with transaction.atomic():
        consent.ledger_locked(subscriber_id)
        found = next(
            (s for s in active(consent.suppressions(key), now) if (s.scope, s.reason) == (scope, reason)),
            None,
        )
        if found is None:
            raise NotFound("This suppression is not in force any more. Look at the page again.")
        consent.lift(key, found, now)
        entry = Entry(
            event_id=random_uid(),
            kind=EventKind.SUPPRESSION_LIFTED,
            purpose=None,
            occurred_at=now,
            actor=Actor.CONTROLLER_USER,
            method=Method.ADMIN,
            evidence={"scope": scope, "reason": reason.value, "because": because.strip()[:500]},
        )
        record_consent(subscriber_id, [entry])
        use_approval(KIND, digest, member, now)
        detail = {"scope": scope, "reason": reason.value}
        record(Event.SUPPRESSION_LIFTED, member=member, about=about, detail=detail)
    return None
