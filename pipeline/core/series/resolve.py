"""A plan joined with its article: every issue with all that its email says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.content.article import (
    Article,
    Block,
    Callout,
    Cite,
    Question,
    Section,
)
from pipeline.core.content.references.facts import best_address
from pipeline.core.content.words import reading_minutes, texts, word_count
from pipeline.core.errors import BadInput
from pipeline.core.series.advice import own_blocks, repeated, says, where_to_get_help
from pipeline.core.series.grouping import question_words, section_words
from pipeline.core.series.issue import IssueContent, NumberedReference, PlannedIssue, SeriesPlan
from pipeline.core.series.parts import Part, parts_named
from pipeline.core.series.validate import validate


@dataclass(frozen=True, slots=True)
class _Own:
    """What an issue says in its own place."""

    planned: PlannedIssue
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        return own_blocks(self.sections, self.questions)


@dataclass(frozen=True, slots=True)
class _Help:
    """Where to get help, counted once for all issues. `places` are the numbers of the issues that say it in place."""

    callout: Callout
    words: int
    places: frozenset[int]


def resolve(plan: SeriesPlan, article: Article, demonstration: bool) -> tuple[IssueContent, ...]:
    """Every issue with all that its email says. Raises BadInput for a plan or a citation that points at nothing."""
    validate(plan, article)
    parts = parts_named(article, plan.names())
    asked = {question.id: question for question in article.faq}
    own = [_own(issue, parts, asked) for issue in plan.issues]
    help_ = [_Help(c, word_count([c]), _places(c, own)) for c in where_to_get_help(article)]
    return tuple(_content(plan, article, at, each, help_, demonstration) for at, each in enumerate(own))


def _places(callout: Callout, own: Sequence[_Own]) -> frozenset[int]:
    return frozenset(o.planned.number for o in own if says(callout, o.sections, o.questions))


def _own(issue: PlannedIssue, parts: Mapping[str, Part], asked: Mapping[str, Question]) -> _Own:
    sections = tuple(parts[name].as_section() for name in issue.sections)
    return _Own(issue, sections, tuple(asked[wanted] for wanted in issue.questions))


def _content(
    plan: SeriesPlan,
    article: Article,
    at: int,
    own: _Own,
    help_: Sequence[_Help],
    demonstration: bool,
) -> IssueContent:
    issue = own.planned
    again = repeated(tuple(h.callout for h in help_), own.sections, own.questions, first=at == 0)
    told = [h for h in help_ if h.callout in again]
    words = sum(map(section_words, own.sections)) + question_words(own.questions) + sum(h.words for h in told)
    return IssueContent(
        series_slug=plan.slug,
        series_title=plan.title,
        number=issue.number,
        total=len(plan.issues),
        title=issue.title,
        subject=issue.subject,
        preheader=issue.preheader,
        language=article.language,
        sections=own.sections,
        questions=own.questions,
        references=_references(article, (*own.blocks, *again)),
        help=again,
        previously=_line_on(plan, issue.number - 1),
        next_week=_line_on(plan, issue.number + 1),
        authors=article.authors,
        reviewer=article.reviewer,
        reviewed_on=article.reviewed_on,
        next_review_on=article.next_review_on,
        disclaimer=article.disclaimer,
        reading_minutes=reading_minutes(words),
        demonstration=demonstration,
        rhythm=plan.rhythm,
        words=words,
        help_from=tuple(sorted(frozenset().union(*(h.places for h in told)))),
    )


def _references(article: Article, blocks: Iterable[Block]) -> tuple[NumberedReference, ...]:
    """What the blocks cite, numbered from 1 in the order of first use, each once (E-22)."""
    found: dict[str, NumberedReference] = {}
    for text, line in texts(blocks):
        for wanted in (ref for part in text if isinstance(part, Cite) for ref in part.refs):
            reference = article.reference(wanted)
            if reference is None:
                message = f'The text cites "{wanted}", which is not among the references.'
                raise BadInput(message, place=f"content/articles/{article.slug}.md", line=line or None)
            if wanted not in found:
                found[wanted] = NumberedReference(
                    len(found) + 1, wanted, reference.text, best_address(reference)
                )
    return tuple(found.values())


def _line_on(plan: SeriesPlan, number: int) -> str | None:
    """The title of issue `number` as a sentence; None where the series has no such issue."""
    title = next((issue.title for issue in plan.issues if issue.number == number), None)
    return title if title is None or title.endswith((".", "?", "!")) else f"{title}."
