"""Erase somebody of whom we learnt that they are too young to have signed up by themselves (C-25)."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.suppression import Reason
from pipeline.core.errors import NotFound
from pipeline.gateways.keys import key_of
from pipeline.store import subscribers


def erase_child(address: str, now: datetime) -> None:
    """At once, and without asking for a proof of age. The mailbox stays suppressed, as a child's.

    Raises BadInput for what is no address, NotFound for one that was never seen.
    """
    person = subscribers.by_key(key_of(parse(address)))
    if person is None:
        raise NotFound("Nothing is known of this address: there is nothing to erase. Check its spelling.")
    erase_subscriber(person.id, now, actor=Actor.CONTROLLER_USER, reason=Reason.CHILD)
