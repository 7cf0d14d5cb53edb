"""Where an article stands on its way to a reader: the states, what moves it, and every pair of the two (E-01, E-02).

An article's state is folded from what happened to it and from the day. Nothing else is kept of it, so that a reviewer's
signature, a changed character and the passing of a date cannot disagree with what a page says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from pipeline.core.content.article import Article, Finding, Severity

WARN_BEFORE = timedelta(days=90)  # E-02
LONGEST_INTERVAL_DAYS = 3 * 365 + 1  # E-02: PIF, "at least every three years"


class ApprovalState(StrEnum):
    """Of an article's newest words."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DUE = "due_for_review"  # approved, and within 90 days of its date
    EXPIRED = "expired"  # past its date

    @property
    def words(self) -> str:
        """`due for review`."""
        return self.value.replace("_", " ")


class Happened(StrEnum):
    """What can happen to an article. The last two are the calendar's and stand in no table."""

    EDITED = "edited"  # its newest words are others than before
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"
    CAME_DUE = "came_due"
    RAN_OUT = "ran_out"


# `.` is an explicit ignore: the article stays where it is. Where it says `draft` and where `in_review`: a changed
# character sends what was approved back to its reviewer (E-01), and a reviewer who sends it back or withdraws gives it
# to the editor. A reviewer may sign what nobody submitted: to submit is to ask, and not a condition. An article that is
# still approved need not be asked for, and one that is past its date may be. A withdrawal of older words says nothing
# about newer ones that wait.
_TABLE = """
                edited     submitted  sent_back  signed    withdrawn  came_due        ran_out
draft           .          in_review  .          approved  .          .               .
in_review       .          .          draft      approved  .          .               .
approved        in_review  .          .          .         draft      due_for_review  expired
due_for_review  in_review  .          .          approved  draft      .               expired
expired         in_review  in_review  .          approved  draft      .               .
"""


def _read(text: str) -> Mapping[tuple[ApprovalState, Happened], ApprovalState]:
    """A row short, a stray name or a column out of its place stops the import."""
    head, *rows = (line.split() for line in text.strip().splitlines())
    if head != [event.value for event in Happened] or [row[0] for row in rows] != list(ApprovalState):
        raise ValueError("the table's rows are not the states, or its columns not the events, in their order")
    table = {}
    for name, *marks in rows:
        for event, mark in zip(Happened, marks, strict=True):
            state = ApprovalState(name)
            table[state, event] = state if mark == "." else ApprovalState(mark)
    return MappingProxyType(table)


MOVES = _read(_TABLE)

IN_FORCE = frozenset({ApprovalState.APPROVED, ApprovalState.DUE})


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One thing that happened, on a day. `digest` is that of the words it is about; a signature has its date."""

    kind: Happened
    day: date
    digest: str
    next_review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an article stands. `next_review_on` is that of the approval it had last, None where it has none."""

    state: ApprovalState
    next_review_on: date | None = None

    @property
    def may_go_out(self) -> bool:
        return self.state in IN_FORCE


def standing(events: Iterable[ReviewEvent], today: date) -> Standing:
    """Fold what happened, in its order, up to a day. An approval holds on its date itself, and not after it."""
    state, until = ApprovalState.DRAFT, None
    newest = ""
    for event in events:
        state = _aged(state, until, event.day)
        if event.kind is Happened.EDITED:
            newest = event.digest
        elif event.digest != newest:
            continue  # about words that were not the newest any more
        state = MOVES[state, event.kind]
        if event.kind is Happened.SIGNED:
            until = event.next_review_on
        elif event.kind in (Happened.WITHDRAWN, Happened.EDITED):
            until = None
    return Standing(_aged(state, until, today), until)


def _aged(state: ApprovalState, until: date | None, day: date) -> ApprovalState:
    if until is None:
        return state
    if day >= until - WARN_BEFORE:
        state = MOVES[state, Happened.CAME_DUE]
    return MOVES[state, Happened.RAN_OUT] if day > until else state


# --- what a signature takes


@dataclass(frozen=True, slots=True)
class Decision:
    """What a clinician decided, in words, about a finding that only a clinician can decide (severity A). `key` is what
    the form or the command called the finding.
    """

    rule: str
    line: int
    quote: str
    message: str
    reason: str
    key: str


def keyed(findings: Iterable[Finding]) -> Mapping[str, Finding]:
    """The findings by what a form and a command call each: `numbers.unsourced:41`. Where that names several, each has
    a few digits of what it says besides, so that one reason never decides two: `numbers.unsourced:41:9f2c01ab`.
    """
    every = tuple(findings)
    several = Counter(plain_key(f.rule, f.line) for f in every)
    named: dict[str, Finding] = {}
    for finding in every:
        key = plain_key(finding.rule, finding.line)
        named[key if several[key] == 1 else f"{key}:{_said(finding)}"] = finding
    return MappingProxyType(named)


def plain_key(rule: str, line: int) -> str:
    """`numbers.unsourced:41`."""
    return f"{rule}:{line}"


def _said(finding: Finding) -> str:
    return sha256(f"{finding.quote}\0{finding.message}".encode()).hexdigest()[:8]


def open_for_clinician(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of severity A, each once, in the order of the file."""
    seen = {(f.line, f.rule, f.quote, f.message): f for f in findings if f.severity is Severity.A}
    return tuple(seen[place] for place in sorted(seen))


def decide(findings: Mapping[str, Finding], reasons: Mapping[str, str]) -> tuple[Decision, ...]:
    """The decisions for these findings, by their keys; one without a reason is left out."""
    return tuple(
        Decision(f.rule, f.line, f.quote, f.message, reason, key)
        for key, f in findings.items()
        if (reason := reasons.get(key, "").strip())
    )


def byline_gaps(article: Article, *, demonstration: bool = False) -> tuple[str, ...]:
    """What E-01 wants of an author and the article does not say, in sentences. An article that is signed for a
    demonstration says so in every issue, and may name a team without credentials.
    """
    if not article.authors:
        return ("The article names no author.",)
    gaps = []
    for author in article.authors:
        wanted = {"name": author.name, "role": author.role}
        if not demonstration:
            wanted["credentials"] = author.credentials
        missing = [word for word in ("name", "credentials", "role") if not wanted.get(word, "-").strip()]
        if missing:
            whose = author.name.strip() or "An author"
            gaps.append(f"{whose} has no {' and no '.join(missing)} in the article.")
    return tuple(gaps)
