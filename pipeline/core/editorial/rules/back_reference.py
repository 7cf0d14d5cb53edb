"""Words that point to another place of the page: after the split that place is in another letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_SAID = r"mentioned|described|discussed|noted|explained|stated|listed|shown|outlined|said|seen|covered|set out|given"
_WHERE = r"above|below|earlier|previously|before|later|later on|overleaf"
_THING = (
    r"tables?|lists?|sections?|figures?|diagrams?|images?|pictures?|photos?|charts?|boxes|box|chapters?|paragraphs?|"
    r"steps?|tips|symptoms|signs|causes|types|examples?|advice|information|article|links?|video|methods|treatments?|"
    r"factors|questions?|answers?"
)
_WHOLE = r"article|page|guide|leaflet|booklet|factsheet|document|series|section|chapter|text"
# "Not given below the age of 2" and "felt above the knee" tell where or whom, and point to no words.
_NO_MEASURE = r"(?! (?:the|a|an|this|that|your|their|age|\d)\b)"
_POINTS = re.compile(
    rf"\b(?:as (?:we )?(?:have )?(?:already )?(?:{_SAID}) (?:{_WHERE})|(?:{_SAID}) (?:above|below){_NO_MEASURE}|"
    rf"see (?:the )?(?:above|below|overleaf)|the (?:{_THING}) (?:above|below)|(?:the|these|all) above(?:-mentioned)? "
    rf"(?:{_THING})|above[- ]?mentioned|aforementioned|"
    r"(?:the|our|this|a) (?:previous|next|last|preceding|following|earlier|later) (?:section|chapter|part|paragraph|"
    rf"page|heading|post|letter|issue)|(?:earlier|later|elsewhere) (?:in|on) (?:this|the|our) (?:{_WHOLE})|"
    r"scroll (?:down|up)|(?:keep|continue) reading|read on (?:to|below|for more)\b|"
    r"in the (?:section|table|list|figure) (?:on|about|called))",
    re.IGNORECASE,
)
_TRIGGERS = (
    "above",
    "below",
    "earlier",
    "previous",
    "before",
    "later",
    "overleaf",
    "next ",
    "last ",
    "preceding",
    "following",
    "elsewhere",
    "aforementioned",
    "scroll",
    "reading",
    "read on",
    "in the ",
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in matches(view, _POINTS, *_TRIGGERS):
        # "The symptoms below:" leads into its own list, which no split takes away from it.
        if "below" in match.group().lower() and sentence.text.endswith(":"):
            continue
        yield hit(
            sentence,
            match,
            f"'{match.group()}' points to a place that the split may put into another letter. Name what is meant, or"
            " say it again.",
        )


RULE = Rule(
    Card(
        "back-reference",
        Severity.B,
        "Words that point to another place of the page",
        "The series is read a letter a week: 'above' may have been three weeks ago, or may never have been sent.",
        "Name what is meant, so that 'the tests below' becomes 'a mammogram or a biopsy', or say it again.",
    ),
    wrong="As mentioned above, pollen sets it off.",
    right="Pollen sets it off.",
    check=_check,
    reads=("en",),
)
