"""Doses written in ways that are known to be misread.

After the list of error-prone abbreviations of the Institute for Safe Medication Practices, and the advice on writing
prescriptions in the British National Formulary: no trailing zero, a zero before the point, micrograms and units in
full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_MASS = r"(?:mg|mcg|µg|μg|g|kg|ng|micrograms?|milligrams?|grams?|ml|mL|millilitres?|litres?|units?|mmol|IU)"
_FAULTS = (
    (
        re.compile(rf"(?<![\d.,])\d{{1,6}}\.0{{1,4}}\s?(?!kg){_MASS}\b(?!/)"),
        "the zero after the point is read as ten times as much where the point is overlooked. Write '{0}'",
        lambda text: re.sub(r"\.0+", "", text, count=1),
    ),
    (
        re.compile(rf"(?<![\w.,])\.\d{{1,4}}\s?{_MASS}\b"),
        "the point without a zero before it is overlooked, and the dose read as ten times as much. Write '{0}'",
        lambda text: "0" + text,
    ),
    (
        re.compile(r"(?<![\w.])\d[\d.,]{0,8}\s?(?:mcg|µg|μg)\b(?!/d?[lL])"),
        "the short form is misread as mg, a thousand times as much. Write micrograms in full: '{0}'",
        lambda text: re.sub(r"\s?(?:mcg|µg|μg)", " micrograms", text),
    ),
    (
        re.compile(r"(?<![\w.])\d[\d.,]{0,8}\s?(?:U|IU|iu)(?![\w/])"),
        "the letter is misread as a zero or a four. Write units in full: '{0}'",
        lambda text: re.sub(r"\s?(?:U|IU|iu)", " units", text),
    ),
    (
        re.compile(
            rf"(?<![\w.])\d[\d.,]{{0,8}}\s?(?:{_MASS}/{_MASS}?/(?![\w])|{_MASS}/(?![\w])|{_MASS}\s?{_MASS}\b)"
        ),
        "the unit is not whole, or stands twice. Look it up in the source",
        lambda text: text,
    ),
)


def _check(view: View) -> Iterator[Hit]:
    for sentence in view.with_digits:
        for pattern, fault, mended in _FAULTS:
            match = pattern.search(sentence.text)
            if not match:
                continue
            told = fault.format(mended(match.group().strip()))
            yield hit(sentence, match, f"In '{match.group().strip()}' {told}.")


RULE = Rule(
    Card(
        "dose-format",
        Severity.A,
        "A dose is written in a way that is known to be misread",
        "'5.0 mg' has been given as 50 mg, and '.5 mg' as 5 mg. Micrograms and units are written in full for the same"
        " reason.",
        "Write 5 mg, 0.5 mg, 50 micrograms, 10 units. A clinician agrees to every dose.",
    ),
    wrong="The usual dose is .5 mg a day.[1]",
    right="The usual dose is 0.5 mg a day.[1]",
    check=_check,
)
