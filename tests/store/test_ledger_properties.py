"""Whatever is said, in whatever order, the projection in the database is the fold of its ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.store import consent, models
from pipeline.store.subscribers import random_uid
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY

pytestmark = pytest.mark.django_db

SAID = st.tuples(
    st.sampled_from(EventKind),
    st.sampled_from([WEEKLY, DAILY, OPEN_TRACKING, None]),
    st.sampled_from([None, *EvidenceGrade]),
    st.booleans(),  # sent twice, as a machine that got no answer does
    st.sampled_from([None, 4, 5]),  # the version of the notice that it names
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(SAID, min_size=1, max_size=3), max_size=8))
@pytest.mark.holds("C-50")
def test_the_projection_is_the_fold_of_the_ledger(batches):
    if not consent.purpose_ids():  # all examples share one transaction
        factories.notices()
    person = factories.subscriber(f"reader{random_uid().hex}")
    for batch in batches:
        entries = []
        for kind, purpose, grade, twice, version in batch:
            at = NOW + timedelta(seconds=len(entries))
            entry = Entry(
                random_uid(),
                kind,
                purpose,
                at,
                Actor.DATA_SUBJECT,
                Method.ADMIN,
                notice_id="notice-a" if version else "",
                notice_version=version,
                evidence_grade=grade,
                evidence={"of": kind.value},
            )
            entries += [entry] * (2 if twice else 1)
        answered = record_consent(person.id, entries)
        record_consent(person.id, entries)
        kept = consent.ledger(person.id)
        state = fold(kept)
        assert answered == state
        assert len({e.event_id for e in kept}) == len(kept)
        assert all(e.evidence == {"of": e.kind.value} for e in kept[1:])
        rows = {
            row.purpose: (row.status, row.since, row.notice_version, row.valid_until)
            for row in consent.subscriptions(person.id)
        }
        told = {
            p: (c.status, c.since, c.notice_version if c.permits else None, c.valid_until)
            for p, c in state.purposes.items()
            if c.since is not None
        }
        assert rows == told


@pytest.mark.holds("C-54")
def test_entries_are_in_the_order_of_the_database_and_a_late_no_is_taken():
    factories.notices()
    ada = factories.subscriber("ada")
    factories.say(ada, EventKind.CONSENT_WITHDRAWN, now=NOW - timedelta(days=1))  # it waited on a disk
    rows = list(models.ConsentEvent.objects.filter(subscriber_id=ada.id).order_by("seq"))
    assert [row.kind for row in rows] == ["CONSENT_GIVEN", "CONSENT_WITHDRAWN"]
    assert rows[0].recorded_at < rows[1].recorded_at
    assert rows[0].recorded_at.utcoffset() == timedelta()
    assert fold(consent.ledger(ada.id)).permitted == ()
