"""One record for each yes, folded from the ledger (standards 2.7)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent.consent_record import ToldFacts, consent_records, record_id
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.purpose import ConsentType

K = EventKind
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
ADA = UUID(int=7)
FACTS = {("notice-a", 4): ToldFacts(1, ConsentType.EXPRESSED, "GB")}


def entry(
    seq: int, kind: EventKind, purpose: str | None = "weekly", method=Method.CONFIRM_POST, **more
) -> Entry:
    return Entry(
        UUID(int=seq << 64 | 0xFEED << 40), kind, purpose, START + timedelta(hours=seq), Actor.DATA_SUBJECT,
        method, seq=seq, **more,
    )  # fmt: skip


@pytest.mark.holds("DPV-27560")
def test_a_record_has_what_was_seen_what_was_said_and_what_became_of_it():
    form = {"placement": "article-top", "form_version": "signup-1", "page_url": "https://press.example/a/"}
    told = {"notice_id": "notice-a", "notice_version": 4, "notice_sha256": "a" * 64}
    ledger = [
        entry(1, K.CONSENT_REQUESTED, evidence=form, method=Method.FORM_BUTTON),
        entry(2, K.CONSENT_GIVEN, evidence_grade=EvidenceGrade.FULL, **told),
        entry(3, K.CONSENT_RENEWED, method=Method.RENEW_POST, **told),
        entry(4, K.CONSENT_WITHDRAWN),
    ]
    given_, renewed = consent_records(ADA, ledger, FACTS)
    assert (given_.placement, given_.form_version) == ("article-top", "signup-1")
    assert given_.page_sha256 == hashlib.sha256(b"https://press.example/a/").hexdigest()
    assert (given_.purpose_version, given_.jurisdiction) == (1, "GB")
    assert (given_.collection_method, renewed.collection_method) == ("double_opt_in", "web_form")
    assert (given_.state, given_.ended_at) == (ConsentStatus.GIVEN, ledger[2].occurred_at)
    assert (renewed.state, renewed.ended_at) == (ConsentStatus.WITHDRAWN, ledger[3].occurred_at)
    assert given_.event_ids == (ledger[0].event_id, ledger[1].event_id)
    assert given_.valid_until == datetime(2028, 3, 3, 11, tzinfo=UTC)
    assert given_.subject == ADA


def test_an_import_after_a_no_is_no_record_and_a_deficient_one_is_one_that_permits_nothing():
    back = [entry(1, K.CONSENT_WITHDRAWN), entry(2, K.LEGACY_IMPORTED, method=Method.IMPORT)]
    assert consent_records(ADA, back, {}) == []
    deficient = entry(3, K.LEGACY_IMPORTED, method=Method.IMPORT, evidence_grade=EvidenceGrade.DEFICIENT)
    [record] = consent_records(ADA, [deficient], {})
    assert (record.state, record.collection_method) == (ConsentStatus.UNKNOWN, "import")
    assert not record.state.permits


@given(
    st.lists(st.tuples(st.sampled_from(EventKind), st.sampled_from(["weekly", "daily", None])), max_size=12)
)
def test_whether_a_purpose_is_permitted_is_what_its_last_record_says(said):
    ledger = [entry(n, kind, purpose) for n, (kind, purpose) in enumerate(said, 1)]
    last = {record.purpose: record for record in consent_records(ADA, ledger, {})}
    permitted = {purpose for purpose, record in last.items() if record.state.permits}
    assert permitted == set(fold(ledger).permitted)
    assert len({record.record_id for record in last.values()}) == len(last)


def test_the_id_is_a_version_7_uuid_of_the_moment_and_always_the_same():
    yes = entry(5, K.CONSENT_GIVEN)
    made = record_id(yes)
    assert (made.version, made.variant) == (7, UUID(int=0, version=4).variant)
    assert made.int >> 80 == int(yes.occurred_at.timestamp() * 1000)
    assert made == record_id(yes)
    assert made != record_id(entry(6, K.CONSENT_GIVEN))
