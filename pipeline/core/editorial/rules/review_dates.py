"""Who reviewed an article, when, and when it is due again: all of it or nothing (E-01, E-02)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_LONGEST_YEARS = 3  # E-02


def _check(view: View) -> Iterator[Hit]:
    """What needs to know today, such as a date that has passed, is for `on_day`."""
    article = view.article
    reviewed, due = article.reviewed_on, article.next_review_on
    if article.reviewer and not reviewed:
        yield Hit(
            0, article.reviewer.name, "A reviewer is named without the day of the review. Add `reviewed`."
        )
    if reviewed and not article.reviewer:
        yield Hit(0, _said(reviewed), "The day of a review stands without a reviewer. Add `reviewer`.")
    if reviewed and not due:
        yield Hit(0, _said(reviewed), "It does not say when the next review is due. Add `next_review`.")
    if due and not reviewed:
        yield Hit(0, _said(due), "The next review is due, and no first one has a day. Add `reviewed`.")
    if reviewed and due and due <= reviewed:
        yield Hit(
            0, _said(due), f"The next review is due before the last one, which was on {_said(reviewed)}."
        )
    if reviewed and due and due > _years_after(reviewed, _LONGEST_YEARS):
        yield Hit(
            0,
            _said(due),
            f"The next review is due more than {_LONGEST_YEARS} years after the last, on {_said(reviewed)}. Bring it"
            " forward.",
        )


def _years_after(day: date, years: int) -> date:
    """The same day, or 28 February for a leap day."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=min(day.year + years, date.max.year), day=28 if leap else day.day)


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


_FRONT = "---\ntitle: Hay fever\nreviewer: {{name: Dr Ada Sample}}\nreviewed: 2026-03-02\nnext_review: {due}\n---\n\n"

RULE = Rule(
    Card(
        "E-02.review-dates",
        Severity.B,
        "Reviewer and dates of review do not fit together",
        "Readers see who reviewed an article, when, and until when that holds: at most three years.",
        "Give all three of `reviewer`, `reviewed` and `next_review`, or leave all empty until it is signed off.",
        but="C where the day of the next review has come, or comes within 90 days",
    ),
    wrong=_FRONT.format(due="2031-03-02") + "## What it is\n\nAn allergy to pollen.",
    right=_FRONT.format(due="2028-03-02") + "## What it is\n\nAn allergy to pollen.",
    check=_check,
)
