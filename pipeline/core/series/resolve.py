"""A plan joined with its article: every issue with all that its email says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def resolve(plan: SeriesPlan, article: Article, demonstration: bool) -> tuple[IssueContent, ...]:
    """Every issue with all that its email says. Raises BadInput for a plan or a citation that points at nothing."""
    validate(plan, article)
    parts = parts_named(article, plan.names())
    asked = {question.id: question for question in article.faq}
    own = [_own(issue, parts, asked) for issue in plan.issues]
    help_ = where_to_get_help(article)
    return tuple(
        _content(
            plan,
            article,
            at,
            own,
            repeated(help_, own[at].sections, own[at].questions, first=at == 0),
            demonstration,
        )
        for at in range(len(own))
    )


def _own(issue: PlannedIssue, parts: Mapping[str, Part], asked: Mapping[str, Question]) -> _Own:
    sections = tuple(parts[name].as_section() for name in issue.sections)
    return _Own(issue, sections, tuple(asked[wanted] for wanted in issue.questions))


def _content(
    plan: SeriesPlan,
    article: Article,
    at: int,
    everything: list[_Own],
    help_: tuple[Callout, ...],
    demonstration: bool,
) -> IssueContent:
    own = everything[at]
    issue = own.planned
    words = sum(map(section_words, own.sections)) + question_words(own.questions) + word_count(help_)
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
        references=_references(article, (*own.blocks, *help_)),
        help=help_,
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
        help_from=tuple(
            other.planned.number
            for other in everything
            if any(says(callout, other.sections, other.questions) for callout in help_)
        ),
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
