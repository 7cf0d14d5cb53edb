"""End a request: say how, and what the person was told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from pipeline.actions.record_audit import record
from pipeline.actions.request_entries import enter
from pipeline.actions.watch_requests import ALERTS, subject
from pipeline.core.consent.desk_event import DeskEvent
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Outcome, Step, after, check_outcome, closed_as, kept_words
from pipeline.core.errors import NotFound
from pipeline.store import alerts, rights
from pipeline.store.rights import StoredRequest

log = structlog.get_logger()


def close_request(uid: UUID, outcome: Outcome, now: datetime, member: str, words: str = "") -> StoredRequest:
    """Close it, once. `words` are what the person was told: BadInput where a refusal has none.

    NotFound for a request that is not there, Refused for one that is closed.
    """
    check_outcome(outcome, words)
    with transaction.atomic():
        request = rights.held(uid)
        if request is None:
            raise NotFound("There is no such request. `rounds requests list` names them.")
        state = after(request.state, Step.CLOSE)
        actor = Actor.CONTROLLER_USER if member else Actor.SYSTEM
        closed = rights.move(
            uid,
            Step.CLOSE,
            request.state,
            state,
            actor,
            member,
            now,
            {"outcome": outcome.value},
            closed_at=now,
            outcome=outcome.value,
            answer=kept_words(words),
        )
        enter(closed, closed_as(request.kind, outcome), actor, now)
        alerts.cleared(ALERTS, subject(uid), now)
        record(
            DeskEvent.REQUEST_CLOSED,
            member=member,
            about=str(uid),
            detail={"kind": request.kind.value, "outcome_of_request": outcome.value},
        )
    log.info("request.closed", kind=request.kind.value, request=str(uid), outcome=outcome.value)
    return closed
