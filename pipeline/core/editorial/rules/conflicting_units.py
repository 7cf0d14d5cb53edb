"""One number with two units, a thousandfold apart, for one medicine: "levothyroxine 50 micrograms" and "50 mg"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_UNITS = {
    "mg": "mg",
    "milligram": "mg",
    "milligrams": "mg",
    "g": "g",
    "gram": "g",
    "grams": "g",
    "mcg": "micrograms",
    "µg": "micrograms",
    "μg": "micrograms",
    "microgram": "micrograms",
    "micrograms": "micrograms",
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_DOSE = re.compile(
    rf"\b(?:(?P<before>[a-z]{{6,30}}),? \(?(?:tablets? )?)?(?P<number>\d[\d.,]{{0,8}})\s?(?P<unit>{_UNIT})\b(?:(?: of)?"
    r" (?P<after>[a-z]{6,30}))?",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(
    {
        "tablets",
        "tablet",
        "capsules",
        "capsule",
        "strength",
        "strengths",
        "medicine",
        "medicines",
        "maximum",
        "around",
    }
    | {"contain", "contains", "containing", "between", "taking", "usually", "single"}
)


def _check(view: View) -> Iterator[Hit]:
    first: dict[tuple[str, str], tuple[str, int]] = {}
    found = ((s, match) for s in view.with_digits for match in _DOSE.finditer(s.text))
    for sentence, match in found:
        unit = _UNITS[match.group("unit").lower()]
        for name in (
            {(match.group("before") or "").lower(), (match.group("after") or "").lower()} - {""} - _NO_NAMES
        ):
            known, line = first.setdefault((name, match.group("number")), (unit, sentence.line))
            if known != unit:
                yield hit(
                    sentence,
                    match,
                    f"This says {match.group('number')} {unit} of {name}, and line {line} says"
                    f" {match.group('number')} {known}. A clinician must say which is right.",
                )


RULE = Rule(
    Card(
        "conflicting-units",
        Severity.A,
        "One number with two units for the same medicine",
        "Micrograms and milligrams are a thousandfold apart, and one of the two is wrong.",
        "Look the dose up in the source. A clinician says which is right.",
    ),
    wrong="Start with levothyroxine 50 micrograms.[1] Some people stay on levothyroxine 50 mg.[1]",
    right="Start with levothyroxine 50 micrograms.[1] Some people stay on levothyroxine 75 micrograms.[1]",
    check=_check,
)
