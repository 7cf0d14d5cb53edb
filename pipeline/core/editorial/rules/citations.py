"""Numbers without a source, references that nobody cites, and the order in which they first appear."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Article, Block, Cite, Finding, Severity
from pipeline.core.content.words import texts
from pipeline.core.editorial.prose import sentences

NUMBER_RULE = "E-03.number-without-citation"
ORDER_RULE = "E-25.citation-order"
UNCITED_RULE = "uncited-reference"
MISSING_RULE = "missing-reference"

_QUOTE = 160
_DIGIT = re.compile(r"\d")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"

# Digits that state no finding: names, classes, dates, service numbers, telephone numbers.
_NO_CLAIM = re.compile(
    rf"""
      \b[^\W\d_]+[-–]?\d+(?:[-–]\d+)?\b              # COVID-19, BRCA1, T4, B12, H1, omega-3
    | \b(?:type|types|stage|stages|grade|group|phase|step|part|table|figure|number)\s+\d+\b
    | \b\d+\^\d+\b                                   # 10^3 is a unit's scale
    | \b\d{{1,2}}\s+(?:{_MONTHS})(?:\s+\d{{4}})?\b
    | \b(?:{_MONTHS})\s+\d{{4}}\b
    | \b(?:19|20)\d\d\b
    | \b(?:999|112|111|101|116\s?\d{{3}}|18001)\b
    | \+?\b\d{{2,5}}(?:[\s-]\d{{2,4}}){{1,4}}\b       # a telephone number
    | \b24/7\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def numbers_without_citation(article: Article) -> Iterator[Finding]:
    """Each sentence with a number and no citation in it (E-03). A warning: a reviewer may call it general knowledge."""
    for sentence in sentences(article):
        if not sentence.cited and _DIGIT.search(_NO_CLAIM.sub(" ", sentence.text)):
            yield Finding(
                NUMBER_RULE,
                Severity.C,
                sentence.line,
                sentence.text[:_QUOTE],
                "This sentence has a number and no citation. Cite the source of the number, or take it out.",
            )


def order_of_first_use(article: Article) -> Iterator[Finding]:
    """One warning where references do not first appear as 1, 2, 3 (E-25)."""
    numbers = {reference.id: reference.number for reference in article.references}
    order: dict[int, None] = {}
    first_line = 0
    for mark, line in _marks(article):
        for ref in mark.refs:
            number = numbers.get(ref)
            if number is None or number in order:
                continue
            order[number] = None
            if number != len(order) and not first_line:
                first_line = line or 1
    if first_line:
        yield Finding(
            ORDER_RULE,
            Severity.C,
            first_line,
            ", ".join(str(number) for number in order),
            "References are numbered in the order in which they first appear: 1, 2, 3 and on. Here they appear as "
            f"{', '.join(str(number) for number in order)}. Each issue numbers its own afresh.",
        )


def uncited_references(article: Article) -> Iterator[Finding]:
    cited = {ref for mark, _ in _marks(article) for ref in mark.refs}
    for reference in article.references:
        if reference.id not in cited:
            yield Finding(
                UNCITED_RULE,
                Severity.C,
                reference.line,
                reference.text[:_QUOTE],
                f"Reference {reference.number} is never cited, so no issue will list it. Cite it or remove it.",
            )


def missing_references(article: Article) -> Iterator[Finding]:
    known = {reference.id for reference in article.references}
    for mark, line in _marks(article):
        for ref in mark.refs:
            if ref not in known:
                yield Finding(
                    MISSING_RULE, Severity.B, line, ref, f"'{ref}' is cited and is not in the references."
                )


def _marks(article: Article) -> Iterator[tuple[Cite, int]]:
    """Citations in the order of the file, as far as lines tell; else sections and then questions."""
    parts: list[tuple[int, tuple[Block, ...]]] = [(s.line, s.blocks) for s in article.sections]
    parts += [(q.line, q.answer) for q in article.faq]
    for _, blocks in sorted(parts, key=lambda part: part[0]):
        for text, line in texts(blocks):
            yield from ((part, line) for part in text if isinstance(part, Cite))


RULES = (numbers_without_citation, order_of_first_use, uncited_references, missing_references)
