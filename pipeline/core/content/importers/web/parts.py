"""Parts of a page to sections and questions: levels without gaps, bold lines that head something, and an FAQ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from pipeline.core.content.article import (
    Block,
    Finding,
    Paragraph,
    Question,
    Run,
    Section,
    SectionKind,
    Severity,
)
from pipeline.core.content.importers.outline import suggested_heading
from pipeline.core.content.importers.web.blocks import BOLD_RULE, Part
from pipeline.core.content.kinds import guess_kind
from pipeline.core.content.slug import Slugs

EMPTY_ANSWER_RULE = "question-without-answer"
GUESSED_QUESTIONS_RULE = "questions-guessed"

_QUESTIONS = re.compile(r"(?:your |more )?(?:questions?|q ?(?:&|and) ?as?)(?: answered)?", re.IGNORECASE)
_RUN = 3  # questions in a row that make an FAQ where nothing says so
_DEEPEST = 6
_SECTION_LIKE = frozenset(
    {
        SectionKind.OVERVIEW,
        SectionKind.TYPES,
        SectionKind.CAUSES,
        SectionKind.SYMPTOMS,
        SectionKind.DIAGNOSIS,
        SectionKind.MANAGEMENT,
        SectionKind.PREVENTION,
    }
)
_ASKING = ("?", "？", "؟")


def settled(parts: Sequence[Part], title: str) -> tuple[list[Part], list[Finding]]:
    """The parts as they will be read: which of them are questions, and what a person should look at."""
    findings: list[Finding] = []
    out = _even(_bold_settled(parts))
    _mark_questions(out, findings)
    out = list(_answers_joined(out, findings))
    if all(part.is_question for part in out):
        for part in out:  # an article has a section at least
            part.is_question = False
    findings += [suggested_heading(p.heading, p.line, _start(p)) for p in out if p.suggested]
    findings += [
        Finding(
            BOLD_RULE,
            Severity.C,
            p.line,
            p.heading[:80],
            "A bold line was taken for a heading. Check that it is one.",
        )
        for p in out
        if p.bold and not p.is_question
    ]
    return out, findings


def sections_of(parts: Iterable[Part], slugs: Slugs) -> tuple[Section, ...]:
    return tuple(
        Section(slugs.make(p.heading), p.heading, p.level, _kind(p), tuple(p.blocks), p.suggested, p.line)
        for p in parts
        if not p.is_question
    )


def faq_of(parts: Iterable[Part], slugs: Slugs) -> tuple[Question, ...]:
    return tuple(
        Question(slugs.make(p.heading), p.heading, tuple(p.blocks), p.line) for p in parts if p.is_question
    )


def _kind(part: Part) -> SectionKind:
    kind = guess_kind(part.heading)
    return SectionKind.OTHER if kind is SectionKind.QUESTIONS else kind


def _start(part: Part) -> str:
    first = part.blocks[0] if part.blocks else None
    return (
        "".join(run.text for run in first.text if isinstance(run, Run))
        if isinstance(first, Paragraph)
        else ""
    )


def _bold_settled(parts: Sequence[Part]) -> list[Part]:
    """A bold line with nothing under it is no heading but a strong paragraph."""
    out: list[Part] = []
    for part in parts:
        if part.bold and not part.blocks and not part.is_question:
            line = Paragraph((Run(part.heading, strong=True),), part.line)
            if not out:
                out.append(Part("Introduction", part.line, 2, suggested=True))
            out[-1].blocks.append(line)
        else:
            out.append(part)
    return out


def _even(parts: Sequence[Part]) -> list[Part]:
    """Levels that begin at 2 and go down one at a time, whatever sizes of heading the page used."""
    above: list[int] = []  # the page's own levels of the headings over this one
    out = []
    for part in parts:
        while above and above[-1] >= part.level:
            above.pop()
        above.append(part.level)
        out.append(replace(part, level=min(len(above) + 1, _DEEPEST)))
    return out


def _mark_questions(parts: Sequence[Part], findings: list[Finding]) -> None:
    level = first = 0  # of the FAQ heading that is open, and of the first question under it
    for part in parts:
        if _heads_questions(part):
            level, first = part.level, 0
        elif level and (part.level > level or (part.heading.endswith(_ASKING) and first in (0, level))):
            first = first or part.level
            part.is_question = part.is_question or part.level <= first
        else:
            level = 0
    _mark_runs(parts, findings)


def _heads_questions(part: Part) -> bool:
    if part.heading.endswith(_ASKING):
        return False
    return guess_kind(part.heading) is SectionKind.QUESTIONS or _QUESTIONS.fullmatch(part.heading) is not None


def _mark_runs(parts: Sequence[Part], findings: list[Finding]) -> None:
    """Three questions in a row after a heading that is none, and most of them about no part that articles have."""
    for start, run in _runs(parts):
        about = sum(guess_kind(part.heading) in _SECTION_LIKE for part in run)
        if start and len(run) >= _RUN and about * 3 <= len(run):
            for part in run:
                part.is_question = True
            message = "These headings ask, so they were taken for questions and answers. Check that they are."
            findings.append(
                Finding(GUESSED_QUESTIONS_RULE, Severity.C, run[0].line, run[0].heading[:80], message)
            )


def _runs(parts: Sequence[Part]) -> Iterator[tuple[int, list[Part]]]:
    """Neighbouring parts of one level that ask, with the place of the first."""
    at = 0
    while at < len(parts):
        end = at
        while end < len(parts) and _asks(parts[end]) and parts[end].level == parts[at].level:
            end += 1
        if end > at:
            yield at, list(parts[at:end])
        at = max(end, at + 1)


def _asks(part: Part) -> bool:
    return part.heading.endswith(_ASKING) and not part.is_question and bool(part.blocks)


def _answers_joined(parts: Sequence[Part], findings: list[Finding]) -> Iterator[Part]:
    """A smaller heading in an answer becomes a strong line; a question without an answer is reported."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is not None and last.is_question and not part.is_question and part.level > last.level:
            last.blocks += [_strong(part), *part.blocks]
        else:
            joined.append(part)
    for part, after in zip_longest(joined, joined[1:]):
        heads = after is not None and after.is_question and after.level > part.level
        if part.is_question and not part.blocks:
            message = "No answer stands under this question: it may have been lost. Look at the page."
            findings.append(Finding(EMPTY_ANSWER_RULE, Severity.B, part.line, part.heading[:80], message))
        elif part.blocks or not (heads or _heads_questions(part)):
            yield part  # the heading over questions is not read: the form writes one by itself


def _strong(part: Part) -> Block:
    return Paragraph((Run(part.heading, strong=True),), part.line)
