"""A number that no source stands behind (E-03)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.content.script import HAN, KANA
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_DIGIT = re.compile(r"\d")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"

# Digits that state no finding: names, classes, dates, service numbers, telephone numbers.
_NO_CLAIM = re.compile(
    rf"""
      (?<!\w)[^\W\d_{HAN}{KANA}]+[-–]?\d+(?:[-–]\d+)?\b   # COVID-19, BRCA1, T4, B12, H1, omega-3
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


def _check(view: View) -> Iterator[Hit]:
    for sentence in view.with_digits:
        if not sentence.cited and _DIGIT.search(_NO_CLAIM.sub(" ", sentence.text)):
            yield Hit(
                sentence.line,
                sentence.text,
                "This sentence has a number and no citation. Cite the source of the number, or take it out.",
            )


RULE = Rule(
    Card(
        "E-03.number-without-citation",
        Severity.C,
        "A sentence with a number and no citation",
        "Readers act on numbers, and one without a source cannot be checked. It is a warning, since a reviewer may call"
        " a number general knowledge.",
        "Put the citation of its source into the same sentence, or take the number out.",
    ),
    wrong="About 1 in 5 people have hay fever.",
    right="About 1 in 5 people have hay fever.[1]",
    check=_check,
)
