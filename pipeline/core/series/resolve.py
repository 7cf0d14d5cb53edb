"""A plan joined with its article: every issue with all that its email says."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.core.content.article import Article, Block, Cite
from pipeline.core.content.references.facts import best_address
from pipeline.core.content.words import reading_minutes, texts, word_count
from pipeline.core.errors import BadInput
from pipeline.core.series.advice import says_urgent, where_to_get_help
from pipeline.core.series.grouping import question_words, section_words
from pipeline.core.series.issue import IssueContent, NumberedReference, PlannedIssue, SeriesPlan
from pipeline.core.series.validate import validate


def resolve(plan: SeriesPlan, article: Article, demonstration: bool) -> tuple[IssueContent, ...]:
    """Every issue with all that its email says. Raises BadInput for a plan or a citation that points at nothing."""
    validate(plan, article)
    return tuple(_content(plan, article, issue, demonstration) for issue in plan.issues)


def _content(plan: SeriesPlan, article: Article, issue: PlannedIssue, demonstration: bool) -> IssueContent:
    sections = tuple(s for wanted in issue.sections if (s := article.section(wanted)))
    questions = tuple(q for wanted in issue.questions for q in article.faq if q.id == wanted)
    help_ = () if any(says_urgent(section) for section in sections) else where_to_get_help(article)
    blocks = (
        *(block for section in sections for block in section.blocks),
        *(block for question in questions for block in question.answer),
        *help_,
    )
    words = sum(map(section_words, sections)) + question_words(questions) + word_count(help_)
    return IssueContent(
        series_slug=plan.slug,
        series_title=plan.title,
        number=issue.number,
        total=len(plan.issues),
        title=issue.title,
        subject=issue.subject,
        preheader=issue.preheader,
        language=article.language,
        sections=sections,
        questions=questions,
        references=_references(article, blocks),
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
