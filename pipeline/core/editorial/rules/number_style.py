"""Numbers as the NHS writes them (E-08): numerals, "to" for ranges, one format in an article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_ONE_IN = re.compile(r"\b(?:\d{1,3}|one) (?:in|out of) (?:every )?\d[\d,]*", re.IGNORECASE)
_PERCENT = re.compile(r"\b\d{1,3}(?:\.\d+)?\s?(?:%|per ?cent\b)", re.IGNORECASE)
_WORDED = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine) (?:in|out of) (?:every )?(?:two|three|four|five|six|seven|"
    r"eight|nine|ten|twenty|fifty|a hundred|one hundred|a thousand)\b",
    re.IGNORECASE,
)
_HYPHEN = re.compile(
    r"(?<![\w./-])\d{1,4}(?:\.\d+)?\s?[-–]\s?\d{1,4}(?:\.\d+)?\s?"
    r"(?:%|per cent|mg|mcg|g|ml|mm|cm|kg|hours?|days?|weeks?|months?|years?|minutes?|times|people|glasses|portions|"
    r"units?|tablets?)(?!\w)",
    re.IGNORECASE,
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in matches(view, _WORDED, " in ", " out of "):
        yield hit(sentence, match, f"Write '{match.group()}' in numerals.")
    for sentence, match in matches(view, _HYPHEN, "-", "–"):
        mended = re.sub(r"\s?[-–]\s?", " to ", match.group())
        yield hit(
            sentence,
            match,
            f"Write the range with 'to': '{mended}'. A hyphen is read as a minus, or not at all.",
        )
    percents = list(matches(view, _PERCENT, "%", "percent", "per cent"))
    if not percents:
        return
    mixed = next(matches(view, _ONE_IN, " in ", " out of "), None)
    sentence, match = percents[0]
    if mixed:
        told = f"The article has both '{match.group()}' and '{mixed[1].group()}': use one format, such as 1 in 2."
        yield hit(sentence, match, told)
    else:
        yield hit(
            sentence,
            match,
            f"Most people understand '1 in 2' better than a percentage such as '{match.group()}'.",
        )


RULE = Rule(
    Card(
        "E-08.number-style",
        Severity.C,
        "Numbers are not in the style of the NHS",
        "Formats that change are hard to compare, and many readers find percentages hard. A hyphen between numbers is"
        " read aloud as a minus (E-08).",
        "Write numerals, '1 in 10' and '5 to 10 mg'.",
    ),
    wrong="About 20% of people need 5-10 mg.[1] It helps 1 in 4.[1]",
    right="About 1 in 5 people need 5 to 10 mg.[1] It helps 1 in 4.[1]",
    check=_check,
    reads=("en",),
)
