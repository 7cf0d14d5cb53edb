"""Ask to see what is held: a link goes to the address on file, and to nobody else (C-19)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from pipeline.core.address import parse
from pipeline.core.consent.limits import Form, form_limit, network_of
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import key_of, key_of_network
from pipeline.store import form_uses, notes, subscribers

LINK_OPENS_FOR = timedelta(hours=24)  # S-02

log = structlog.get_logger()


def ask_access(typed: str, client_ip: str, now: datetime) -> None:
    """Queue the letter with the link, if the address is known and no limit is reached.

    Returns nothing, and the same nothing for every address (D-07). Raises BadInput for one that cannot exist. It is
    no request under the law yet: anybody may type an address. Who opens the link and downloads has asked.
    """
    address = parse(typed)
    key, network = key_of(address), key_of_network(network_of(client_ip))
    with transaction.atomic():
        limit = form_limit(Form.ACCESS, form_uses.count(Form.ACCESS, key, network, now))
        if limit is not None:
            log.info("access.limited", limit=limit.value)
            return
        form_uses.keep(Form.ACCESS, key, network, now)
        person = subscribers.by_key(key)
        if person is not None and person.address:
            notes.queue(NoteKind.ACCESS_LINK, {}, key, now, now + LINK_OPENS_FOR, subscriber_id=person.id)
