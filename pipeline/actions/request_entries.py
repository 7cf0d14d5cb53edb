"""What the ledger says of a request under the law, where it is known whose request it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.rights import Channel
from pipeline.store.rights import StoredRequest
from pipeline.store.subscribers import random_uid


def enter(
    request: StoredRequest,
    kind: EventKind | None,
    actor: Actor,
    now: datetime,
    purposes: Sequence[str | None] = (None,),
) -> None:
    """Append one entry of `kind` for each purpose; None for `kind`, or a request of nobody we know, appends nothing.

    An entry is of the moment at which it was recorded; the day on which the request arrived is its evidence.
    """
    if kind is None or request.subscriber_id is None:
        return
    evidence: Mapping[str, object] = {
        "request": str(request.uid),
        "channel": request.channel.value,
        "received_at": request.received_at.isoformat(),
    }
    method = Method.PREFERENCE_PAGE if request.channel is Channel.SELF_SERVICE else Method.ADMIN
    record_consent(
        request.subscriber_id,
        [Entry(random_uid(), kind, purpose, now, actor, method, evidence=evidence) for purpose in purposes],
    )
