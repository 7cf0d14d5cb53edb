"""Object to direct marketing by the link in a letter: absolute, and at once (GDPR 21(2); C-06)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.open_access import open_access
from pipeline.actions.receive_request import receive_request
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import Channel, RequestKind
from pipeline.core.consent.suppression import MARKETING, Reason, active
from pipeline.gateways.keys import key_of
from pipeline.store import consent, subscribers


def object_to_marketing(token: str, now: datetime) -> None:
    """Every list ends. A second time records nothing. Refused for a link that is over, NotFound."""
    with transaction.atomic():
        access = open_access(token, now)
        person = subscribers.by_id(access.subscriber_id)
        stops = active(consent.suppressions(key_of(parse(person.address))), now)
        if any((stop.scope, stop.reason) == (MARKETING, Reason.OBJECTION) for stop in stops):
            return
        receive_request(RequestKind.OBJECTION, person.id, Channel.SELF_SERVICE, now, actor=Actor.DATA_SUBJECT)
