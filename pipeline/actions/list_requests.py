"""The register of requests for people and programs: what is due, overdue first, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipeline.core.consent.rights import Pressing, Urgency, pressing, sentence
from pipeline.core.errors import NotFound
from pipeline.store import rights
from pipeline.store.rights import RequestEvent, StoredRequest


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """`pressing` and `sentence` are of an open request; a closed one has None and nothing. `person`: whose page."""

    request: StoredRequest
    pressing: Pressing | None
    sentence: str
    person: UUID | None


def list_requests(now: datetime, *, closed: int = 0) -> list[ListedRequest]:
    """The open ones, the most pressing first; then the last `closed` that were closed."""
    found = rights.open_now()
    ended = rights.closed(closed) if closed else []
    people = rights.subscriber_uids([*found, *ended])
    waiting = [_listed(request, people, now) for request in found]
    waiting.sort(key=lambda one: one.pressing.by if one.pressing else one.request.due_at)
    return waiting + [_listed(request, people, now) for request in ended]


def show_request(uid: UUID, now: datetime) -> tuple[ListedRequest, list[RequestEvent]]:
    """One request with its log. NotFound for one that is not there."""
    request = rights.by_uid(uid)
    if request is None:
        raise NotFound("There is no such request. `rounds requests list` names them.")
    return _listed(request, rights.subscriber_uids([request]), now), rights.log_of(uid)


def overdue(listed: ListedRequest) -> bool:
    return listed.pressing is not None and listed.pressing.urgency is Urgency.OVERDUE


def _listed(request: StoredRequest, people: dict[int, UUID], now: datetime) -> ListedRequest:
    person = people.get(request.subscriber_id) if request.subscriber_id is not None else None
    if request.closed_at is not None:
        return ListedRequest(request, None, "", person)
    found = pressing(request.clocks, request.acknowledged_at, now)
    return ListedRequest(request, found, sentence(request.kind, request.received_at, found, now), person)
