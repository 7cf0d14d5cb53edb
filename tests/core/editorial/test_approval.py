"""Where an article stands: every state with everything that can happen to it, and the clock (E-01, E-02)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipeline.core.content.article import Finding, Person, Severity
from pipeline.core.editorial.approval import (
    MOVES,
    WARN_BEFORE,
    ApprovalState,
    Happened,
    ReviewEvent,
    byline_gaps,
    decide,
    keyed,
    open_for_clinician,
    standing,
)
from pipeline.core.editorial.faults import same_words
from tests.core.content.samples import markdown

DRAFT, IN_REVIEW, APPROVED, DUE, EXPIRED = ApprovalState
EDITED, SUBMITTED, SENT_BACK, SIGNED, WITHDRAWN, CAME_DUE, RAN_OUT = Happened
DAY = date(2026, 11, 29)
UNTIL = date(2027, 11, 1)
A, B = "a" * 64, "b" * 64


def edit(digest: str = A, day: date = DAY) -> ReviewEvent:
    return ReviewEvent(EDITED, day, digest)


def said(kind: Happened, digest: str = A, day: date = DAY) -> ReviewEvent:
    return ReviewEvent(kind, day, digest, UNTIL if kind is SIGNED else None)


# How an article comes into each state, as of DAY or of the day given.
INTO = {
    DRAFT: ([edit()], DAY),
    IN_REVIEW: ([edit(), said(SUBMITTED)], DAY),
    APPROVED: ([edit(), said(SIGNED)], DAY),
    DUE: ([edit(), said(SIGNED)], UNTIL - WARN_BEFORE),
    EXPIRED: ([edit(), said(SIGNED)], UNTIL + timedelta(1)),
}
MOVED = {
    (DRAFT, SUBMITTED): IN_REVIEW,
    (DRAFT, SIGNED): APPROVED,
    (IN_REVIEW, SENT_BACK): DRAFT,
    (IN_REVIEW, SIGNED): APPROVED,
    (APPROVED, EDITED): IN_REVIEW,
    (APPROVED, WITHDRAWN): DRAFT,
    (DUE, EDITED): IN_REVIEW,
    (DUE, SIGNED): APPROVED,
    (DUE, WITHDRAWN): DRAFT,
    (EXPIRED, EDITED): IN_REVIEW,
    (EXPIRED, SUBMITTED): IN_REVIEW,
    (EXPIRED, SIGNED): APPROVED,
    (EXPIRED, WITHDRAWN): DRAFT,
}


@pytest.mark.holds("E-01")
@pytest.mark.parametrize("state", ApprovalState)
@pytest.mark.parametrize("event", [EDITED, SUBMITTED, SENT_BACK, SIGNED, WITHDRAWN])
def test_every_state_with_everything_that_can_happen(state: ApprovalState, event: Happened) -> None:
    events, day = INTO[state]
    assert standing(events, day).state is state
    happens = edit(B, day) if event is EDITED else replace(said(event, A, day), next_review_on=None)
    if event is SIGNED:
        happens = replace(happens, next_review_on=day + timedelta(365))
    assert standing([*events, happens], day).state is MOVED.get((state, event), state)


def test_the_table_is_whole() -> None:
    assert set(MOVES) == {(state, event) for state in ApprovalState for event in Happened}


@pytest.mark.holds("E-02")
@pytest.mark.parametrize(
    ("days_before", "state", "goes_out"),
    [(91, APPROVED, True), (90, DUE, True), (1, DUE, True), (0, DUE, True), (-1, EXPIRED, False)],
)
def test_the_clock_warns_ninety_days_before_and_stops_after_the_date(
    days_before: int, state: ApprovalState, goes_out: bool
) -> None:
    stands = standing(INTO[APPROVED][0], UNTIL - timedelta(days_before))
    assert (stands.state, stands.may_go_out, stands.next_review_on) == (state, goes_out, UNTIL)


def test_what_ran_out_and_was_submitted_then_is_in_review() -> None:
    later = UNTIL + timedelta(30)
    assert standing([*INTO[APPROVED][0], said(SUBMITTED, day=later)], later).state is IN_REVIEW


def test_a_signature_on_older_words_says_nothing_of_the_newest() -> None:
    for late in (SIGNED, SENT_BACK, WITHDRAWN):
        assert standing([edit(), said(SUBMITTED), edit(B), said(late, A)], DAY).state is IN_REVIEW


def test_words_that_come_back_have_to_be_signed_again() -> None:
    assert standing([*INTO[APPROVED][0], edit(B), edit(A)], DAY).state is IN_REVIEW


def finding(rule: str, line: int, severity: Severity = Severity.A, quote: str = "quote") -> Finding:
    return Finding(rule, severity, line, quote, "message")


def test_a_decision_has_words_and_names_its_finding() -> None:
    found = keyed(
        open_for_clinician([finding("x", 9), finding("y", 2), finding("x", 9), finding("z", 1, Severity.B)])
    )
    assert list(found) == ["y:2", "x:9"]
    assert [(d.key, d.reason) for d in decide(found, {"x:9": " Checked. ", "y:2": "  "})] == [
        ("x:9", "Checked.")
    ]


@pytest.mark.holds("E-01")
def test_two_findings_of_one_rule_in_one_paragraph_are_two_decisions() -> None:
    found = keyed(
        open_for_clinician(
            [finding("dose", 9, quote="5 mg"), finding("dose", 9, quote="50 mg"), finding("x", 9)]
        )
    )
    assert len(found) == 3
    assert "dose:9" not in found  # a reason for it would decide both
    [of_fifty] = [key for key, f in found.items() if f.quote == "50 mg"]
    assert of_fifty.startswith("dose:9:")
    assert [d.quote for d in decide(found, {of_fifty: "Checked.", "dose:9": "Both are fine."})] == ["50 mg"]
    again = keyed(open_for_clinician([finding("dose", 9, quote="50 mg"), finding("dose", 9, quote="5 mg")]))
    assert again[of_fifty].quote == "50 mg"  # whatever order they come in


@pytest.mark.holds("E-01")
@pytest.mark.parametrize(
    ("authors", "gaps"),
    [
        ((), ["The article names no author."]),
        ((Person("Ada Example", "MD", "GP"),), []),
        ((Person("Ada Example", "", "GP"),), ["Ada Example has no credentials in the article."]),
        ((Person("", "MD", ""),), ["An author has no name and no role in the article."]),
    ],
)
def test_a_byline_has_a_name_credentials_and_a_role(authors: tuple[Person, ...], gaps: list[str]) -> None:
    article = replace(markdown("## A\nWords.\n").article, authors=authors)
    assert list(byline_gaps(article)) == gaps


def test_a_team_may_sign_what_is_only_a_demonstration() -> None:
    article = replace(markdown("## A\nWords.\n").article, authors=(Person("The team", "", "Writers"),))
    assert byline_gaps(article)
    assert not byline_gaps(article, demonstration=True)


def test_the_same_words_reviewed_on_another_day_are_the_same_words() -> None:
    review = "Reviewed by Dr A. Page last reviewed: 1 March\n2026. Next review due: 1 March 2027."
    one = f"A calm title\n\nTake 5 mg.\n\n{review}"
    assert same_words(one, one.replace("2027", "2028").replace("Dr A", "Dr B"))
    assert not same_words(one, one.replace("5 mg", "6 mg"))
