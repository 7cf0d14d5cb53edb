"""Put off the answer to a request by two further months, and say that the person was told why (UK GDPR 12(3))."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_audit import record
from pipeline.actions.watch_requests import ALERTS, subject
from pipeline.core.consent.desk_event import DeskEvent
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Step, after, extended, kept_words
from pipeline.core.errors import NotFound
from pipeline.store import alerts, rights
from pipeline.store.rights import StoredRequest


def extend_request(uid: UUID, now: datetime, member: str, reason: str) -> StoredRequest:
    """Once, and within the first month. `reason` is what the person was told. NotFound, Refused, BadInput."""
    with transaction.atomic():
        request = rights.held(uid)
        if request is None:
            raise NotFound("There is no such request. `rounds requests list` names them.")
        state = after(request.state, Step.EXTEND)
        due_at = extended(request.kind, request.received_at, request.due_at, now, reason)
        moved = rights.move(
            uid,
            Step.EXTEND,
            request.state,
            state,
            Actor.CONTROLLER_USER,
            member,
            now,
            {"due_at": due_at.isoformat()},
            due_at=due_at,
            acknowledged_at=request.acknowledged_at or now,
            answer=kept_words(reason),
        )
        alerts.cleared(ALERTS, subject(uid), now)
        record(DeskEvent.REQUEST_EXTENDED, member=member, about=str(uid), detail={"kind": request.kind.value})
    return moved
