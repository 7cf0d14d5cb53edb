"""What a new version of a notice asks of those who said yes to the one before (C-10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.core.consent.duration import parse
from pipeline.core.consent.notice_change import ChangeKind, InForce, Told, compare
from pipeline.core.consent.party import Party, Role
from pipeline.core.consent.purpose import ConsentType, LegalBasis, PurposeVersion

PRESS = Party(
    "controller", Role.CONTROLLER, "Example Health Press Ltd", "1 Test Street", company_number="0001"
)
RELAY = Party("relay", Role.PROCESSOR, "Example Relay Ltd", "2 Test Street")
ICO = Party("ico", Role.AUTHORITY, "Information Commissioner's Office", "Wilmslow")
WEEKLY = PurposeVersion(
    purpose="weekly_health_email",
    version=1,
    title="Weekly health email",
    description="Send a part of a series.",
    cadence="once a week",
    cadence_max_days=7,
    purpose_type="https://w3id.org/dpv#DirectMarketing",
    legal_basis=LegalBasis.CONSENT,
    special_category=False,
    consent_type=ConsentType.EXPRESSED,
    pii_types=("https://w3id.org/dpv/pd#EmailAddress",),
    controllers=(PRESS,),
    recipients=(),
    storage_locations=("GB",),
    processing_locations=("GB",),
    transfer_safeguard="",
    retention=parse("P24M"),
    valid_for=parse("P24M"),
    jurisdiction="GB",
    withdrawal_methods=("unsubscribe_link",),
    rights_url="/privacy/",
    complaint_url="/privacy/",
    authority=ICO,
)
TOLD = Told("a" * 64, "Yes, you may write to me.", "Sign up", "/privacy/", "en-GB", WEEKLY)

MATERIAL = {
    "purpose_type": {"purpose_type": "https://w3id.org/dpv#AcademicResearch"},
    "legal_basis": {"legal_basis": LegalBasis.EXPLICIT_CONSENT},
    "special_category": {"special_category": True},
    "consent_type": {"consent_type": ConsentType.EXPLICITLY_EXPRESSED},
    "cadence": {"cadence": "once a day", "cadence_max_days": 1},
    "pii_types": {"pii_types": (*WEEKLY.pii_types, "https://w3id.org/dpv/pd#Name")},
    "controllers": {"controllers": (replace(PRESS, name="Another Press Ltd"),)},
    "recipients": {"recipients": (RELAY,)},
    "storage_locations": {"storage_locations": ("GB", "US")},
    "processing_locations": {"processing_locations": ("GB", "IN")},
    "retention": {"retention": parse("P5Y")},
    "jurisdiction": {"jurisdiction": "IE"},
}
WORDING = {
    "title": {"title": "Our weekly email"},
    "description": {"description": "Send one part of a series."},
    "cadence": {"cadence": "once a fortnight", "cadence_max_days": 14},
    "withdrawal_methods": {"withdrawal_methods": ("unsubscribe_link", "email")},
    "valid_for": {"valid_for": parse("P12M")},
    "retention": {"retention": parse("P12M")},
    "rights_url": {"rights_url": "/rights/"},
    "complaint_url": {"complaint_url": "/complain/"},
}


def changed(**facts: object) -> Told:
    return replace(TOLD, purpose=replace(WEEKLY, version=2, **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(("field", "facts"), MATERIAL.items())
@pytest.mark.holds("C-10")
def test_what_people_said_yes_to_has_changed(field, facts):
    change = compare(TOLD, changed(**facts))
    assert change.kind is ChangeKind.MATERIAL
    assert field in {each.field for each in change.material}
    assert all(each.says.endswith(".") for each in change.differences)


@pytest.mark.parametrize(("field", "facts"), WORDING.items())
@pytest.mark.holds("C-10")
def test_only_how_it_is_said_has_changed(field, facts):
    change = compare(TOLD, changed(**facts))
    assert (change.kind, [each.field for each in change.differences]) == (ChangeKind.WORDING, [field])


def test_every_fact_of_a_purpose_is_compared():
    """A fact that is added to the purpose, and to nothing here, would change in silence."""
    compared = {*MATERIAL, *WORDING, "authority", "transfer_safeguard"}
    taken_together = {"purpose", "version", "cadence_max_days"}
    assert compared | taken_together == set(PurposeVersion.__dataclass_fields__)


def test_fewer_recipients_places_and_details_are_no_reason_to_ask():
    more = changed(recipients=(RELAY,), storage_locations=("GB", "US"), transfer_safeguard="The IDTA.")
    assert compare(more, TOLD).kind is ChangeKind.WORDING


def test_another_telephone_of_a_party_is_no_change_and_another_company_is():
    moved = replace(PRESS, address="9 New Street", phone="020 7946 0000")
    assert compare(TOLD, changed(controllers=(moved,))).kind is ChangeKind.SAME
    assert compare(TOLD, changed(controllers=(replace(PRESS, company_number="0002"),))).material


def test_another_safeguard_is_material_while_details_go_abroad():
    abroad = {"storage_locations": ("US",), "processing_locations": ("US",)}
    before = changed(**abroad, transfer_safeguard="Adequacy regulations.")
    after = changed(**abroad, transfer_safeguard="The IDTA.")
    assert [each.field for each in compare(before, after).material] == ["transfer_safeguard"]


def test_the_words_alone_are_wording_unless_their_author_says_more():
    reworded = replace(TOLD, body_sha256="b" * 64, consent_sentence="Yes, do write to me.")
    assert [each.field for each in compare(TOLD, reworded).differences] == ["body", "consent_sentence"]
    assert compare(TOLD, reworded).kind is ChangeKind.WORDING
    assert compare(TOLD, replace(reworded, asks_again=True)).kind is ChangeKind.MATERIAL


def test_the_first_version_asks_nobody_and_one_without_facts_is_compared_by_its_words():
    assert compare(None, TOLD).kind is ChangeKind.FIRST
    before_facts = replace(TOLD, purpose=None, body_sha256="c" * 64)
    assert [each.field for each in compare(before_facts, TOLD).differences] == ["body"]


@pytest.mark.parametrize(
    ("version", "since", "older"),
    [(4, 1, True), (5, 1, False), (6, 1, False), (None, 1, True), (None, 20, False), (None, 30, False)],
)
def test_a_yes_that_names_no_notice_is_as_old_as_it_says(version, since, older):
    in_force = InForce(5, datetime(2026, 11, 20, tzinfo=UTC))
    assert in_force.is_newer_than(version, datetime(2026, 11, since, tzinfo=UTC)) is older
