"""What a person should look at in a plan. Rules flag and never rewrite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from pipeline.core.content.article import Article, Finding, Section, SectionKind, Severity
from pipeline.core.content.words import word_count
from pipeline.core.editorial.allowances import heed
from pipeline.core.series.advice import help_in_text, urges, where_to_get_help
from pipeline.core.series.binding import cautious, clings, held
from pipeline.core.series.grouping import PACES, in_order, room_for, units_of
from pipeline.core.series.issue import SUBJECT_LENGTH, Rhythm, SeriesPlan, Subjects
from pipeline.core.series.length import in_time
from pipeline.core.series.page_order import keeps_page_order
from pipeline.core.series.parts import Part, parts_named, split_name
from pipeline.core.series.resolve import resolve
from pipeline.core.series.wording import cries

# These say that the series does not tell what the article tells: no campaign begins while one of severity B stands.
WHOLE = ("series.left_out", "series.cut")


def review(plan: SeriesPlan, article: Article) -> tuple[Finding, ...]:
    """What a person should look at before the series goes out, with what the article allows marked as allowed. Call
    `validate` first.

    Rules: series.left_out, series.left_out_on_purpose, series.cut, series.order, series.apart, series.urgent_last,
    series.no_help, series.long, series.subject.
    """
    parts = parts_named(article, plan.names())
    found = (
        *_left_out(plan, article, parts),
        *_cut(plan, article, parts),
        *_out_of_order(plan, article, parts),
        *_apart(plan, article),
        *_urgent_last(plan, article),
        *_no_help(article),
        *_long(plan, article),
        *_subjects(plan, article),
    )
    return tuple(map(_heeded, found, heed(article, found)))


def incomplete(findings: tuple[Finding, ...]) -> Finding | None:
    """The first finding for which the series may not go out, since it would not tell what was approved (E-14)."""
    return next((finding for finding in findings if _bars(finding)), None)


def _bars(finding: Finding) -> bool:
    return finding.rule in WHOLE and finding.severity is Severity.B


def _heeded(found: Finding, heeded: Finding) -> Finding:
    """An author's reason silences a remark, but never what the series would leave untold (E-14)."""
    if not (heeded.allowed and _bars(found)):
        return heeded
    message = f"{found.message} The article's reason ({heeded.allowed}) does not lift this: no campaign begins (E-14)."
    return replace(found, message=message)


def _finding(rule: str, severity: Severity, line: int, quote: str, message: str) -> Finding:
    return Finding(f"series.{rule}", severity, line, quote, message)


def _left_out(plan: SeriesPlan, article: Article, parts: Mapping[str, Part]) -> Iterator[Finding]:
    used = {("section", name) for issue in plan.issues for name in issue.sections}
    used |= {("question", wanted) for issue in plan.issues for wanted in issue.questions}
    why = {("question" if left.question else "section", left.name): left.why for left in plan.left_out}
    for name, part in parts.items():
        if ("section", name) not in used:
            section = part.as_section()
            grave = section.kind is SectionKind.HELP or cautious(part.blocks, article.language)
            yield _left("section", name, section.line, section.heading, why.get(("section", name)), grave)
    for entry in article.faq:
        if ("question", entry.id) not in used:
            grave = cautious(entry.answer, article.language)
            reason = why.get(("question", entry.id))
            yield _left("question", entry.id, entry.line, entry.question, reason, grave)


def _left(noun: str, name: str, line: int, quote: str, why: str | None, grave: bool) -> Finding:
    if why is not None:
        severity = Severity.A if grave else Severity.C
        note = ", though it advises, limits or denies something" if grave else ""
        message = f'The {noun} "{name}" is left out on purpose{note}. The reason given: {why}'
        return _finding("left_out_on_purpose", severity, line, quote, message)
    note = " It advises, limits or denies something: put it into one, or say under left_out why not."
    message = f'No issue has the {noun} "{name}".{note if grave else ""}'
    return _finding("left_out", Severity.B if grave else Severity.C, line, quote, message)


def _cut(plan: SeriesPlan, article: Article, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Cuts that tear words from those which they need."""
    place = _places(plan)
    for before, part in pairwise(parts.values()):
        if part.start and place.get(before.name) != place.get(part.name):
            why = held(before.blocks[-1], part.blocks[0], article.language)
            if why:
                message = f'An issue may not begin at "{part.name}": {why}.'
                yield _finding("cut", Severity.B, part.blocks[0].line, part.section.heading, message)
    last = {part.section.id: part.name for part in parts.values()}
    for above, below in pairwise(article.sections):
        ends = last[above.id]
        numbers = place.get(ends), place.get(below.id)
        if None not in numbers and numbers[0] != numbers[1] and clings(above, below, article.language):
            message = f'This belongs to the end of "{above.heading}", in issue {numbers[0]}: the words need each other.'
            yield _finding("cut", Severity.B, below.line, below.heading, message)


def _places(plan: SeriesPlan) -> dict[str, int]:
    return {name: issue.number for issue in plan.issues for name in issue.sections}


def _out_of_order(plan: SeriesPlan, article: Article, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Sections that come later than one that should follow them. Urgent advice may stand early anywhere."""
    units = in_order(article)
    early = {section.id for unit in units if unit.urgent for section in unit.sections}
    order = {section.id: at for at, section in enumerate(s for unit in units for s in unit.sections)}
    furthest: Section | None = None
    for section in (parts[name].section for issue in plan.issues for name in issue.sections):
        if section.id in early:
            continue
        if furthest and order[section.id] < order[furthest.id]:
            message = f'The series has this after "{furthest.heading}", which readers would expect later.'
            yield _finding("order", Severity.C, section.line, section.heading, message)
        else:
            furthest = section


def _apart(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    """Sub-headings that stand in another issue than their heading, though together they are short enough."""
    place = {split_name(name)[0]: number for name, number in reversed(_places(plan).items())}
    room = room_for(article, plan.rhythm)
    for unit in units_of(article):
        head = unit.sections[0]
        for section in unit.sections[1:]:
            numbers = place.get(head.id), place.get(section.id)
            if None not in numbers and numbers[0] != numbers[1] and unit.words <= room:
                message = (
                    f'This belongs to "{head.heading}", which is in issue {numbers[0]}, not {numbers[1]}.'
                )
                yield _finding("apart", Severity.C, section.line, section.heading, message)


def _urgent_last(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    """The first issue repeats such advice in any case. What belongs to an idea that begins earlier stays there, and a
    how-to has its advice where the step is."""
    if len(plan.issues) < 2 or keeps_page_order(article):
        return
    urgent = {section.id for section in article.sections if urges(section, article.language)}
    if any(split_name(name)[0] in urgent for issue in plan.issues[:-1] for name in issue.sections):
        return
    late = set(plan.issues[-1].sections)
    wholly = [unit for unit in units_of(article) if late.issuperset(part.name for part in unit.parts)]
    for section in (section for unit in wholly for section in unit.sections):
        if section.id in urgent:
            message = "Urgent advice first comes in the last issue. Move this section to the first."
            yield _finding("urgent_last", Severity.B, section.line, section.heading, message)


def _no_help(article: Article) -> Iterator[Finding]:
    if where_to_get_help(article):
        return
    line = help_in_text(article)
    if line is not None:
        message = (
            "The text alone says where to get help, so that no other issue can repeat it. Put it into a box or a"
            " section of its own."
        )
        yield _finding("no_help", Severity.C, line, article.title, message)
    else:
        message = "The article never says where to get help. Add a section or a callout that does."
        yield _finding("no_help", Severity.B, 0, article.title, message)


def _long(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    """Issues that ask more than four minutes, or a day's letter more than one and a half without the advice that it
    repeats, which its readers know from the day before."""
    most = PACES[plan.rhythm].most
    for content in resolve(plan, article, demonstration=False):
        again = word_count(content.help) if plan.rhythm is Rhythm.DAILY else 0
        words = content.words - again
        if words > most:
            takes, limit = in_time(words, plan.rhythm), in_time(most, plan.rhythm)
            message = f"Issue {content.number} takes {takes} to read, more than {limit}."
            yield _finding("long", Severity.C, 0, content.title, message)


def _subjects(plan: SeriesPlan, article: Article) -> Iterator[Finding]:
    topics = {name.casefold() for name in (article.title, article.topic) if name}
    for issue in plan.issues:
        if len(issue.subject) > SUBJECT_LENGTH:
            message = (
                f"Issue {issue.number}: the subject has {len(issue.subject)} characters; phones cut at 60."
            )
            yield _finding("subject", Severity.C, 0, issue.subject, message)
        if why := cries(issue.subject):
            yield _finding(
                "subject", Severity.C, 0, issue.subject, f"Issue {issue.number}: the subject {why}."
            )
        named = any(topic in text.casefold() for topic in topics for text in (issue.subject, issue.preheader))
        if named and plan.subjects is Subjects.DISCREET:
            message = (
                f"Issue {issue.number}: subject or preheader names the topic, for any lock screen to show."
            )
            yield _finding("subject", Severity.C, 0, issue.subject, message)
