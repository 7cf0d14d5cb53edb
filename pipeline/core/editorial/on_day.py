"""What is found in an article on one day and not on another: sources that nobody looked at for long, a review that is
due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.core.content.article import Article, Finding, Severity
from pipeline.core.editorial.approval import WARN_BEFORE
from pipeline.core.editorial.reference_review import review

REVIEW_RULE = "E-02.review-dates"


def found_on(today: date, article: Article) -> tuple[Finding, ...]:
    """Every finding that needs to know which day it is, and those on the references beside them."""
    return (*_due(today, article), *review(article, today))


def _due(today: date, article: Article) -> Iterator[Finding]:
    """A warning alone: what lets an article go out is its sign-off, which has a date of its own."""
    due = article.next_review_on
    if due is None or today < due - WARN_BEFORE:
        return
    said = f"{due.day} {due:%B %Y}"
    message = (
        f"The next review was due on {said}. Have the article reviewed."
        if due <= today
        else f"The next review is due on {said}. Ask for it now."
    )
    yield Finding(REVIEW_RULE, Severity.C, 0, said, message)
