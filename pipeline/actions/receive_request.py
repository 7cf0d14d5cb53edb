"""Take in what a person asks of us under the law, and let at once take effect what holds at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import transaction

from pipeline.actions.close_request import close_request
from pipeline.actions.note_no import suppress
from pipeline.actions.request_entries import enter
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import (
    AT_ONCE,
    RECEIVED_AS,
    Channel,
    Outcome,
    RequestKind,
    clocks,
    kept_words,
)
from pipeline.core.consent.suppression import MARKETING, Reason, Suppression
from pipeline.core.errors import BadInput
from pipeline.store import consent, rights, subscribers
from pipeline.store.rights import StoredRequest

log = structlog.get_logger()


def receive_request(
    kind: RequestKind,
    subscriber_id: int | None,
    channel: Channel,
    now: datetime,
    *,
    actor: Actor,
    words: str = "",
    member: str = "",
    received_at: datetime | None = None,
    purposes: Sequence[str] = (),
) -> StoredRequest:
    """Enter a request, with its clock from `received_at` (now, where it is not given), and say so in the ledger.

    For a known subscriber an objection stops all marketing and a withdrawal ends `purposes` (empty: every list), in
    this very transaction, and the request is answered thereby. Of somebody unknown it waits, overdue, for a person to
    find out who it is. Raises BadInput for a date in the future or a list that is not there.
    """
    arrived = received_at or now
    if arrived > now:
        raise BadInput(
            "The date on which it was received lies in the future. Give the day it arrived.", field="received"
        )
    for purpose in purposes:
        if not consent.purpose_exists(purpose):
            known = ", ".join(consent.purpose_ids())
            raise BadInput(f"There is no list {purpose!r}. The lists are {known}.", field="purpose")
    with transaction.atomic():
        due = clocks(kind, arrived)
        request = rights.receive(
            kind, subscriber_id, channel, arrived, due, kept_words(words), actor, member, now
        )
        if subscriber_id is not None:
            named = purposes if kind is RequestKind.WITHDRAWAL and purposes else (None,)
            enter(request, RECEIVED_AS[kind], actor, now, named)
            if kind is RequestKind.OBJECTION:
                key = subscribers.address_key(subscriber_id)
                suppress(key, Suppression(MARKETING, Reason.OBJECTION), now)
            if kind in AT_ONCE:
                request = close_request(request.uid, Outcome.FULFILLED, now, member)
    log.info("request.received", kind=kind.value, request=str(request.uid), channel=channel.value)
    return request
