"""Complain about how personal data is used: anybody may, with or without an address (DPA 2018 s.164A; C-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from pipeline.actions.acknowledge_request import acknowledge_request
from pipeline.actions.receive_request import receive_request
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.limits import Form, Limit, form_limit, network_of
from pipeline.core.consent.rights import LONGEST_WORDS, Channel, RequestKind, kept_words
from pipeline.core.errors import BadInput
from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.message.context import long_date
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import key_of, key_of_network
from pipeline.store import form_uses, notes, subscribers

TOLD_WITHIN = timedelta(days=5)
LONGEST_COMPLAINT = LONGEST_WORDS - 300  # an address stands beneath it


@dataclass(frozen=True, slots=True)
class Complaint:
    """What came of it. `number` is what the person names later; empty where a limit was reached and nothing kept."""

    number: str
    due_at: datetime | None = None


def complain(words: str, typed: str, client_ip: str, now: datetime) -> Complaint:
    """Enter a complaint on the register, acknowledged at once: the page says so, and so does a letter to an address
    that is known, at most once a day. The words go into no letter.

    Raises BadInput without words, or for an address that cannot exist.
    """
    said = kept_words(words)
    if not said:
        raise BadInput("Write what happened, in your own words.", field="words")
    if len(said) > LONGEST_COMPLAINT:
        raise BadInput(
            f"Use at most {LONGEST_COMPLAINT} characters here, and send us the rest by email.", field="words"
        )
    address = parse(typed) if typed.strip() else None
    key, network = key_of(address) if address else None, key_of_network(network_of(client_ip))
    with transaction.atomic():
        limit = form_limit(Form.COMPLAINT, form_uses.count(Form.COMPLAINT, key, network, now))
        if limit in (Limit.NETWORK, Limit.EVERYWHERE):
            return Complaint("")
        form_uses.keep(Form.COMPLAINT, key, network, now)
        person = subscribers.by_key(key) if key is not None else None
        request = receive_request(
            RequestKind.COMPLAINT,
            person.id if person else None,
            Channel.SELF_SERVICE,
            now,
            actor=Actor.DATA_SUBJECT,
            words=f"{said}\n\nAddress given, not proved: {address.mailbox}" if address else said,
        )
        acknowledge_request(request.uid, now, "")
        number = request.uid.hex[:8].upper()
        if person is not None and person.address and key is not None and limit is None:
            values = {"day": long_date(now.astimezone(HOME_ZONE).date()) or "", "number": number}
            notes.queue(
                NoteKind.COMPLAINT_RECEIVED, values, key, now, now + TOLD_WITHIN, subscriber_id=person.id
            )
        return Complaint(number, request.due_at)
