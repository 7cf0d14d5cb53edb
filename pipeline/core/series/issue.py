"""The plan of a series, and one issue of it with everything that its email will say.

`SeriesPlan` is what `content/series/<slug>.toml` holds; `IssueContent` is a planned issue joined with its article:
the blocks unchanged (E-14), the references renumbered in order of first use (E-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.core.content.article import Callout, Person, Question, Section

SUBJECT_LENGTH = 60  # characters; phones cut longer subjects
DAILY_LIST = "daily_health_newsletter"


class Rhythm(StrEnum):
    """How a series comes: an idea a week, or one question or tip a day."""

    WEEKLY = "weekly"
    DAILY = "daily"


class Subjects(StrEnum):
    """What a subject line gives away on a lock screen (C-29)."""

    DISCREET = "discreet"  # the house default: the list, the place in the series, a neutral word
    OPEN = "open"  # the topic


def usual_rhythm(purpose: str) -> Rhythm:
    """The rhythm of a series for a list, where its file names none."""
    return Rhythm.DAILY if purpose == DAILY_LIST else Rhythm.WEEKLY


@dataclass(frozen=True, slots=True)
class PlannedIssue:
    """Which parts of the article make issue `number` (from 1), in order: `sections` holds the names of sections or of
    parts of one (see `parts`), `questions` the ids of questions."""

    number: int
    title: str
    subject: str
    preheader: str
    sections: tuple[str, ...]
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOutOfPlan:
    """A part of the article that an editor leaves out on purpose, and why; the reviewer sees both."""

    name: str
    why: str
    question: bool = False


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a part said when the plan was made: its heading and a digest of each block (`parts.block_digest`)."""

    name: str
    heading: str
    blocks: tuple[str, ...]
    question: bool = False


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """`made_from` is empty for a plan that a person wrote from nothing."""

    slug: str
    title: str
    article: str
    purpose: str
    issues: tuple[PlannedIssue, ...]
    rhythm: Rhythm = Rhythm.WEEKLY
    subjects: Subjects = Subjects.DISCREET
    left_out: tuple[LeftOutOfPlan, ...] = ()
    made_from: tuple[MadeFrom, ...] = ()

    def names(self) -> tuple[str, ...]:
        """The names of all sections and parts of sections that the plan speaks of."""
        told = (name for issue in self.issues for name in issue.sections)
        return (*told, *(left.name for left in self.left_out if not left.question))


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
    rhythm: Rhythm = Rhythm.WEEKLY  # whether its neighbours came yesterday or a week ago
    words: int = 0  # all that is read: headings, text, questions, and what is repeated
    help_from: tuple[int, ...] = ()  # the other issues in which the words of `help` stand in their own place
