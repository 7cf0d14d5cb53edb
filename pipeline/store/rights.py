"""The register of requests under the law, and its log. A step is taken by a conditional update, and logged beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Channel, Clocks, Outcome, RequestKind, RequestState, Step
from pipeline.store import models, subscribers
from pipeline.store.subscribers import random_uid

RECEIVED = "received"
ERASED = "(erased)"


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """`words` are the person's or what a member wrote down of them; `answer` is what they were told at the end."""

    uid: UUID
    kind: RequestKind
    subscriber_id: int | None
    channel: Channel
    received_at: datetime
    due_at: datetime
    acknowledge_by: datetime | None
    acknowledged_at: datetime | None
    closed_at: datetime | None
    state: RequestState
    outcome: Outcome | None
    words: str
    answer: str

    @property
    def clocks(self) -> Clocks:
        return Clocks(self.due_at, self.acknowledge_by)


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """One line of the log. `what` is `received` or a `Step`."""

    at: datetime
    what: str
    actor: Actor
    member: str
    detail: Mapping[str, Any]


def receive(
    kind: RequestKind,
    subscriber_id: int | None,
    channel: Channel,
    received_at: datetime,
    due: Clocks,
    words: str,
    actor: Actor,
    member: str,
    now: datetime,
) -> StoredRequest:
    """Enter a request, with the keyed hash of the address of whoever is known to ask."""
    key = b"" if subscriber_id is None else subscribers.address_key(subscriber_id)
    with transaction.atomic():
        row = models.RightsRequest.objects.create(
            uid=random_uid(),
            kind=kind.value,
            subscriber_id=subscriber_id,
            address_key=key,
            channel=channel.value,
            received_at=received_at,
            due_at=due.due_at,
            acknowledge_by=due.acknowledge_by,
            state=RequestState.RECEIVED.value,
            words=words,
        )
        _log(row.pk, RECEIVED, actor, member, now, {"channel": channel.value})
        return _stored(row)


def held(uid: UUID) -> StoredRequest | None:
    """A request, locked for the caller's transaction: nobody takes another step meanwhile."""
    row = models.RightsRequest.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    return _stored(row) if row else None


def move(
    uid: UUID,
    step: Step,
    before: RequestState,
    state: RequestState,
    actor: Actor,
    member: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    **changes: Any,
) -> StoredRequest:
    """Take one step from the state `before`, with its line in the log. The caller holds the request."""
    with transaction.atomic():
        rows = models.RightsRequest.objects.filter(uid=uid, state=before.value)
        rows.update(state=state.value, **changes)
        row = models.RightsRequest.objects.get(uid=uid)
        _log(row.pk, step.value, actor, member, now, detail or {})
        return _stored(row)


def by_uid(uid: UUID) -> StoredRequest | None:
    row = models.RightsRequest.objects.filter(uid=uid).first()
    return _stored(row) if row else None


def of_subscriber(subscriber_id: int) -> list[StoredRequest]:
    """All of one person's, in the order in which they came."""
    rows = models.RightsRequest.objects.filter(subscriber_id=subscriber_id).order_by("received_at", "id")
    return [_stored(row) for row in rows]


def open_now() -> list[StoredRequest]:
    """What waits for an answer, the first due first."""
    rows = models.RightsRequest.objects.filter(closed_at=None).order_by("due_at", "id")
    return [_stored(row) for row in rows]


def closed(limit: int) -> list[StoredRequest]:
    """The last that were closed, the newest first."""
    rows = models.RightsRequest.objects.filter(closed_at__isnull=False).order_by("-closed_at", "-id")
    return [_stored(row) for row in rows[:limit]]


def log_of(uid: UUID) -> list[RequestEvent]:
    """What was done about a request, in order."""
    rows = models.RightsEvent.objects.filter(request__uid=uid).order_by("id")
    return [RequestEvent(row.at, row.what, Actor(row.actor), row.member, row.detail) for row in rows]


def subscriber_uids(requests: Iterable[StoredRequest]) -> dict[int, UUID]:
    """The page of each request's person: subscriber id, uid."""
    wanted = {request.subscriber_id for request in requests if request.subscriber_id is not None}
    return dict(models.Subscriber.objects.filter(pk__in=wanted).values_list("id", "uid"))


def forget_words(subscriber_id: int) -> int:
    """Blank what was written in a person's requests: their erasure. That they asked, and when, stays (C-18)."""
    return models.RightsRequest.objects.filter(subscriber_id=subscriber_id).update(words="", answer="")


def forget_mentions(mailbox: str) -> None:
    """Take a mailbox out of requests of nobody we knew, such as a complaint from before its sign-up."""
    unknown = models.RightsRequest.objects.filter(subscriber__isnull=True)
    named = re.compile(re.escape(mailbox), re.IGNORECASE)
    for row in unknown.filter(Q(words__icontains=mailbox) | Q(answer__icontains=mailbox)):
        words, answer = (named.sub(ERASED, text) for text in (row.words, row.answer))
        models.RightsRequest.objects.filter(pk=row.pk).update(words=words, answer=answer)


def _log(
    request_id: int, what: str, actor: Actor, member: str, now: datetime, detail: Mapping[str, Any]
) -> None:
    models.RightsEvent.objects.create(
        request_id=request_id, what=what, actor=actor.value, member=member, at=now, detail=dict(detail)
    )


def _stored(row: models.RightsRequest) -> StoredRequest:
    return StoredRequest(
        row.uid,
        RequestKind(row.kind),
        row.subscriber_id,
        Channel(row.channel),
        row.received_at,
        row.due_at,
        row.acknowledge_by,
        row.acknowledged_at,
        row.closed_at,
        RequestState(row.state),
        Outcome(row.outcome) if row.outcome else None,
        row.words,
        row.answer,
    )
