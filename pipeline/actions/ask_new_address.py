"""Ask that one's mail goes to another address: the new one is asked first (GDPR 16; C-20)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from pipeline.actions.open_access import open_access
from pipeline.actions.receive_request import receive_request
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.limits import Form, form_limit, network_of
from pipeline.core.consent.rights import Channel, RequestKind
from pipeline.core.consent.suppression import Reason, Suppression, active
from pipeline.core.errors import BadInput, Refused
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import key_of, key_of_network
from pipeline.store import consent, form_uses, notes, subscribers

CONFIRM_WITHIN = timedelta(days=7)

log = structlog.get_logger()


def ask_new_address(token: str, typed: str, client_ip: str, now: datetime) -> None:
    """Enter the request, and ask the new address to confirm it.

    Nothing is sent to an address that may not be written to or is somebody else's, and the answer is the same (D-07):
    the request then waits on the register for a person. Raises BadInput for an address that cannot exist or is the one
    on file, Refused after three a day or for a link that is over, NotFound.
    """
    address = parse(typed)
    new_key, network = key_of(address), key_of_network(network_of(client_ip))
    with transaction.atomic():
        person = subscribers.by_id(open_access(token, now).subscriber_id)
        old_key = key_of(parse(person.address))
        if new_key == old_key:
            raise BadInput(
                "This is the address that we have. Type the one that we should use instead.", field="address"
            )
        limit = form_limit(Form.OLD_ADDRESS, form_uses.count(Form.OLD_ADDRESS, old_key, network, now))
        if limit is not None:
            log.info("new_address.limited", limit=limit.value)
            raise Refused("This was asked for several times today. Try again tomorrow, or write to us.")
        form_uses.keep(Form.OLD_ADDRESS, old_key, network, now)
        request = receive_request(
            RequestKind.RECTIFICATION,
            person.id,
            Channel.SELF_SERVICE,
            now,
            actor=Actor.DATA_SUBJECT,
            words=f"Asks that our emails go to {address.mailbox} from now on.",
        )
        limit = form_limit(Form.NEW_ADDRESS, form_uses.count(Form.NEW_ADDRESS, new_key, network, now))
        form_uses.keep(Form.NEW_ADDRESS, new_key, network, now)
        if limit is not None or not may_move(person.id, old_key, new_key, now):
            log.info("new_address.waits", request=str(request.uid))
            return
        notes.queue(
            NoteKind.ADDRESS_CONFIRM,
            {"request": str(request.uid)},
            new_key,
            now,
            now + CONFIRM_WITHIN,
            subscriber_id=person.id,
            address=address.mailbox,
        )


def may_move(subscriber_id: int, old_key: bytes, new_key: bytes, now: datetime) -> bool:
    """Whether a person's mail may go to another address: nobody else's, with no suppression but the person's own.

    One that somebody has moved away from, they too, is anybody's who can confirm it.
    """
    holder = subscribers.by_key(new_key)
    if holder is not None and holder.id != subscriber_id:
        return False
    own = {_what(stop) for stop in active(consent.suppressions(old_key), now)}
    there = active(consent.suppressions(new_key), now)
    return all(stop.reason is Reason.MOVED or _what(stop) in own for stop in there)


def _what(suppression: Suppression) -> tuple[str, str]:
    return suppression.scope, suppression.reason.value
