"""Write what proves one person's entries to anybody, without our database (delivery.md B9)."""

from __future__ import annotations

from typing import Any

from pipeline.core.address import parse
from pipeline.core.consent import proof
from pipeline.core.consent.proof import SignedSeal, Subject
from pipeline.core.errors import NotFound
from pipeline.gateways import keys
from pipeline.store import seals, subscribers


def prove_consent(address: str) -> dict[str, Any]:
    """The proof, as data fit for JSON. Raises BadInput for what is no address, NotFound for one that was never seen."""
    person = subscribers.by_key(keys.key_of(parse(address)))
    if person is None:
        raise NotFound("Nothing is known of this address: it has no entry in the ledger.")
    return prove_subscriber(person.id)


def prove_subscriber(subscriber_id: int) -> dict[str, Any]:
    """The same, for a subscriber that is known to exist."""
    entries = seals.of_subscriber(subscriber_id)
    over = seals.over(entries)
    first = over[0].number if over else 0
    last = over[-1].number if over else 0
    signed = [
        SignedSeal(one.day.isoformat(), one.seal, one.hash, one.key_id, one.signature)
        for one in seals.anchors()
        if one.seal >= first
    ]
    # From there on the chain is as well known by its next signature as by any later one.
    upto = next((one.seal for one in signed if one.seal >= last), None)
    chain = seals.chain(first, last if upto is None else upto)
    known = {one.number for one in chain}
    return proof.document(
        Subject(subscribers.by_id(subscriber_id).uid, subscribers.subject_key(subscriber_id)),
        entries,
        over,
        chain,
        [one for one in signed if one.seal in known],
        keys.ledger_public_keys(),
    )
