"""A range that runs backwards: "10 to 5 mg"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import clause_before, hit
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_UNIT = (
    r"mg|g|kg|mcg|µg|micrograms?|milligrams?|grams?|ml|millilitres?|litres?|mm|cm|units?|tablets?|capsules?|puffs?|"
    r"drops?|hours?|days?|weeks?|months?|years?|minutes?|mmol/l|mmhg|%|per cent"
)
_RANGE = re.compile(
    rf"(?<![\d.,/–-])(?P<low>\d{{1,6}}(?:\.\d{{1,4}})?)\s?(?:(?P<unit>{_UNIT})\s?)?"
    rf"(?:to|–|-|and)\s?(?P<high>\d{{1,6}}(?:\.\d{{1,4}})?)\s?(?P<last>{_UNIT})(?![\w/])",
    re.IGNORECASE,
)
# Words before a fall that is meant: "reduce from 10 to 5 mg", "from 10 mg to 5 mg".
_FALLS = re.compile(
    r"\b(?:from|reduc\w*|lower\w*|cut\w*|decreas\w*|drop\w*|down|falls?|fell|fallen|taper\w*|wean\w*|step\w*|halv\w*|"
    r"chang\w*|switch\w*|went|go|goes|score\w*|ratio)\b"
)


def _check(view: View) -> Iterator[Hit]:
    found = ((s, match) for s in view.with_digits for match in _RANGE.finditer(s.text))
    for sentence, match in found:
        if float(match.group("low")) <= float(match.group("high")):
            continue
        if match.group("unit") and match.group("unit").lower() != match.group("last").lower():
            continue  # "between 4 hours and 3 days"
        before = clause_before(sentence.text, match.start())
        between = before.rstrip().endswith("between")
        joined = re.search(r"\d\s?(?:\w+\s)?and\s?\d", match.group()) is not None
        if joined and not between:  # "10 and 5 mg tablets" are two strengths
            continue
        if not between and _FALLS.search(before):
            continue
        yield hit(
            sentence,
            match,
            f"'{match.group()}' runs from the larger number to the smaller. A clinician must say what is meant.",
        )


RULE = Rule(
    Card(
        "reversed-range",
        Severity.A,
        "A range that runs backwards",
        "A digit may be missing from one of the numbers, and in a dose that is ten times too much or too little.",
        "Look the range up in the source. A clinician says which is right.",
    ),
    wrong="The usual dose is 10 to 5 mg a day.[1]",
    right="The usual dose is 5 to 10 mg a day.[1]",
    check=_check,
    reads=("en",),
)
