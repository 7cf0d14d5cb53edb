"""What a person should look at in a list of references, without asking anybody: E-04 and the marks in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipeline.core.content.article import (
    Article,
    Block,
    Cite,
    Finding,
    Grade,
    Inlines,
    Reference,
    Run,
    Severity,
)
from pipeline.core.content.importers.citing import author_year
from pipeline.core.content.references.facts import STALE_AFTER, Facts, duplicates, facts
from pipeline.core.content.words import texts

INCOMPLETE_RULE = "E-04.reference-details"
GRADE_RULE = "E-04.reference-grade"
STALE_RULE = "E-04.reference-stale"
TWICE_RULE = "reference-twice"
UNREAD_RULE = "reference-not-understood"
NUMBER_RULE = "reference-number"

_QUOTE = 160
_NAMED = re.compile(
    r"(?P<name>[^\W\d_a-z][\w'’-]{2,40})(?P<others>\s(?:et\.? al\.?|and (?:colleagues|others)))?"
    r"\s?(?:\((?:19|20)\d\d[a-z]?\))?\s?$"
)


def review(article: Article, today: date) -> tuple[Finding, ...]:
    """Every finding on the references of `article`, in the order of the file."""
    findings = [finding for reference in article.references for finding in _of(reference, today)]
    findings += [
        Finding(
            TWICE_RULE,
            Severity.C,
            again.line,
            again.text[:_QUOTE],
            f"Reference {again.number} is reference {first.number} again. Cite the first, and take this one out.",
        )
        for first, again in duplicates(article.references)
    ]
    findings += wrong_numbers(article)
    return tuple(sorted(findings, key=lambda finding: finding.line))


def wrong_numbers(article: Article) -> Iterator[Finding]:
    """Marks right after a surname that begins another reference than the one they cite: `Smith et al. [3]`."""
    known = author_year.authors(article.references)
    if not known.known:
        return
    wrote: dict[str, set[int]] = {}
    for rows in known.by_year.values():
        for row in rows:
            for name in row.first:
                wrote.setdefault(name, set()).add(row.number)
    numbers = {reference.id: reference.number for reference in article.references}
    for blocks in _parts(article):
        for text, line in texts(blocks):
            yield from _wrong_in(text, line, numbers, wrote)


def _wrong_in(
    text: Inlines, line: int, numbers: dict[str, int], wrote: dict[str, set[int]]
) -> Iterator[Finding]:
    before = ""
    for part in text:
        if isinstance(part, Run):
            before = (before + part.text)[-80:]
            continue
        named = _NAMED.search(before)
        before = ""
        if named is None:
            continue
        theirs = wrote.get(named.group("name").lower(), set())
        cited = {numbers[ref] for ref in part.refs if ref in numbers}
        if theirs and cited and not theirs & cited:
            listed = ", ".join(str(number) for number in sorted(theirs))
            yield Finding(
                NUMBER_RULE,
                Severity.B if named.group("others") else Severity.C,
                line,
                named.group().strip(),
                f"The words name {named.group('name')}, who wrote reference {listed}, and the mark cites "
                f"{', '.join(str(number) for number in sorted(cited))}. Which is right?",
            )


def _of(reference: Reference, today: date) -> Iterator[Finding]:
    known = facts(reference)
    for rule, message in _said(reference, known, today):
        yield Finding(rule, Severity.C, reference.line, reference.text[:_QUOTE], message)


def _said(reference: Reference, known: Facts, today: date) -> Iterator[tuple[str, str]]:
    which = f"Reference {reference.number}"
    if known.missing:
        yield INCOMPLETE_RULE, f"{which} does not say its {_listed(known.missing)}. Add what is known."
    if known.is_stale(today) and known.accessed:
        day = known.accessed
        yield (
            STALE_RULE,
            f"{which} was looked at on {day.day} {day:%B %Y}, more than {STALE_AFTER} years ago. Open it again, see "
            "that it still says so, and give the new day.",
        )
    if known.grade in (Grade.COMMERCIAL, Grade.UNCHECKABLE):
        yield (
            GRADE_RULE,
            f"{which} is graded {known.grade.value}, since {known.why}. Find a guideline, a journal or a charity that "
            "says the same, or give it a `grade` if you know better.",
        )
    if not known.source.understood:
        yield (
            UNREAD_RULE,
            f"{which} is in no form that is known, so that all of it is taken for the title. Write it as: Authors. "
            "Title. Publisher; year.",
        )


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _parts(article: Article) -> Iterator[tuple[Block, ...]]:
    yield from (section.blocks for section in article.sections)
    yield from (question.answer for question in article.faq)


def cited_at(article: Article) -> dict[str, list[tuple[str, int]]]:
    """For each reference id, where it is cited: (heading or question, line), in the order of the file."""
    places: dict[str, list[tuple[str, int]]] = {reference.id: [] for reference in article.references}
    parts = [(s.line, s.heading, s.blocks) for s in article.sections]
    parts += [(q.line, q.question, q.answer) for q in article.faq]
    for _, heading, blocks in sorted(parts, key=lambda part: part[0]):
        for text, line in texts(blocks):
            for mark in text:
                if isinstance(mark, Cite):
                    for ref in mark.refs:
                        places.setdefault(ref, []).append((heading, line))
    return places
