"""What a yes is a yes to: a purpose as ISO/IEC TS 27560 and the Data Privacy Vocabulary describe it (standards 2.7).

It stands in the file of the notice that tells people of it, as the table `[processing]`: what is done and what is told
change together. Title and cadence are the notice's own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.consent.duration import Duration, parse
from pipeline.core.consent.facts import Facts
from pipeline.core.consent.notice import NoticeVersion
from pipeline.core.consent.party import Party, Role

LASTS = parse("P24M")  # a yes whose notice says nothing else (C-09)
_COUNTRY = re.compile(r"[A-Z]{2}")  # ISO 3166-1 alpha-2
_IRI = re.compile(r"https?://[^\s\"<>]+")
_WORD = re.compile(r"[a-z][a-z_]{1,39}")
_WANTED = (
    "version",
    "description",
    "purpose_type",
    "legal_basis",
    "pii_types",
    "controllers",
    "recipients",
    "storage_locations",
    "processing_locations",
    "retention",
    "valid_for",
    "jurisdiction",
    "withdrawal_methods",
    "rights_url",
    "complaint_url",
    "authority",
)
_MAY = ("special_category", "consent_type", "transfer_safeguard")


class LegalBasis(StrEnum):
    CONSENT = "A6-1-a"  # UK GDPR Art 6(1)(a)
    EXPLICIT_CONSENT = "A9-2-a"  # Art 9(2)(a): for what reveals health


class ConsentType(StrEnum):
    """Names of the Data Privacy Vocabulary."""

    EXPRESSED = "expressed"
    EXPLICITLY_EXPRESSED = "explicitly_expressed"


@dataclass(frozen=True, slots=True)
class PurposeVersion:
    """One version, for ever. Countries are ISO 3166-1 codes; `recipients` are all who receive details besides the
    controllers.
    """

    purpose: str
    version: int
    title: str
    description: str
    cadence: str
    cadence_max_days: int
    purpose_type: str
    legal_basis: LegalBasis
    special_category: bool
    consent_type: ConsentType
    pii_types: tuple[str, ...]
    controllers: tuple[Party, ...]
    recipients: tuple[Party, ...]
    storage_locations: tuple[str, ...]
    processing_locations: tuple[str, ...]
    transfer_safeguard: str
    retention: Duration
    valid_for: Duration
    jurisdiction: str
    withdrawal_methods: tuple[str, ...]
    rights_url: str
    complaint_url: str
    authority: Party

    @property
    def abroad(self) -> tuple[str, ...]:
        """The countries outside the jurisdiction that details go to."""
        places = {*self.storage_locations, *self.processing_locations}
        return tuple(sorted(places - {self.jurisdiction}))


def load_purpose(
    source: str, notice: NoticeVersion, parties: Mapping[str, Party], *, place: str = ""
) -> PurposeVersion | None:
    """Read `[processing]` of a notice's file; None where it has none, as the notices of an earlier time have.

    Raises BadInput that names the key, and what to write there.
    """
    table = tomllib.loads(source).get("processing")
    if table is None:
        return None
    facts = Facts(table, "processing", _WANTED, may=_MAY, place=place)
    basis = LegalBasis(facts.one_of("legal_basis", [each.value for each in LegalBasis]))
    consent_type = ConsentType.EXPRESSED
    if "consent_type" in table:
        consent_type = ConsentType(facts.one_of("consent_type", [each.value for each in ConsentType]))
    made = PurposeVersion(
        purpose=notice.purpose,
        version=facts.number("version"),
        title=notice.title,
        description=facts.text("description"),
        cadence=notice.cadence,
        cadence_max_days=notice.cadence_max_days,
        purpose_type=_iri(facts, "purpose_type"),
        legal_basis=basis,
        special_category=facts.flag("special_category"),
        consent_type=consent_type,
        pii_types=facts.texts("pii_types", _IRI, "https://w3id.org/dpv/pd#EmailAddress", least=1),
        controllers=_parties(facts, "controllers", parties, {Role.CONTROLLER}, least=1),
        recipients=_parties(facts, "recipients", parties, {Role.PROCESSOR, Role.CONTROLLER}),
        storage_locations=facts.texts("storage_locations", _COUNTRY, "GB", least=1),
        processing_locations=facts.texts("processing_locations", _COUNTRY, "GB", least=1),
        transfer_safeguard=facts.text("transfer_safeguard", may_be_empty=True),
        retention=facts.duration("retention"),
        valid_for=facts.duration("valid_for"),
        jurisdiction=_country(facts, "jurisdiction"),
        withdrawal_methods=facts.texts("withdrawal_methods", _WORD, "unsubscribe_link", least=1),
        rights_url=facts.text("rights_url"),
        complaint_url=facts.text("complaint_url"),
        authority=_party(facts, "authority", facts.text("authority"), parties, {Role.AUTHORITY}),
    )
    _check(facts, made)
    return made


def _check(facts: Facts, made: PurposeVersion) -> None:
    """What the law asks of the facts together."""
    if made.special_category and made.legal_basis is not LegalBasis.EXPLICIT_CONSENT:
        raise facts.bad("legal_basis", "must be A9-2-a where special_category is true (UK GDPR Art 9(2)(a))")
    if made.special_category and made.consent_type is not ConsentType.EXPLICITLY_EXPRESSED:
        raise facts.bad("consent_type", "must be explicitly_expressed where special_category is true")
    if made.abroad and not made.transfer_safeguard:
        where = ", ".join(made.abroad)
        raise facts.bad(
            "transfer_safeguard",
            f"is missing, and details go to {where}. Name it: the adequacy regulations or the IDTA (Art 46)",
        )


def _iri(facts: Facts, key: str) -> str:
    value = facts.text(key)
    if not _IRI.fullmatch(value):
        raise facts.bad(key, "must be the address of a term, such as https://w3id.org/dpv#DirectMarketing")
    return value


def _country(facts: Facts, key: str) -> str:
    value = facts.text(key)
    if not _COUNTRY.fullmatch(value):
        raise facts.bad(key, "must be a country in two capital letters (ISO 3166), such as GB")
    return value


def _parties(
    facts: Facts, key: str, parties: Mapping[str, Party], roles: Collection[Role], *, least: int = 0
) -> tuple[Party, ...]:
    ids = facts.texts(key, like="controller", least=least)
    return tuple(_party(facts, key, each, parties, roles) for each in ids)


def _party(
    facts: Facts, key: str, wanted: str, parties: Mapping[str, Party], roles: Collection[Role]
) -> Party:
    party = parties.get(wanted)
    if party is None or party.role not in roles:
        fit = sorted(each.id for each in parties.values() if each.role in roles)
        raise facts.bad(
            key, f"names {wanted!r}; content/parties.toml has for that: {', '.join(fit) or 'nobody'}"
        )
    return party
