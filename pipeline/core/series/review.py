"""What a person should look at in a plan. Rules flag and never rewrite."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import Article, Finding, Section, Severity
from pipeline.core.series.advice import says_urgent, where_to_get_help
from pipeline.core.series.grouping import LONG, units_of
from pipeline.core.series.issue import SUBJECT_LENGTH, SeriesPlan


def review(plan: SeriesPlan, article: Article) -> tuple[Finding, ...]:
    """What a person should look at before the series goes out. Call `validate` first.

    Rules: series.left_out, series.order, series.apart, series.urgent_last, series.no_help, series.subject.
    """
    return (
        *_left_out(plan, article),
        *_out_of_order(plan, article),
        *_apart(plan, article),
        *_urgent_last(plan, article),
        *_no_help(article),
        *_subjects(plan, article),
    )


def _finding(rule: str, severity: Severity, line: int, quote: str, message: str) -> Finding:
    return Finding(f"series.{rule}", severity, line, quote, message)


def _left_out(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    used = {("section", wanted) for issue in plan.issues for wanted in issue.sections}
    used |= {("question", wanted) for issue in plan.issues for wanted in issue.questions}
    for section in article.sections:
        if ("section", section.id) not in used:
            message = f'No issue has the section "{section.id}".'
            severity = Severity.B if says_urgent(section) else Severity.C
            yield _finding("left_out", severity, section.line, section.heading, message)
    for question in article.faq:
        if ("question", question.id) not in used:
            message = f'No issue has the question "{question.id}".'
            yield _finding("left_out", Severity.C, question.line, question.question, message)


def _out_of_order(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    """Sections that come later than one that should follow them. Urgent advice may stand early anywhere."""
    units = sorted(units_of(article.sections), key=lambda unit: unit.rank)  # else the order of the page
    early = {section.id for unit in units if unit.urgent for section in unit.sections}
    order = {section.id: at for at, section in enumerate(s for unit in units for s in unit.sections)}
    furthest: Section | None = None
    for section in _sections(plan, article):
        if section.id in early:
            continue
        if furthest and order[section.id] < order[furthest.id]:
            message = f'The series has this after "{furthest.heading}", which readers would expect later.'
            yield _finding("order", Severity.C, section.line, section.heading, message)
        else:
            furthest = section


def _apart(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    """Sub-headings that stand in another issue than their heading, though together they are short enough."""
    place = {wanted: issue.number for issue in plan.issues for wanted in issue.sections}
    for unit in units_of(article.sections):
        head = unit.sections[0]
        for section in unit.sections[1:]:
            numbers = place.get(head.id), place.get(section.id)
            if None not in numbers and numbers[0] != numbers[1] and unit.words <= LONG:
                message = (
                    f'This belongs to "{head.heading}", which is in issue {numbers[0]}, not {numbers[1]}.'
                )
                yield _finding("apart", Severity.C, section.line, section.heading, message)


def _urgent_last(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    urgent = {section.id for section in article.sections if says_urgent(section)}
    if len(plan.issues) < 2 or any(urgent & set(issue.sections) for issue in plan.issues[:-1]):
        return
    for section in _sections(plan, article):
        if section.id in urgent:
            message = "Urgent advice first comes in the last issue. Move this section to the first."
            yield _finding("urgent_last", Severity.B, section.line, section.heading, message)


def _no_help(article: Article) -> Iterator[Finding]:
    if not where_to_get_help(article):
        message = "The article never says where to get help. Add a section or a callout that does."
        yield _finding("no_help", Severity.B, 0, article.title, message)


def _subjects(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    topics = {name.casefold() for name in (article.title, article.topic) if name}
    for issue in plan.issues:
        if len(issue.subject) > SUBJECT_LENGTH:
            message = (
                f"Issue {issue.number}: the subject has {len(issue.subject)} characters; phones cut at 60."
            )
            yield _finding("subject", Severity.C, 0, issue.subject, message)
        if any(topic in text.casefold() for topic in topics for text in (issue.subject, issue.preheader)):
            message = (
                f"Issue {issue.number}: subject or preheader names the topic, for any lock screen to show."
            )
            yield _finding("subject", Severity.C, 0, issue.subject, message)


def _sections(plan: SeriesPlan, article: Article) -> Iterator[Section]:
    """The sections of a series in the order in which it tells them."""
    for issue in plan.issues:
        for wanted in issue.sections:
            if section := article.section(wanted):
                yield section
