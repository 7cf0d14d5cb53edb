"""Whatever is said, in whatever order, the projection in the database is the fold of its ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import fold
from pipeline.store import consent
from pipeline.store.subscribers import random_uid
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY

pytestmark = pytest.mark.django_db

SAID = st.tuples(
    st.sampled_from(EventKind),
    st.sampled_from([WEEKLY, DAILY, None]),
    st.sampled_from([None, *EvidenceGrade]),
    st.booleans(),  # sent twice, as a machine that got no answer does
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(SAID, min_size=1, max_size=3), max_size=8))
@pytest.mark.holds("C-50")
def test_the_projection_is_the_fold_of_the_ledger(batches):
    factories.notices()
    person = factories.subscriber(f"reader{random_uid().hex}")
    for batch in batches:
        entries = []
        for kind, purpose, grade, twice in batch:
            at = NOW + timedelta(seconds=len(entries))
            entry = Entry(
                random_uid(),
                kind,
                purpose,
                at,
                Actor.DATA_SUBJECT,
                Method.ADMIN,
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
        rows = {row.purpose: (row.status, row.since) for row in consent.subscriptions(person.id)}
        told = {p: (c.status, c.since) for p, c in state.purposes.items() if c.since is not None}
        assert rows == told
