"""Answer for one address: may we mail it, why, since when, and what exactly was it told (C-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.core.address import parse
from pipeline.core.consent.entry import Entry
from pipeline.core.consent.gate import Allowed, ListMail, decide
from pipeline.core.consent.ledger import ConsentState, fold
from pipeline.core.consent.suppression import Suppression, active
from pipeline.core.errors import NotFound
from pipeline.gateways.keys import key_of
from pipeline.store import consent, subscribers
from pipeline.store.consent import StoredNotice
from pipeline.store.standing import must_renew


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """All that is known. `may_mail` answers for each purpose with a reason; `notices` hold the words shown."""

    address: str
    subscriber: str
    may_mail: dict[str, tuple[bool, str]]
    state: ConsentState
    suppressions: tuple[Suppression, ...]
    entries: tuple[Entry, ...]
    notices: tuple[StoredNotice, ...]


def show_consent(address: str, now: datetime) -> ConsentRecord:
    """Raises BadInput for what is no address, NotFound for one that was never seen."""
    mailbox = parse(address)
    key = key_of(mailbox)
    person = subscribers.by_key(key)
    suppressions = tuple(consent.suppressions(key))
    if person is None:
        known = "; it is on the suppression list" if suppressions else ""
        raise NotFound(f"Nothing is known of this address: it has no entry in the ledger{known}.")
    entries = tuple(consent.ledger(person.id))
    state = fold(entries)
    shown = {(e.notice_id, e.notice_version) for e in entries if e.notice_id and e.notice_version}
    notices = tuple(n for i, v in sorted(shown) if (n := consent.notice(i, v or 0)))
    may_mail = {}
    for purpose in consent.list_ids():
        decision = decide(
            ListMail(purpose),
            state,
            active(suppressions, now),
            now=now,
            must_renew=must_renew(purpose, now),
        )
        if isinstance(decision, Allowed):
            may_mail[purpose] = (True, state.of(purpose).status.value)
        else:
            may_mail[purpose] = (False, decision.detail or decision.reason.value)
    return ConsentRecord(person.address, str(person.uid), may_mail, state, suppressions, entries, notices)
