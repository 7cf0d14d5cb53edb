"""An article as data: what every reader makes, and all that the rest of the river sees.

Text is a flat tuple of inlines, `Run` for words and `Cite` for a reference mark, so that a citation is a value with a
place and never a digit inside a word. All values are frozen; `line` counts from 1 in the source the value was read
from and is 0 where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style. `href` makes them a link (https: or mailto: only)."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation mark standing after the words before it, e.g. `[2,5]`. `refs` are ids of `Reference`."""

    refs: tuple[str, ...]


Inline = Run | Cite
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Inlines
    line: int = 0


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entry of a list; `blocks` holds what stands under it: further lists and paragraphs."""

    text: Inlines
    blocks: tuple[Block, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[ListItem, ...]
    ordered: bool = False
    line: int = 0


class Urgency(StrEnum):
    """How soon the reader of a callout should act."""

    URGENT = "urgent"  # now: 999, A&E, 111
    SOON = "soon"  # a GP appointment
    NOTE = "note"  # worth knowing


@dataclass(frozen=True, slots=True)
class Callout:
    """A box that must survive the split, such as "when to get help"."""

    urgency: Urgency
    title: str
    blocks: tuple[Block, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in `content/images/`. `src` is its name there; an empty `alt` says that it only decorates.

    Sizes in px and the digest of its bytes come from the file; a reader, which opens none, leaves them empty.
    """

    src: str
    alt: str
    caption: str = ""
    line: int = 0
    width: int = 0
    height: int = 0
    sha256: str = ""


Block = Paragraph | Listing | Callout | Table | Figure


class SectionKind(StrEnum):
    """What a section is about; the planner orders and groups by it."""

    INTRODUCTION = "introduction"
    OVERVIEW = "overview"  # what it is
    TYPES = "types"
    CAUSES = "causes"
    SYMPTOMS = "symptoms"
    DIAGNOSIS = "diagnosis"
    MANAGEMENT = "management"
    PREVENTION = "prevention"
    HELP = "help"  # when to get help
    QUESTIONS = "questions"
    SUMMARY = "summary"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level.

    Sections are a flat sequence in the order of the page; a level-3 section belongs to the level-2 one before it.
    `suggested` marks a heading that the source had lost and that a reader put back: an editor must confirm it.
    """

    id: str
    heading: str
    level: int
    kind: SectionKind
    blocks: tuple[Block, ...]
    suggested: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    question: str
    answer: tuple[Block, ...]
    line: int = 0


class Grade(StrEnum):
    """How far a source can be leant on, best first (E-04)."""

    GUIDELINE = "guideline"  # guidelines, the NHS and other health services, systematic reviews
    PEER_REVIEWED = "peer-reviewed"
    CHARITY = "charity"
    COMMERCIAL = "commercial"
    UNCHECKABLE = "uncheckable"


@dataclass(frozen=True, slots=True)
class Reference:
    """One source. `id` is stable across the series and in the archive; `number` is its place in the article's list.

    `doi`, `pmid`, `accessed` and `grade` are what the file says in fields of their own; what its text says is found by
    `references.facts`, and these go before it.
    """

    id: str
    number: int
    text: str
    url: str | None = None
    line: int = 0
    doi: str | None = None
    pmid: str | None = None
    accessed: date | None = None
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An author or a clinical reviewer."""

    name: str
    credentials: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """The author's word, with a reason, that a rule need not apply at a place. Part of what a reviewer signs.

    `at` is a path as in places.py, and empty for the article as a whole. It silences no finding of severity A.
    """

    rule: str
    reason: str
    at: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    slug: str
    sections: tuple[Section, ...]
    authors: tuple[Person, ...] = ()
    reviewer: Person | None = None
    reviewed_on: date | None = None
    next_review_on: date | None = None
    language: str = "en-GB"
    topic: str = ""
    disclaimer: str = ""
    faq: tuple[Question, ...] = ()
    references: tuple[Reference, ...] = ()
    notes_for_reviewer: tuple[str, ...] = ()
    allowances: tuple[Allowance, ...] = ()

    def section(self, section_id: str) -> Section | None:
        return next((s for s in self.sections if s.id == section_id), None)

    def reference(self, ref_id: str) -> Reference | None:
        return next((r for r in self.references if r.id == ref_id), None)


class Severity(StrEnum):
    """A blocks until a clinician decides, B blocks until it is mended, C warns."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at. Rules flag and never rewrite.

    `allowed` is the reason for which the article silences it, and empty where it does not.
    """

    rule: str
    severity: Severity
    line: int
    quote: str
    message: str
    allowed: str = ""

    @property
    def blocks(self) -> bool:
        """Whether it keeps the work from going out. No reason of an author's sets aside what a clinician decides."""
        return self.severity is Severity.A or (self.severity is Severity.B and not self.allowed)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stretch of the source that is not the article: furniture, promotion, a form."""

    line: int
    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader answers: the article, what it noticed, and what it left out. `own`: it is in our form, which shows
    nothing of what a source was like that it was written from.
    """

    article: Article
    findings: tuple[Finding, ...] = ()
    left_out: tuple[LeftOut, ...] = field(default=())
    own: bool = False
