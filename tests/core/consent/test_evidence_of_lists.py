"""How well a list proves the yes of each person on it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.lists.evidence import (
    PLACEMENTS,
    Claim,
    Graded,
    NoticeShown,
    check_dates,
    check_words,
    grade,
)
from pipeline.core.consent.lists.progress import MAY_BECOME, ImportState
from pipeline.core.consent.lists.rows import ListedSubscriber, RefusedRow
from pipeline.core.errors import BadInput
from tests.factories import DAILY, NOW, WEEKLY

SPRING, AUTUMN = date(2026, 3, 1), date(2026, 11, 1)
OLD_A = NoticeShown("notice-a", 1, WEEKLY, "0" * 64, date(2024, 1, 1), ("no_controller", "no_purpose"))
OLD_B = NoticeShown("notice-b", 1, DAILY, "0" * 64, date(2024, 1, 1), ("no_controller",))
GOOD = NoticeShown("notice-a", 3, WEEKLY, "1" * 64, SPRING)
NOTICES = {notice.name: notice for notice in (OLD_A, OLD_B, GOOD)}


def claim(notice: NoticeShown | None = GOOD, **more: object) -> Claim:
    return Claim(WEEKLY, "On paper", notice, NOTICES, **more)  # type: ignore[arg-type]


def row(said: date | None = None, form: str = "") -> ListedSubscriber:
    moment = datetime(said.year, said.month, said.day, 9, tzinfo=UTC) if said else None
    return ListedSubscriber(2, parse("ada@readers.test"), opted_in_at=moment, form=form)


@pytest.mark.holds("C-43")
@pytest.mark.parametrize(
    ("said", "by", "wanted"),
    [
        (claim(), row(date(2026, 4, 1)), EvidenceGrade.SINGLE_OPT_IN),
        (claim(collected_from=SPRING, collected_until=AUTUMN), row(), EvidenceGrade.IMPORTED),
        (claim(), row(), EvidenceGrade.DEFICIENT),
        (claim(), row(date(2026, 2, 1)), EvidenceGrade.DEFICIENT),
        (claim(collected_from=date(2025, 1, 1), collected_until=AUTUMN), row(), EvidenceGrade.DEFICIENT),
        (claim(None), row(date(2026, 4, 1)), EvidenceGrade.DEFICIENT),
        (claim(OLD_A), row(date(2026, 4, 1)), EvidenceGrade.DEFICIENT),
        (claim(None), row(date(2026, 4, 1), "article-top"), EvidenceGrade.DEFICIENT),
    ],
)
def test_the_notice_decides_first_and_then_the_moment_and_nothing_is_full(
    said: Claim, by: ListedSubscriber, wanted: EvidenceGrade
) -> None:
    found = grade(said, by, NOW)
    assert isinstance(found, Graded)
    assert found.grade is wanted
    assert found.permits is (wanted is not EvidenceGrade.DEFICIENT) is not bool(found.why)


@pytest.mark.holds("C-40")
def test_the_forms_of_the_earlier_website_are_two_notices_of_two_lists_and_one_that_nobody_knows() -> None:
    known = [shown for shown in PLACEMENTS.values() if shown]
    assert (len(known), len(set(known)), len(PLACEMENTS) - len(known)) == (3, 2, 1)
    outcomes = {}
    for form in PLACEMENTS:
        found = grade(claim(None), row(date(2025, 3, 1), form), NOW)
        outcomes[form] = found.notice.name if isinstance(found, Graded) and found.notice else found
    assert outcomes["article-top"] == outcomes["article-bottom"] == "notice-a:1"
    assert isinstance(outcomes["author-box"], RefusedRow)
    assert outcomes["author-box"].kind == "other_list"
    assert isinstance(outcomes["unknown"], RefusedRow)
    assert outcomes["unknown"].kind == "notice_unknown"


@pytest.mark.parametrize(
    ("said", "by"),
    [
        (claim(), row(date(2027, 1, 1))),
        (claim(collected_from=SPRING), row(date(2026, 2, 1))),
        (claim(collected_until=SPRING), row(date(2026, 4, 1))),
        (claim(GOOD), row(date(2026, 4, 1), "article-top")),
        (claim(None), row(date(2026, 4, 1), "some-popup")),
    ],
)
def test_a_row_that_contradicts_what_was_said_of_the_list_is_refused(
    said: Claim, by: ListedSubscriber
) -> None:
    assert isinstance(grade(said, by, NOW), RefusedRow)


def entry(method: Method, seq: int = 1, kind: EventKind = EventKind.LEGACY_IMPORTED) -> Entry:
    from uuid import UUID

    deficient = EvidenceGrade.DEFICIENT
    return Entry(
        UUID(int=seq), kind, WEEKLY, NOW, Actor.CONTROLLER_USER, method, evidence_grade=deficient, seq=seq
    )


@pytest.mark.holds("C-43")
def test_a_deficient_yes_gives_nothing_until_the_controller_decides_and_never_undoes_a_no() -> None:
    decided = grade(claim(OLD_A, decision="We answer for it."), row(), NOW)
    assert isinstance(decided, Graded)
    assert (decided.grade, decided.permits, decided.by_decision) == (EvidenceGrade.DEFICIENT, True, True)
    plain, by_decision = entry(Method.IMPORT), entry(Method.IMPORT_BY_DECISION, 2)
    assert fold([plain]).of(WEEKLY).status is ConsentStatus.UNKNOWN
    after = fold([plain, by_decision]).of(WEEKLY)
    assert (after.status, after.evidence_grade) == (ConsentStatus.GIVEN, EvidenceGrade.DEFICIENT)
    no = entry(Method.ADMIN, 1, EventKind.CONSENT_WITHDRAWN)
    assert fold([no, by_decision]).of(WEEKLY).status is ConsentStatus.WITHDRAWN


def test_evidence_is_words_and_its_days_are_past() -> None:
    for statement, decision in (
        ("  ", ""),
        ("x" * 2_001, ""),
        ("On paper\x00", ""),
        ("On paper", "y" * 2_001),
    ):
        with pytest.raises(BadInput):
            check_words(statement, decision)
    check_words("On paper,\nat the clinic", "")
    for since, until in ((AUTUMN, SPRING), (None, date(2027, 1, 1))):
        with pytest.raises(BadInput):
            check_dates(since, until, NOW.date())


def test_an_import_that_has_ended_stays_ended_and_nothing_writes_before_it_was_checked() -> None:
    assert set(MAY_BECOME) == set(ImportState)
    ended = {state for state, after in MAY_BECOME.items() if not after}
    assert ended == {ImportState.DONE, ImportState.FAILED, ImportState.DROPPED}
    assert [state for state, after in MAY_BECOME.items() if ImportState.IMPORTING in after] == [
        ImportState.CHECKED
    ]
