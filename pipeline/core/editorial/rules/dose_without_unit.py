"""A dose that does not say of what: "take 500 twice a day"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_DOSE = re.compile(
    r"\b(?:take|taking|takes|took|inject|injecting|dose of|doses of|dose is|dosage of)\s+(?:about |up to |only |just )?"
    r"(?:\d{1,4}(?:\.\d{1,3})? (?:to|or) )?\d{1,4}(?:\.\d{1,3})?\s+"
    r"(?:once|twice|three times|four times|every|daily|nightly|weekly|a day|per day|each day|at night|at bedtime|"
    r"in the morning|with (?:food|water|meals))\b",
    re.IGNORECASE,
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in matches(view, _DOSE, "take", "taking", "took", "inject", "dose", "dosage"):
        yield hit(
            sentence, match, f"'{match.group()}' does not say of what. Give the unit: mg, ml, tablets, puffs."
        )


RULE = Rule(
    Card(
        "dose-without-unit",
        Severity.A,
        "A dose without its unit",
        "The reader may take tablets where milligrams were meant, or the other way about.",
        "Look the dose up in the source, and give its unit. A clinician agrees to it.",
    ),
    wrong="Take 2 twice a day.[1]",
    right="Take 2 tablets twice a day.[1]",
    check=_check,
    reads=("en",),
)
