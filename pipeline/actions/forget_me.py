"""Be forgotten, by the link in a letter (GDPR 17; C-18)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.close_request import close_request
from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.open_access import open_access
from pipeline.actions.receive_request import receive_request
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Channel, Outcome, RequestKind
from pipeline.store import notes, rights


def forget_me(token: str, now: datetime) -> None:
    """Erase the person whose link it is, with the request that it answers on the register. Refused, NotFound."""
    with transaction.atomic():
        person = open_access(token, now).subscriber_id
        request = receive_request(
            RequestKind.ERASURE, person, Channel.SELF_SERVICE, now, actor=Actor.DATA_SUBJECT
        )
        erase_subscriber(person, now, actor=Actor.DATA_SUBJECT)
        notes.forget_addresses(person)
        rights.forget_words(person)
        close_request(request.uid, Outcome.FULFILLED, now, "")
