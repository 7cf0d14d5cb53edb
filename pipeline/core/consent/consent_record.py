"""The consents of one person as records: one for each yes, in the fields of ISO/IEC TS 27560 (standards 2.7).

Folded from the ledger whenever somebody asks, and kept nowhere: the entries say all that a record says, and a second
truth could differ from them. The id of a record is made of its entry's, so that it is the same for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from pipeline.core.consent.entry import ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import EFFECTS, NO_ENTRIES, ConsentState, apply, says_yes
from pipeline.core.consent.purpose import LASTS, ConsentType

SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
SCHEMA_VERSION = f"{SCHEMA} rounds/1"
HOME = "GB"  # the jurisdiction of a yes whose notice says nothing of one

# Kantara's `collectionMethod`, where the evidence does not name it. A door that is not here is a person at the desk.
COLLECTED: Mapping[Method, str] = MappingProxyType(
    {
        Method.CONFIRM_POST: "double_opt_in",
        Method.FORM_BUTTON: "web_form",
        Method.RENEW_POST: "web_form",
        Method.UNDO: "web_form",
        Method.PREFERENCE_PAGE: "web_form",
        Method.IMPORT: "import",
    }
)
ON_PAPER = "paper"


@dataclass(frozen=True, slots=True)
class ToldFacts:
    """What a notice version says of the purpose behind it."""

    purpose_version: int
    consent_type: ConsentType
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One yes. `state` is what became of it, `ended_at` since when it carries nothing any more.

    `purpose_version` is None where no facts are kept of the notice, or none was named. `page_sha256` is of the page's
    address, and `placement` says which form; both are empty where no form was seen.
    """

    record_id: UUID
    schema_version: str
    subject: UUID
    purpose: str
    purpose_version: int | None
    notice_id: str
    notice_version: int | None
    notice_sha256: str
    consent_sentence_sha256: str
    placement: str
    form_version: str
    page_sha256: str
    collection_method: str
    consent_type: ConsentType
    evidence_grade: EvidenceGrade | None
    jurisdiction: str
    given_at: datetime
    valid_until: datetime
    state: ConsentStatus
    ended_at: datetime | None
    event_ids: tuple[UUID, ...]  # the request, the yes and what followed, up to the next yes


@dataclass
class _Grant:
    """A record in the making."""

    yes: Entry
    request: Entry | None
    state: ConsentStatus
    ended_at: datetime | None
    events: list[UUID]

    def follow(self, entry: Entry, state: ConsentStatus) -> None:
        self.events.append(entry.event_id)
        if not state.permits and self.state.permits:
            self.state, self.ended_at = state, entry.occurred_at


def consent_records(
    subject: UUID, entries: Iterable[Entry], told: Mapping[tuple[str, int | None], ToldFacts]
) -> list[ConsentRecord]:
    """Every yes of a person, in the order of the ledger. `told`: the facts by notice and version.

    A yes that moved nothing is none, such as an import of somebody who had said no; but a deficient one has its record,
    as evidence of what there was (C-43).
    """
    return [_record(subject, grant, told.get(_named(grant.yes))) for grant in _grants(entries)]


def _grants(entries: Iterable[Entry]) -> list[_Grant]:
    state = NO_ENTRIES
    found: list[_Grant] = []
    newest: dict[str, _Grant] = {}
    asked: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda each: each.seq):
        state = apply(state, entry)
        purpose = entry.purpose
        if purpose is not None and _counts(entry, state):
            before = newest.get(purpose)
            if before is not None and before.ended_at is None:
                before.ended_at = entry.occurred_at  # another yes stands in its place
            request = asked.pop(purpose, None)
            status = state.of(purpose).status
            events = [each.event_id for each in (request, entry) if each]
            newest[purpose] = _Grant(entry, request, status, None, events)
            found.append(newest[purpose])
            continue
        if purpose is not None and entry.kind is EventKind.CONSENT_REQUESTED:
            asked[purpose] = entry
            continue
        for name, grant in newest.items():
            if purpose in (None, name) or EFFECTS[entry.kind].person_wide:
                grant.follow(entry, state.of(name).status)
    return found


def _counts(entry: Entry, state: ConsentState) -> bool:
    if not says_yes(entry.kind):
        return False
    deficient = entry.evidence_grade is EvidenceGrade.DEFICIENT
    return deficient or state.of(entry.purpose or "").seq == entry.seq


def _named(entry: Entry) -> tuple[str, int | None]:
    return entry.notice_id, entry.notice_version


def _record(subject: UUID, grant: _Grant, told: ToldFacts | None) -> ConsentRecord:
    yes = grant.yes
    form = {**(grant.request.evidence if grant.request else {}), **yes.evidence}
    page = _text(form, "page_url")
    return ConsentRecord(
        record_id=record_id(yes),
        schema_version=SCHEMA_VERSION,
        subject=subject,
        purpose=yes.purpose or "",
        purpose_version=told.purpose_version if told else None,
        notice_id=yes.notice_id,
        notice_version=yes.notice_version,
        notice_sha256=yes.notice_sha256,
        consent_sentence_sha256=yes.consent_sentence_sha256,
        placement=_text(form, "placement"),
        form_version=_text(form, "form_version"),
        page_sha256=hashlib.sha256(page.encode()).hexdigest() if page else "",
        collection_method=_text(form, "collection_method") or COLLECTED.get(yes.method, ON_PAPER),
        consent_type=told.consent_type if told else ConsentType.EXPRESSED,
        evidence_grade=yes.evidence_grade,
        jurisdiction=told.jurisdiction if told else HOME,
        given_at=yes.occurred_at,
        valid_until=yes.valid_until or LASTS.after(yes.occurred_at),
        state=grant.state,
        ended_at=grant.ended_at,
        event_ids=tuple(grant.events),
    )


def record_id(yes: Entry) -> UUID:
    """A version-7 uuid (RFC 9562 5.7): the moment of the yes, and the random bits of its entry's id."""
    milliseconds = int(yes.occurred_at.timestamp() * 1000)
    random = yes.event_id.int & ((1 << 74) - 1)
    return UUID(
        int=milliseconds << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | (random & ((1 << 62) - 1))
    )


def _text(evidence: Mapping[str, object], key: str) -> str:
    value = evidence.get(key)
    return value if isinstance(value, str) else ""
