"""Say that a person was told that their request has arrived (DPA 2018 s.164A asks it of complaints)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_audit import record
from pipeline.actions.request_entries import enter
from pipeline.actions.watch_requests import ALERTS, subject
from pipeline.core.consent.desk_event import DeskEvent
from pipeline.core.consent.entry import Actor, EventKind
from pipeline.core.consent.rights import RequestKind, Step, after
from pipeline.core.errors import NotFound
from pipeline.store import alerts, rights
from pipeline.store.rights import StoredRequest


def acknowledge_request(uid: UUID, now: datetime, member: str) -> StoredRequest:
    """Once: a second time changes nothing. NotFound, or Refused for a request that is closed."""
    with transaction.atomic():
        request = rights.held(uid)
        if request is None:
            raise NotFound("There is no such request. `rounds requests list` names them.")
        state = after(request.state, Step.ACKNOWLEDGE)
        if request.acknowledged_at is not None:
            return request
        actor = Actor.CONTROLLER_USER if member else Actor.SYSTEM
        moved = rights.move(
            uid, Step.ACKNOWLEDGE, request.state, state, actor, member, now, acknowledged_at=now
        )
        complaint = request.kind is RequestKind.COMPLAINT
        enter(moved, EventKind.DP_COMPLAINT_ACKED if complaint else None, actor, now)
        alerts.cleared(ALERTS, subject(uid), now)
        record(
            DeskEvent.REQUEST_ACKNOWLEDGED, member=member, about=str(uid), detail={"kind": request.kind.value}
        )
    return moved
