"""The register of requests under the law, and its log. A step is taken by a conditional update, and logged beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import (
    Channel,
    Clocks,
    Lost,
    Outcome,
    RequestKind,
    RequestState,
    Step,
    Words,
)
from pipeline.store import models, sealing
from pipeline.store.subscribers import random_uid

RECEIVED = "received"
ERASED = "(erased)"
WORDS, ANSWER = "words", "answer"  # what each of the two sealed values says that it is


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """`words` are the person's or what a member wrote down of them; `answer` is what they were told at the end.

    `forgotten`: whose it is was erased, so that nothing that is written from now on is kept.
    """

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
    words: Words
    answer: Words
    forgotten: bool = False

    @property
    def clocks(self) -> Clocks:
        return Clocks(self.due_at, self.acknowledge_by)


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """An open request, without a word of it."""

    uid: UUID
    kind: RequestKind
    received_at: datetime
    clocks: Clocks
    acknowledged_at: datetime | None


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
    person = None if subscriber_id is None else models.Subscriber.objects.get(pk=subscriber_id)
    uid = random_uid()
    with transaction.atomic():
        row = models.RightsRequest.objects.create(
            uid=uid,
            kind=kind.value,
            subscriber=person,
            address_key=person.address_key if person else b"",
            channel=channel.value,
            received_at=received_at,
            due_at=due.due_at,
            acknowledge_by=due.acknowledge_by,
            state=RequestState.RECEIVED.value,
            sealed_words=sealing.seal_words(_subject(person), uid, WORDS, words),
        )
        _log(row.pk, RECEIVED, actor, member, now, {"channel": channel.value})
        return _stored(row)


def held(uid: UUID) -> StoredRequest | None:
    """A request, locked for the caller's transaction: nobody takes another step meanwhile."""
    row = _rows().select_for_update(of=("self",)).filter(uid=uid).first()
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
    *,
    answer: str | None = None,
    **changes: Any,
) -> StoredRequest:
    """Take one step from the state `before`, with its line in the log. The caller holds the request.

    `answer` takes the place of what the person was told before; None leaves that as it is.
    """
    with transaction.atomic():
        if answer is not None:
            person = _rows().get(uid=uid).subscriber
            changes["sealed_answer"] = sealing.seal_words(_subject(person), uid, ANSWER, answer)
        rows = models.RightsRequest.objects.filter(uid=uid, state=before.value)
        rows.update(state=state.value, **changes)
        row = _rows().get(uid=uid)
        _log(row.pk, step.value, actor, member, now, detail or {})
        return _stored(row)


def by_uid(uid: UUID) -> StoredRequest | None:
    row = _rows().filter(uid=uid).first()
    return _stored(row) if row else None


def of_subscriber(subscriber_id: int) -> list[StoredRequest]:
    """All of one person's, in the order in which they came."""
    rows = _rows().filter(subscriber_id=subscriber_id).order_by("received_at", "id")
    return [_stored(row) for row in rows]


def open_now() -> list[StoredRequest]:
    """What waits for an answer, the first due first."""
    rows = _rows().filter(closed_at=None).order_by("due_at", "id")
    return [_stored(row) for row in rows]


def waiting() -> list[WaitingRequest]:
    """The same for whoever looks at the clocks alone, every few seconds: nothing that anybody wrote is opened."""
    rows = models.RightsRequest.objects.filter(closed_at=None).order_by("due_at", "id")
    columns = ("uid", "kind", "received_at", "due_at", "acknowledge_by", "acknowledged_at")
    return [
        WaitingRequest(uid, RequestKind(kind), at, Clocks(due_at, acknowledge_by), acknowledged_at)
        for uid, kind, at, due_at, acknowledge_by, acknowledged_at in rows.values_list(*columns)
    ]


def closed(limit: int) -> list[StoredRequest]:
    """The last that were closed, the newest first."""
    rows = _rows().filter(closed_at__isnull=False).order_by("-closed_at", "-id")
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
    """Let go of what was written in a person's requests: their erasure. That they asked, and when, stays (C-18), and
    that something was written, which opens no more. Returns how many requests they have.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_WORDS, [subscriber_id])
        return int(cursor.rowcount)


# Their key is destroyed with them; this leaves nothing for a copy of it to open.
_FORGET_WORDS = """
UPDATE rights_request
   SET sealed_words = CASE sealed_words WHEN '{}' THEN sealed_words ELSE '{"erased": true}' END,
       sealed_answer = CASE sealed_answer WHEN '{}' THEN sealed_answer ELSE '{"erased": true}' END
 WHERE subscriber_id = %s
"""


def forget_mentions(mailboxes: Sequence[str]) -> None:
    """Take mailboxes out of requests of nobody we knew, such as a complaint from before a sign-up.

    Each of them is opened: nothing in the database tells what one says.
    """
    named = re.compile("|".join(map(re.escape, mailboxes)), re.IGNORECASE)
    unknown = models.RightsRequest.objects.filter(subscriber=None)
    written = unknown.exclude(sealed_words={}, sealed_answer={})
    with transaction.atomic():
        found = [
            row.pk
            for row in written.order_by("id").iterator(chunk_size=500)
            if any(named.search(text) for text in _texts(row).values())
        ]
        for row in unknown.filter(pk__in=found).order_by("id").select_for_update():
            for name, text in _texts(row).items():
                setattr(
                    row, f"sealed_{name}", sealing.seal_words(None, row.uid, name, named.sub(ERASED, text))
                )
            row.save(update_fields=["sealed_words", "sealed_answer"])


def _texts(row: models.RightsRequest) -> dict[str, str]:
    """What can be read of a request of nobody we know, by its name."""
    both = {
        WORDS: sealing.open_words(None, row.uid, WORDS, row.sealed_words),
        ANSWER: sealing.open_words(None, row.uid, ANSWER, row.sealed_answer),
    }
    return {name: text for name, text in both.items() if not isinstance(text, Lost)}


def _subject(person: models.Subscriber | None) -> sealing.Subject | None:
    return sealing.Subject(person.uid, person.wrapped_key) if person else None


def _rows() -> QuerySet[models.RightsRequest]:
    """With the subscriber, whose key opens what was written."""
    return models.RightsRequest.objects.select_related("subscriber")


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
        sealing.open_words(_subject(row.subscriber), row.uid, WORDS, row.sealed_words),
        sealing.open_words(_subject(row.subscriber), row.uid, ANSWER, row.sealed_answer),
        forgotten=row.subscriber is not None and row.subscriber.wrapped_key is None,
    )
