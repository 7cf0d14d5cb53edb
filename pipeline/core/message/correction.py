"""The letter that puts right what an issue said (E-10): what was wrong, what is right, and where to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from pipeline.core.content.article import Person
from pipeline.core.message.brand import Brand
from pipeline.core.message.context import frame, issue_url, review
from pipeline.core.message.slot_words import refuse_slots

PREFIX = "Correction:"


@dataclass(frozen=True, slots=True)
class CorrectedIssue:
    """One issue as it reads now."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class CorrectionLetter:
    """`wrong` and `right` are the editor's words, paragraphs parted by an empty line. `subject` is that of the first of
    `issues`, which names no more than it did before (C-29).
    """

    series_slug: str
    series_title: str
    subject: str
    issues: Sequence[CorrectedIssue]
    wrong: str
    right: str
    reviewer: Person | None
    reviewed_on: date | None
    next_review_on: date | None
    language: str
    disclaimer: str
    demonstration: bool


def correction_context(letter: CorrectionLetter, brand: Brand, list_title: str) -> dict[str, Any]:
    """Everything that `templates/emails/correction/` uses. Words that look like a slot are BadInput."""
    refuse_slots((letter.wrong, letter.right), "correction")
    ground = frame(brand, letter.language)
    reviewed = (letter.reviewer, letter.reviewed_on, letter.next_review_on)
    return {
        **ground,
        "list_title": list_title,
        "series_title": letter.series_title,
        "title": ground["words"]("correction_title"),
        "subject": f"{PREFIX} {letter.subject}",
        "preheader": ground["words"]("correction_lead"),
        "wrong": paragraphs(letter.wrong),
        "right": paragraphs(letter.right),
        "issues": [
            {
                "number": issue.number,
                "title": issue.title,
                "url": issue_url(brand.base_url, letter.series_slug, issue.number),
            }
            for issue in letter.issues
        ],
        "review": Markup(" ").join(review(*reviewed, ground["say"])),
        "review_text": " ".join(review(*reviewed, ground["words"])),
        "disclaimer": letter.disclaimer,
        "demonstration": letter.demonstration,
    }


def paragraphs(text: str) -> list[str]:
    """Text parted at empty lines, each part on one line."""
    return [" ".join(part.split()) for part in text.replace("\r", "").split("\n\n") if part.strip()]
