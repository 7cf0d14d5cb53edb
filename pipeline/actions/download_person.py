"""Take along everything that is held: once by each link (GDPR 15 and 20; S-02)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from pipeline.actions.close_request import close_request
from pipeline.actions.export_subscriber import export_subscriber
from pipeline.actions.open_access import open_access
from pipeline.actions.receive_request import receive_request
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Channel, Outcome, RequestKind
from pipeline.core.errors import Refused
from pipeline.store import notes


def download_person(token: str, now: datetime) -> dict[str, Any]:
    """The person's file (`export_subscriber`), with the request that it answers on the register.

    The page may be read again and again for a day; what leaves it as a file leaves once. Refused, NotFound.
    """
    with transaction.atomic():
        access = open_access(token, now)
        if not notes.use(access.note_id, now):
            raise Refused(
                "This was downloaded already, and a link is good for one download. Ask for a new link tomorrow."
            )
        request = receive_request(
            RequestKind.ACCESS, access.subscriber_id, Channel.SELF_SERVICE, now, actor=Actor.DATA_SUBJECT
        )
        close_request(request.uid, Outcome.FULFILLED, now, "")
        return export_subscriber(access.subscriber_id, now)
