"""What follows from what was heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.consent.suppression import ALL, CONFIRMATION, MARKETING, Reason, Suppression
from pipeline.core.feedback.event import Kind
from pipeline.core.feedback.policy import Act, IssueOutcome, conclude, content_stops, soft_limit

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LIMIT = Suppression(MARKETING, Reason.SOFT_LIMIT)


def row(marks: str, every: timedelta = timedelta(days=1)) -> list[IssueOutcome]:
    """`s` failed softly, `a` arrived, `-` was held back or was our own fault. Numbered from 0."""
    return [IssueOutcome(n, NOW + n * every, mark == "s", mark == "a") for n, mark in enumerate(marks)]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_conclusion(kind):
    assert conclude(kind).act in Act


def test_one_hard_bounce_stops_all_mail_to_an_address():
    assert conclude(Kind.HARD).suppressions == (Suppression(ALL, Reason.HARD_BOUNCE),)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.HARD, Kind.COMPLAINT, Kind.FRAUD, Kind.VIRUS}))
def test_nothing_else_suppresses_anybody_by_itself(kind):
    assert conclude(kind).suppressions == ()


def test_every_complaint_withdraws_everything_and_not_spam_nothing():
    for kind in (Kind.COMPLAINT, Kind.FRAUD, Kind.VIRUS):
        assert conclude(kind).act is Act.WITHDRAW_ALL
        assert {s.scope for s in conclude(kind).suppressions} == {MARKETING, CONFIRMATION}  # no mail back
    assert [kind for kind in Kind if conclude(kind).alarm] == [Kind.FRAUD, Kind.VIRUS]
    assert conclude(Kind.NOT_SPAM).act is Act.NOTHING


@pytest.mark.parametrize(
    ("history", "about", "renewed", "stops"),
    [
        ("ssssss", 5, False, False),
        ("sssssss", 6, False, True),
        ("sssssss", 0, False, True),  # the report about the first came last
        ("sssassss", 7, False, False),
        ("sssasssssss", 10, False, True),
        ("sssasssssss", 2, False, False),  # a row that ended
        ("sssssssa", 6, False, True),  # what arrived since did not undo seven in a row
        ("sss-s-sss", 8, False, True),
        ("sssssssss", 8, True, False),
        ("s" * 15, 14, True, True),
        ("a", 0, False, False),
        ("", 0, False, False),
    ],
)
def test_seven_in_a_row_are_enough_and_fifteen_for_whoever_confirmed_again(history, about, renewed, stops):
    assert soft_limit(row(history), about, renewed=renewed) == (LIMIT if stops else None)


@pytest.mark.parametrize(("weeks", "stops"), [(1, False), (5, False), (6, True)])
def test_a_row_of_thirty_days_is_enough_however_few_they_are(weeks, stops):
    weekly = row("s" * weeks, timedelta(days=7))
    assert soft_limit(weekly, weeks - 1, renewed=False) == (LIMIT if stops else None)


@pytest.mark.parametrize(
    ("refused", "audience", "stops"),
    [(1, 1, False), (3, 3, True), (3, 300, True), (3, 301, False), (50, 5000, True)],
)
def test_one_odd_filter_does_not_stop_an_issue_and_a_hundredth_does(refused, audience, stops):
    assert content_stops(refused, audience) is stops
