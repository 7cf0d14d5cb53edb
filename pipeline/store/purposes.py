"""Parties, and purposes as they were at each time. What is kept is never changed (trigger `refuse_change`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from pipeline.core.consent import consent_record
from pipeline.core.consent.consent_record import ConsentRecord, ToldFacts
from pipeline.core.consent.duration import parse
from pipeline.core.consent.party import Party, Role
from pipeline.core.consent.purpose import ConsentType, LegalBasis, PurposeVersion
from pipeline.store import consent, models

_AS_THEY_ARE = (
    "version",
    "title",
    "description",
    "cadence",
    "cadence_max_days",
    "purpose_type",
    "special_category",
    "transfer_safeguard",
    "jurisdiction",
    "rights_url",
    "complaint_url",
)
_LISTS = ("pii_types", "storage_locations", "processing_locations", "withdrawal_methods")


def keep_party(party: Party, now: datetime) -> Party:
    """Keep a party's particulars, as a new version if they are new. Returns it with its version."""
    last = models.Party.objects.filter(party_id=party.id).order_by("-version").first()
    if last is not None and _party(last).particulars == party.particulars:
        return _party(last)
    kept = replace(party, version=last.version + 1 if last else 1)
    facts = {key: value for key, value in asdict(kept).items() if key not in ("id", "role")}
    row, _ = models.Party.objects.get_or_create(
        party_id=kept.id,
        version=facts.pop("version"),
        defaults={"role": kept.role.value, "recorded_at": now, **facts},
    )
    return _party(row)


def party(party_id: str, version: int) -> Party | None:
    """One version of a party's particulars."""
    return next(map(_party, models.Party.objects.filter(party_id=party_id, version=version)), None)


def keep_purpose(purpose: PurposeVersion, now: datetime) -> bool:
    """Keep a version, with its parties. True if it is new; one that is kept already is left as it is."""
    if models.PurposeVersion.objects.filter(purpose_id=purpose.purpose, version=purpose.version).exists():
        return False
    with transaction.atomic():
        models.Purpose.objects.update_or_create(
            id=purpose.purpose,
            defaults={
                "title": purpose.title,
                "cadence": purpose.cadence,
                "cadence_max_days": purpose.cadence_max_days,
                "legal_basis": purpose.legal_basis.value,
            },
        )
        facts = {key: getattr(purpose, key) for key in _AS_THEY_ARE if key != "version"}
        lists = {key: list(getattr(purpose, key)) for key in _LISTS}
        _, created = models.PurposeVersion.objects.get_or_create(
            purpose_id=purpose.purpose,
            version=purpose.version,
            defaults={
                **facts,
                **lists,
                "legal_basis": purpose.legal_basis.value,
                "consent_type": purpose.consent_type.value,
                "controllers": _named(purpose.controllers, now),
                "recipients": _named(purpose.recipients, now),
                "authority": _named([purpose.authority], now)[0],
                "retention": purpose.retention.text,
                "valid_for": purpose.valid_for.text,
                "recorded_at": now,
            },
        )
        return created


def purpose_version(purpose: str, version: int) -> PurposeVersion | None:
    """One version of a purpose, with its parties as they were then."""
    row = models.PurposeVersion.objects.filter(purpose_id=purpose, version=version).first()
    if row is None:
        return None
    facts: dict[str, Any] = {key: getattr(row, key) for key in _AS_THEY_ARE}
    facts |= {key: tuple(getattr(row, key)) for key in _LISTS}
    return PurposeVersion(
        **facts,
        purpose=row.purpose_id,
        legal_basis=LegalBasis(row.legal_basis),
        consent_type=ConsentType(row.consent_type),
        controllers=_parties(row.controllers),
        recipients=_parties(row.recipients),
        authority=_parties([row.authority])[0],
        retention=parse(row.retention),
        valid_for=parse(row.valid_for),
    )


def consent_records(subscriber_id: int) -> list[ConsentRecord]:
    """Every yes of one person as a record (ISO/IEC TS 27560), in the order of the ledger."""
    entries = consent.ledger(subscriber_id)
    subject = models.Subscriber.objects.values_list("uid", flat=True).get(pk=subscriber_id)
    named = {(entry.notice_id, entry.notice_version) for entry in entries if entry.notice_id}
    told = {}
    for notice_id, version in named:
        notice = consent.notice(notice_id, version) if version else None
        if notice is None or notice.purpose_version is None:
            continue
        facts = models.PurposeVersion.objects.get(purpose_id=notice.purpose, version=notice.purpose_version)
        told[notice_id, version] = ToldFacts(
            facts.version, ConsentType(facts.consent_type), facts.jurisdiction
        )
    return consent_record.consent_records(subject, entries, told)


def _named(parties: Sequence[Party], now: datetime) -> list[list[Any]]:
    kept = [keep_party(each, now) for each in parties]
    return [[each.id, each.version] for each in kept]


def _parties(named: Sequence[Sequence[Any]]) -> tuple[Party, ...]:
    return tuple(_party(models.Party.objects.get(party_id=i, version=version)) for i, version in named)


def _party(row: models.Party) -> Party:
    return Party(
        id=row.party_id,
        role=Role(row.role),
        name=row.name,
        address=row.address,
        email=row.email,
        url=row.url,
        phone=row.phone,
        company_number=row.company_number,
        version=row.version,
    )
