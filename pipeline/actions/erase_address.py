"""Forget the person behind an address: what an operator does who is asked to."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Method
from pipeline.core.consent.suppression import Reason
from pipeline.core.errors import NotFound
from pipeline.gateways.keys import key_of
from pipeline.store import subscribers


def erase_address(address: str, now: datetime, *, child: bool = False) -> bool:
    """Returns whether there was anything left to erase. Raises BadInput for what is no address, NotFound for one that
    was never seen.
    """
    person = subscribers.by_key(key_of(parse(address)))
    if person is None:
        raise NotFound("Nothing is known of this address: there is nobody to erase. Look at its spelling.")
    erase_subscriber(
        person.id,
        now,
        actor=Actor.CONTROLLER_USER,
        method=Method.ADMIN,
        reason=Reason.CHILD if child else Reason.ERASED,
    )
    return bool(person.address)
