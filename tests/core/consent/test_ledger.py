from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import EFFECTS, NO_ENTRIES, PurposeConsent, apply, fold
from pipeline.core.consent.open_tracking import OPEN_TRACKING

WEEKLY, DAILY = "weekly_health_email", "daily_health_newsletter"
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
K = EventKind

LEADS_TO = {
    ConsentStatus.UNKNOWN: [],
    ConsentStatus.REQUESTED: [K.CONSENT_REQUESTED],
    ConsentStatus.GIVEN: [K.CONSENT_GIVEN],
    ConsentStatus.RENEWED: [K.CONSENT_GIVEN, K.CONSENT_RENEWED],
    ConsentStatus.REFUSED: [K.CONSENT_REFUSED],
    ConsentStatus.WITHDRAWN: [K.CONSENT_WITHDRAWN],
    ConsentStatus.EXPIRED: [K.CONSENT_GIVEN, K.CONSENT_EXPIRED],
    ConsentStatus.TERMINATED: [K.CONSENT_GIVEN, K.CONSENT_TERMINATED],
    ConsentStatus.INVALIDATED: [K.CONSENT_GIVEN, K.CONSENT_INVALIDATED],
}
TAKES_AWAY = [
    K.CONSENT_REFUSED,
    K.CONSENT_WITHDRAWN,
    K.OBJECTION_RECORDED,
    K.COMPLAINT_FBL,
    K.ERASURE_RECEIVED,
    K.ERASURE_COMPLETED,
]
PERSON_WIDE = [K.OBJECTION_RECORDED, K.COMPLAINT_FBL, K.ERASURE_RECEIVED, K.ERASURE_COMPLETED]


def entry(seq: int, kind: EventKind, purpose: str | None = WEEKLY, **more) -> Entry:
    return Entry(
        event_id=UUID(int=seq),
        kind=kind,
        purpose=purpose,
        occurred_at=START + timedelta(hours=seq),
        actor=Actor.DATA_SUBJECT,
        method=Method.CONFIRM_POST,
        seq=seq,
        **more,
    )


def entries(*kinds: EventKind, purpose: str | None = WEEKLY) -> list[Entry]:
    return [entry(n, kind, purpose) for n, kind in enumerate(kinds, start=1)]


any_entries = st.lists(
    st.tuples(st.sampled_from(EventKind), st.sampled_from([WEEKLY, DAILY, OPEN_TRACKING, None])), max_size=12
).map(lambda pairs: [entry(n, kind, purpose) for n, (kind, purpose) in enumerate(pairs, start=1)])


def test_without_entries_nothing_is_permitted():
    assert fold([]).of(WEEKLY).status is ConsentStatus.UNKNOWN
    assert fold([]).permitted == ()


def test_every_kind_has_its_line_in_the_table():
    assert set(EFFECTS) == set(EventKind)


@pytest.mark.parametrize(("status", "kind"), list(product(ConsentStatus, EventKind)))
def test_every_status_takes_every_kind(status, kind):
    before = fold(entries(*LEADS_TO[status]))
    assert before.of(WEEKLY).status is status
    after = apply(before, entry(99, kind)).of(WEEKLY).status
    grants = {K.CONSENT_GIVEN}
    if status.permits or status is ConsentStatus.EXPIRED:
        grants.add(K.CONSENT_RENEWED)
    if status is ConsentStatus.UNKNOWN:
        grants.add(K.LEGACY_IMPORTED)
    if not status.permits:
        assert after.permits == (kind in grants)
    if kind in TAKES_AWAY:
        assert not after.permits


def test_asking_and_confirming_is_a_yes_that_keeps_its_evidence():
    state = fold(
        [
            entry(1, K.CONSENT_REQUESTED),
            entry(2, K.CONFIRM_SENT),
            entry(
                3,
                K.CONSENT_GIVEN,
                notice_id="notice-a",
                notice_version=2,
                evidence_grade=EvidenceGrade.FULL,
            ),
        ]
    )
    weekly = state.of(WEEKLY)
    assert state.permitted == (WEEKLY,)
    assert (weekly.notice_id, weekly.notice_version, weekly.seq) == ("notice-a", 2, 3)
    assert weekly.since == START + timedelta(hours=3)
    assert weekly.evidence_grade is EvidenceGrade.FULL


def test_a_stranger_who_types_the_address_into_the_form_takes_nothing_away():
    assert fold(entries(K.CONSENT_GIVEN, K.CONSENT_REQUESTED, K.CONFIRM_EXPIRED)).permitted == (WEEKLY,)


def test_a_person_may_come_back_after_a_goodbye():
    state = fold(entries(K.CONSENT_GIVEN, K.CONSENT_WITHDRAWN, K.CONSENT_REQUESTED, K.CONSENT_GIVEN))
    assert state.permitted == (WEEKLY,)
    assert state.of(WEEKLY).since == START + timedelta(hours=4)


def test_a_second_yes_does_not_move_the_date_of_the_first():
    assert fold(entries(K.CONSENT_GIVEN, K.CONSENT_GIVEN)).of(WEEKLY).since == START + timedelta(hours=1)


def test_a_goodbye_is_news_unless_a_no_of_the_person_stands_already():
    noes = {status for status in ConsentStatus if PurposeConsent(status).is_a_no}
    assert noes == {ConsentStatus.WITHDRAWN, ConsentStatus.REFUSED}


def test_a_repeated_goodbye_keeps_the_date_of_the_first():
    state = fold(entries(K.CONSENT_GIVEN, K.CONSENT_WITHDRAWN, K.CONSENT_WITHDRAWN))
    assert (state.of(WEEKLY).since, state.of(WEEKLY).seq) == (START + timedelta(hours=2), 2)


@pytest.mark.parametrize("left", [WEEKLY, DAILY])
def test_leaving_one_list_leaves_the_other(left):
    given_both = [entry(1, K.CONSENT_GIVEN, WEEKLY), entry(2, K.CONSENT_GIVEN, DAILY)]
    state = fold([*given_both, entry(3, K.CONSENT_WITHDRAWN, left)])
    assert state.permitted == ((DAILY,) if left == WEEKLY else (WEEKLY,))


def test_leaving_everything_ends_both_lists():
    given_both = [entry(1, K.CONSENT_GIVEN, WEEKLY), entry(2, K.CONSENT_GIVEN, DAILY)]
    assert fold([*given_both, entry(3, K.CONSENT_WITHDRAWN, None)]).permitted == ()


@pytest.mark.parametrize("kind", PERSON_WIDE)
@pytest.mark.holds("C-06")
def test_what_concerns_the_person_ends_every_list_whatever_list_it_names(kind):
    given_both = [entry(1, K.CONSENT_GIVEN, WEEKLY), entry(2, K.CONSENT_GIVEN, DAILY)]
    state = fold([*given_both, entry(3, kind, WEEKLY)])
    assert state.permitted == ()
    assert state.of("a_list_to_come").status is ConsentStatus.WITHDRAWN


@pytest.mark.holds("C-02")
def test_a_yes_that_names_no_purpose_is_a_yes_to_nothing():
    assert fold([entry(1, K.CONSENT_REQUESTED), entry(2, K.CONSENT_GIVEN, None)]).permitted == ()


def test_an_import_gives_a_yes_only_where_nothing_was_said():
    assert fold(entries(K.LEGACY_IMPORTED)).permitted == (WEEKLY,)
    assert fold(entries(K.CONSENT_WITHDRAWN, K.LEGACY_IMPORTED)).permitted == ()
    assert fold([entry(1, K.OBJECTION_RECORDED, None), entry(2, K.LEGACY_IMPORTED)]).permitted == ()


@pytest.mark.holds("C-43")
def test_an_import_under_a_deficient_notice_permits_nothing():
    state = fold([entry(1, K.LEGACY_IMPORTED, evidence_grade=EvidenceGrade.DEFICIENT)])
    assert state.permitted == ()


def test_an_old_renewal_link_does_not_undo_a_goodbye():
    assert fold(entries(K.CONSENT_GIVEN, K.CONSENT_WITHDRAWN, K.CONSENT_RENEWED)).permitted == ()


@pytest.mark.parametrize("kind", [K.CONSENT_GIVEN, K.LEGACY_IMPORTED, K.CONSENT_RENEWED, K.CONSENT_REQUESTED])
@pytest.mark.holds("C-31")
def test_the_yes_to_measuring_is_said_by_its_own_kind_of_entry_alone(kind):
    assert fold([entry(1, kind, OPEN_TRACKING)]).of(OPEN_TRACKING).status is ConsentStatus.UNKNOWN
    assert fold([entry(1, K.TRACKING_CONSENT_GIVEN, OPEN_TRACKING)]).permitted == (OPEN_TRACKING,)


@pytest.mark.holds("C-31", "C-02")
def test_a_yes_or_a_no_to_measuring_moves_no_list_and_a_list_does_not_move_measuring():
    both = [entry(1, K.CONSENT_GIVEN), entry(2, K.TRACKING_CONSENT_GIVEN, OPEN_TRACKING)]
    assert fold(both).permitted == (OPEN_TRACKING, WEEKLY)
    assert fold([*both, entry(3, K.TRACKING_CONSENT_WITHDRAWN, OPEN_TRACKING)]).permitted == (WEEKLY,)
    assert fold([*both, entry(3, K.CONSENT_WITHDRAWN)]).permitted == (OPEN_TRACKING,)
    for purpose in (WEEKLY, None):  # neither is about a list, whatever it names
        assert fold([entry(1, K.TRACKING_CONSENT_GIVEN, purpose)]).permitted == ()
        assert fold([*both, entry(3, K.TRACKING_CONSENT_WITHDRAWN, purpose)]) == fold(both)


@pytest.mark.parametrize(
    ("kind", "purpose"), [(K.CONSENT_WITHDRAWN, None), *((k, WEEKLY) for k in PERSON_WIDE)]
)
@pytest.mark.holds("C-32")
def test_what_ends_everything_ends_measuring_too(kind, purpose):
    both = [entry(1, K.CONSENT_GIVEN), entry(2, K.TRACKING_CONSENT_GIVEN, OPEN_TRACKING)]
    assert fold([*both, entry(3, kind, purpose)]).permitted == ()


@given(any_entries, st.randoms())
def test_only_seq_orders_entries(some, shuffler):
    shuffled = list(some)
    shuffler.shuffle(shuffled)
    assert fold(shuffled) == fold(some)


@given(any_entries)
def test_folding_at_once_and_entry_by_entry_agree(some):
    state = NO_ENTRIES
    for one in some:
        state = apply(state, one)
    assert state == fold(some)


@given(any_entries, st.sampled_from(PERSON_WIDE))
def test_after_a_person_wide_no_nothing_is_permitted_whatever_came_before(some, kind):
    state = fold([*some, entry(99, kind)])
    assert state.permitted == ()
    assert not state.of("a_list_to_come").permits


@given(any_entries)
def test_permission_needs_a_yes_for_that_very_purpose(some):
    yes = {K.CONSENT_GIVEN, K.LEGACY_IMPORTED, K.TRACKING_CONSENT_GIVEN}
    for purpose in fold(some).permitted:
        assert any(one.kind in yes and one.purpose == purpose for one in some)


@given(any_entries)
def test_without_a_fresh_yes_a_goodbye_stands(some):
    later = [one for one in some if one.kind is not K.CONSENT_GIVEN]
    goodbye = entry(0, K.CONSENT_WITHDRAWN)
    assert WEEKLY not in fold([goodbye, *later]).permitted
