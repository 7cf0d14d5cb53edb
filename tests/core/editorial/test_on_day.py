"""What is found in an article on one day and not on another."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.core.content.article import Severity
from pipeline.core.editorial import checked
from pipeline.core.editorial.on_day import found_on
from tests.core.content.samples import markdown

FRONT = """title: Test
reviewer: {name: Dr Ada Sample}
reviewed: 2025-03-01
next_review: 2027-03-01
references:
  - {text: "NHS. Rest. 2023 [accessed 1 March 2025].", url: "https://www.nhs.uk/rest"}
allow:
  - rule: E-04.reference-stale
    reason: the page is an archive
"""


@pytest.mark.holds("E-02", "E-04")
@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 30), []),
        (date(2026, 12, 1), ["The next review is due on 1 March 2027. Ask for it now."]),
        (date(2027, 3, 1), ["The next review was due on 1 March 2027. Have the article reviewed."]),
    ],
)
def test_a_review_that_is_due_is_a_warning_from_ninety_days_before(today: date, expected: list[str]) -> None:
    found = [f for f in found_on(today, markdown("## A\nb[1]\n", front=FRONT).article) if "review" in f.rule]
    assert [f.message for f in found] == expected
    assert all(f.severity is Severity.C for f in found)


@pytest.mark.holds("E-04")
def test_what_the_day_tells_of_references_may_be_allowed_like_any_finding() -> None:
    reading = markdown("## A\nb[1]\n", front=FRONT)
    for today, allowed in ((date(2028, 3, 1), []), (date(2028, 3, 2), ["the page is an archive"])):
        whole = checked(reading, found_on(today, reading.article))
        assert [f.allowed for f in whole.findings if f.rule == "E-04.reference-stale"] == allowed
        assert ("unused-allowance" in [f.rule for f in whole.findings]) is (not allowed)


def test_a_source_that_says_it_has_no_date_lacks_none() -> None:
    front = (
        'title: T\nreferences:\n  - {text: "Sample Trust. Rest. No date.", url: "https://rest.example/"}\n'
    )
    (found,) = [
        f
        for f in found_on(date(2026, 1, 1), markdown("## A\nb[1]\n", front=front).article)
        if "details" in f.rule
    ]
    assert found.message == "Reference 1 does not say its access date. Add what is known."
