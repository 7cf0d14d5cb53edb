"""A consent as ISO/IEC TS 27560:2023 records it, in JSON-LD and the words of the W3C's Data Privacy Vocabulary.

One record for each (person, purpose, grant): a grant begins with a request or a yes after a no, and has every entry up
to the next one. The fields and their DPV names are those of the profile `dpv-27560:record-eu-gdpr` (W3C DPVCG, "Consent
Records and Receipts as per ISO/IEC TS 27560:2023 using DPV"); `docs/schema/consent-record.json` says which have to be
there. A record has no address: the person is a pseudonym.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.evidence import Controller, Evidence, ShownNotice
from pipeline.core.consent.ledger import NO_ENTRIES, apply
from pipeline.core.consent.rights import add_months

SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
SCHEMA_VERSION = "rounds-consent-record/1"
VALID_MONTHS = 24  # how long a yes holds before it is asked for again (C-09)
ICO = "https://ico.org.uk/make-a-complaint/"

CONTEXT: Mapping[str, str] = MappingProxyType(
    {
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "loc": "https://w3id.org/dpv/loc#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "dct": "http://purl.org/dc/terms/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "rounds": "urn:rounds:consent:",
    }
)

STATES: Mapping[ConsentStatus, str] = MappingProxyType(
    {
        ConsentStatus.UNKNOWN: "dpv:ConsentUnknown",
        ConsentStatus.REQUESTED: "dpv:ConsentRequested",
        ConsentStatus.GIVEN: "dpv:ConsentGiven",
        ConsentStatus.RENEWED: "dpv:RenewedConsentGiven",
        ConsentStatus.REFUSED: "dpv:ConsentRefused",
        ConsentStatus.WITHDRAWN: "dpv:ConsentWithdrawn",
        ConsentStatus.EXPIRED: "dpv:ConsentExpired",
        ConsentStatus.TERMINATED: "dpv:ConsentRevoked",  # ended by somebody who is not the person
        ConsentStatus.INVALIDATED: "dpv:ConsentInvalidated",
    }
)

# How a yes was collected: the words of Kantara's `collectionMethod`.
COLLECTED: Mapping[Method, str] = MappingProxyType(
    {
        Method.CONFIRM_POST: "double_opt_in",
        Method.FORM_BUTTON: "web_form",
        Method.UNDO: "web_form",
        Method.PREFERENCE_PAGE: "web_form",
        Method.IMPORT: "import",
    }
)

BEGINS = frozenset(
    {
        EventKind.CONSENT_REQUESTED,
        EventKind.CONSENT_GIVEN,
        EventKind.TRACKING_CONSENT_GIVEN,
        EventKind.LEGACY_IMPORTED,
    }
)


@dataclass(frozen=True, slots=True)
class Grant:
    """One consent from its asking to its end: entries of one purpose, and those that hold for every purpose."""

    purpose: str
    entries: tuple[Entry, ...]
    states: tuple[ConsentStatus, ...]  # after each of them

    @property
    def yes(self) -> Entry | None:
        """The entry that gave it, None where it was asked for and not given."""
        pairs = zip(self.entries, self.states, strict=True)
        return next((e for e, state in pairs if state.permits), None)

    @property
    def record_id(self) -> UUID:
        """The id of the entry that it began with: the same grant has the same record for ever."""
        return self.entries[0].event_id


def grants(entries: Iterable[Entry], purpose: str) -> list[Grant]:
    """Every consent of one person to one purpose, in order."""
    state = NO_ENTRIES
    found: list[tuple[list[Entry], list[ConsentStatus]]] = []
    for entry in sorted(entries, key=lambda one: one.seq):
        before = state.of(purpose).status
        state = apply(state, entry)
        after = state.of(purpose).status
        if entry.purpose not in (None, purpose):
            continue
        afresh = entry.purpose == purpose and entry.kind in BEGINS and not before.permits
        open_request = before is ConsentStatus.REQUESTED and bool(found)
        if afresh and not open_request:
            found.append(([], []))
        if found:
            found[-1][0].append(entry)
            found[-1][1].append(after)
    return [Grant(purpose, tuple(those), tuple(states)) for those, states in found]


def consent_records(
    evidence: Evidence, *, valid_months: int = VALID_MONTHS, purpose: str | None = None
) -> list[dict[str, Any]]:
    """A record for every grant of a person, or of theirs for one purpose."""
    return [
        consent_record(evidence, grant, valid_months=valid_months)
        for name in ([purpose] if purpose else evidence.titles)
        for grant in grants(evidence.entries, name)
    ]


def consent_record(evidence: Evidence, grant: Grant, *, valid_months: int = VALID_MONTHS) -> dict[str, Any]:
    """The record of one grant, as JSON-LD."""
    named = grant.yes or next((e for e in grant.entries if e.notice_id), grant.entries[0])
    notice = evidence.notice(named.notice_id, named.notice_version)
    controller = _controller(evidence.controller)
    return {
        "@context": dict(CONTEXT),
        "@id": f"urn:uuid:{grant.record_id}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": str(grant.record_id),
        "dct:conformsTo": SCHEMA,
        "dct:hasVersion": SCHEMA_VERSION,
        "dct:created": _moment(grant.entries[0].occurred_at),
        "dpv:hasDataSubject": _subject(evidence.person.uid),
        "dct:language": notice.language if notice else "und",
        "dpv:hasNotice": _notice(named, notice),
        "dpv:hasProcess": _process(evidence, grant, notice),
        "dpv:hasDataController": [controller],
        "dpv:hasAuthority": {
            "@id": "https://ico.org.uk/",
            "@type": "dpv:DataProtectionAuthority",
            "dpv:hasName": "Information Commissioner's Office",
            "dpv:hasContact": ICO,
        },
        "rounds:evidenceGrade": (named.evidence_grade or EvidenceGrade.DEFICIENT).value
        if grant.yes
        else "none",
        "rounds:collectionMethod": COLLECTED.get(named.method, named.method.value),
        "dpv:hasConsentStatus": STATES[grant.states[-1]],
        "rounds:hasEvent": [
            _event(entry, state, evidence, valid_months)
            for entry, state in zip(grant.entries, grant.states, strict=True)
        ],
    }


def _subject(uid: UUID) -> dict[str, Any]:
    return {"@id": f"urn:uuid:{uid}", "@type": "dpv:DataSubject", "dct:identifier": str(uid)}


def _controller(controller: Controller) -> dict[str, Any]:
    name = controller.number or controller.email
    return {
        "@id": f"urn:rounds:party:{name}",
        "@type": "dpv:DataController",
        "dct:identifier": name,
        "dpv:hasName": controller.name,
        "dpv:hasAddress": controller.address,
        "dpv:hasContact": [f"mailto:{controller.email}", *([controller.url] if controller.url else [])],
    }


def _notice(named: Entry, notice: ShownNotice | None) -> dict[str, Any]:
    if notice is None:
        return {
            "@type": "dpv:ConsentNotice",
            "dct:identifier": "none",
            "dct:description": "No notice is archived for this consent. Its evidence grade says what that means.",
        }
    return {
        "@id": f"urn:sha256:{notice.sha256}",
        "@type": "dpv:ConsentNotice",
        "dct:identifier": notice.notice_id,
        "dct:hasVersion": notice.version,
        "dct:title": notice.title,
        "dct:language": notice.language,
        "dct:description": notice.words,
        "rounds:sha256": notice.sha256,
        "rounds:consentSentence": notice.consent_sentence,
        "rounds:consentSentenceSha256": named.consent_sentence_sha256 or notice.sentence_sha256,
        "rounds:buttonLabel": notice.button_label,
        "rounds:policyUrl": notice.policy_url,
        "dct:valid": notice.effective_from.isoformat(),
    }


def _process(evidence: Evidence, grant: Grant, notice: ShownNotice | None) -> dict[str, Any]:
    facts = notice.facts if notice else None
    told = "As the notice of this record says." if notice else "Not on record: no notice is archived."
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": [
            {
                "@id": f"urn:rounds:purpose:{grant.purpose}",
                "@type": _term(facts.purpose_type) if facts else "dpv:DirectMarketing",
                "dct:identifier": grant.purpose,
                "dct:title": evidence.titles.get(grant.purpose, grant.purpose),
            }
        ],
        "dpv:hasLegalBasis": f"eu-gdpr:{facts.legal_basis.value}" if facts else "eu-gdpr:A6-1-a",
        "dpv:hasPersonalData": [
            {"@id": "pd:EmailAddress", "dpv:hasNecessity": "dpv:Required"},
            {"@id": "pd:Name", "dpv:hasNecessity": "dpv:Optional"},
            {"@type": "dpv:PersonalData", "dct:title": "time zone", "dpv:hasNecessity": "dpv:Optional"},
        ],
        "dpv:hasProcessing": ["dpv:Collect", "dpv:Store", "dpv:Use"],
        "dpv:hasStorageCondition": [
            *(
                {"@type": "dpv:StorageLocation", "dct:description": place}
                for place in (facts.storage_locations if facts else (told,))
            ),
            {
                "@type": "dpv:StorageDuration",
                "dct:description": "While the consent holds, and afterwards as its record (UK GDPR 7(1)).",
            },
        ],
        "dpv:hasJurisdiction": "loc:GB",
        "dpv:hasRecipient": [
            {"@type": "dpv:Recipient", "dct:description": name}
            for name in ([party.name for party in facts.recipients] or ["Nobody else."] if facts else [told])
        ],
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dct:description": "The link and the button in every email, a reply to it, the preference page, or "
            f"{evidence.controller.email}.",
        },
        "dpv:hasRight": [f"eu-gdpr:A{article}" for article in ("7-3", "15", "16", "17", "20", "21", "77")],
    }


def _term(iri: str) -> str:
    """`dpv:DirectMarketing`, from the address of a term."""
    return iri.replace(CONTEXT["dpv"], "dpv:")


def _event(entry: Entry, state: ConsentStatus, evidence: Evidence, valid_months: int) -> dict[str, Any]:
    """`dct:valid` is until when the state holds by itself: a yes needs to be asked for again, a no never ends."""
    entity = evidence.person.uid if entry.actor in (Actor.DATA_SUBJECT, Actor.PARENT) else None
    said: dict[str, Any] = {
        "@id": f"urn:uuid:{entry.event_id}",
        "dct:identifier": str(entry.event_id),
        "dct:date": _moment(entry.occurred_at),
        "dct:valid": _valid(entry, state, valid_months),
        "dpv:isIndicatedBy": {
            "dct:identifier": str(entity) if entity else entry.actor.value,
            "rounds:actor": entry.actor.value,
        },
        "dpv:hasIndicationMethod": entry.method.value,
        "rounds:kind": entry.kind.value,
        "dpv:hasLegalBasis": "dpv:ExpressedConsent",
        "dpv:hasConsentStatus": STATES[state],
        "rounds:suspectAutomation": entry.suspect_automation,
    }
    if entry.notice_id:
        said["rounds:notice"] = {"dct:identifier": entry.notice_id, "dct:hasVersion": entry.notice_version}
    return said


def _valid(entry: Entry, state: ConsentStatus, valid_months: int) -> str:
    """An ISO 8601 interval, open at the end (`..`) where nothing but another act ends it."""
    begin = _moment(entry.occurred_at)
    if entry.valid_until is not None:
        return f"{begin}/{_moment(entry.valid_until)}"
    if state.permits:
        return f"{begin}/{_moment(add_months(entry.occurred_at, valid_months))}"
    return f"{begin}/.."


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
