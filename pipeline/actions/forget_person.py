"""Fulfil a person's request to be forgotten at the desk: entered, done and closed in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.close_request import close_request
from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.receive_request import receive_request
from pipeline.actions.record_audit import record
from pipeline.core.consent.desk_event import DeskEvent
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Channel, Outcome, RequestKind
from pipeline.store import rights, subscribers
from pipeline.store.rights import StoredRequest


def forget_person(
    subscriber_id: int, channel: Channel, now: datetime, member: str, received_at: datetime | None = None
) -> StoredRequest:
    """Of a subscriber that is known to exist. An open request of theirs to be forgotten is the one that is closed.

    What they wrote in any of their requests goes too: nothing of it is needed to show that they asked (C-18).
    """
    with transaction.atomic():
        waiting = [
            one
            for one in rights.of_subscriber(subscriber_id)
            if one.kind is RequestKind.ERASURE and one.closed_at is None
        ]
        request = (
            waiting[0]
            if waiting
            else receive_request(
                RequestKind.ERASURE,
                subscriber_id,
                channel,
                now,
                actor=Actor.CONTROLLER_USER,
                member=member,
                received_at=received_at,
            )
        )
        erase_subscriber(subscriber_id, now, actor=Actor.CONTROLLER_USER)
        closed = close_request(request.uid, Outcome.FULFILLED, now, member)
        rights.forget_words(subscriber_id)
        about = str(subscribers.by_id(subscriber_id).uid)
        record(DeskEvent.ERASED, member=member, about=about, detail={"request": str(request.uid)})
    return closed
