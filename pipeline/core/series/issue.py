"""The plan of a series, and one issue of it with everything that its email will say.

`SeriesPlan` is what `content/series/<slug>.toml` holds; `IssueContent` is a planned issue joined with its article:
the blocks unchanged (E-14), the references renumbered in order of first use (E-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.core.content.article import Callout, Person, Question, Section

SUBJECT_LENGTH = 60  # characters; phones cut longer subjects


@dataclass(frozen=True, slots=True)
class PlannedIssue:
    """Which parts of the article make issue `number` (from 1). `sections` and `questions` hold ids, in order."""

    number: int
    title: str
    subject: str
    preheader: str
    sections: tuple[str, ...]
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    slug: str
    title: str
    article: str
    purpose: str
    issues: tuple[PlannedIssue, ...]


@dataclass(frozen=True, slots=True)
class NumberedReference:
    """A reference as one issue shows it: `number` restarts at 1 in each issue, `id` never changes."""

    number: int
    id: str
    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class IssueContent:
    """Everything that the email of one issue says, before any markup."""

    series_slug: str
    series_title: str
    number: int
    total: int
    title: str
    subject: str
    preheader: str
    language: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    references: tuple[NumberedReference, ...]
    help: tuple[Callout, ...]  # where to get help; repeated when no section of the issue says it
    previously: str | None  # one line on the issue before, None in the first
    next_week: str | None  # one line on the issue after, None in the last
    authors: tuple[Person, ...]
    reviewer: Person | None
    reviewed_on: date | None
    next_review_on: date | None
    disclaimer: str
    reading_minutes: int
    demonstration: bool  # signed off for a demonstration only: the issue says so
