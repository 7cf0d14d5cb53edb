"""Find a person by address, or by the pseudonym that their page is named by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipeline.actions.gather_evidence import controller
from pipeline.core.address import masked, parse
from pipeline.core.consent.evidence import Barrier, Evidence, Person, Standing, standings
from pipeline.core.errors import NotFound
from pipeline.gateways.keys import key_of
from pipeline.store import consent, subscribers
from pipeline.store.subscribers import StoredSubscriber


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for an address, known or not. `person` is the name of their page; `shown` is the address, masked."""

    shown: str
    person: UUID | None
    standings: tuple[Standing, ...]
    barriers: tuple[Barrier, ...]


def find_address(address: str, now: datetime) -> Found:
    """May this address be mailed, and is there a page about it? BadInput for what is no address."""
    mailbox = parse(address)
    key = key_of(mailbox)
    person = subscribers.by_key(key)
    titles = consent.list_titles(consent.list_ids())
    known = Evidence(
        person=Person(UUID(int=0), "", "", "", now),
        controller=controller(),
        titles={purpose: titles[purpose] for purpose in sorted(titles)},
        entries=tuple(consent.ledger(person.id)) if person else (),
        notices=(),
        asked=(),
        letters=(),
        reports=(),
        barriers=tuple(
            Barrier(one.suppression.scope, one.suppression.reason, one.since, one.suppression.until)
            for one in consent.dated_suppressions(key)
        ),
        demands=(),
    )
    return Found(
        masked(mailbox), person.uid if person else None, tuple(standings(known, now)), known.barriers
    )


def find_person(uid: UUID) -> StoredSubscriber:
    """NotFound for a uid that is nobody's."""
    person = subscribers.by_uid(uid)
    if person is None:
        raise NotFound("Nobody has this page. Find the person by their address.")
    return person


def find_subscriber(address: str) -> StoredSubscriber:
    """Whose address this is. BadInput for what is no address, NotFound for one that was never seen."""
    person = subscribers.by_key(key_of(parse(address)))
    if person is None:
        raise NotFound("Nothing is known of this address: it has no entry in the ledger.")
    return person
