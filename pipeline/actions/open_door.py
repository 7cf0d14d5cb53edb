"""Let a person sign up anew against whose address a no stands that nobody of staff lifts (decision 0026).

Nothing is sent for it, and every letter stays stopped. For two weeks a sign-up with this address is answered with its
confirmation as any other is, and only if the person confirms does the no end.
"""

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
from pipeline.core.consent.suppression import DOOR_STAYS_OPEN, ONLY_BY_A_FRESH_ACT, Door, active
from pipeline.core.errors import BadInput, NotFound
from pipeline.core.people.audit import Event
from pipeline.core.people.proposal import Proposal, ProposalKind
from pipeline.store import consent, subscribers
from pipeline.store.subscribers import random_uid

KIND = ProposalKind.LIFT_SUPPRESSION


def open_door(subscriber_id: int, now: datetime, *, member: str, because: str) -> Proposal | None:
    """Open it, or propose it where a second person has to agree first: then the proposal is returned.

    It is opened in every such no of the address that is in force: what one of them stopped would else never arrive.
    `because` is kept. BadInput without it, NotFound where no such no is in force.
    """
    said_why = because.strip()[:500]
    if not said_why:
        raise BadInput(
            "Say how you know that the person wants it. The reason is kept in the ledger.", field="because"
        )
    key = subscribers.address_key(subscriber_id)
    about = str(subscribers.by_id(subscriber_id).uid)
    with transaction.atomic():
        consent.ledger_locked(subscriber_id)
        standing = [s for s in active(consent.suppressions(key), now) if s.reason in ONLY_BY_A_FRESH_ACT]
        if not standing:
            raise NotFound("No such suppression is in force any more. Look at the page again.")
        stands = sorted(f"{s.scope}/{s.reason.value}" for s in standing)
        said = {"subscriber": about, "lets_sign_up_against": ", ".join(stands), "because": said_why}
        digest = sha256(json.dumps(said, sort_keys=True).encode()).digest()
        if proposal := ask_second_pair(KIND, said, digest, member, now):
            return proposal
        door = Door(now, now + DOOR_STAYS_OPEN)
        consent.open_door(key, standing, door)
        entry = Entry(
            event_id=random_uid(),
            kind=EventKind.SUPPRESSION_OPENED,
            purpose=None,
            occurred_at=now,
            actor=Actor.CONTROLLER_USER,
            method=Method.ADMIN,
            evidence={"stands": stands, "until": door.until.isoformat(), "because": said_why},
        )
        record_consent(subscriber_id, [entry])
        use_approval(KIND, digest, member, now)
        record(Event.SUPPRESSION_OPENED, member=member, about=about, detail={"stands": stands})
    return None
