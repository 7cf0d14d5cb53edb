"""A frequency that says the opposite of the word beside it: "is common, in fewer than 1 in 1,000 people".

The words follow the scale of medicine leaflets (SmPC guideline of the European Commission, 2009, section 4.8): common
is up to 1 in 10, uncommon up to 1 in 100, rare up to 1 in 1,000. Only a figure that is off by more than one step is
flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# Between word and figure nothing may stand that turns to something else.
_GAP = r"(?:(?!\b(?:but|while|whereas|although|than|other|others|un\w+|rare\w*|common\w*)\b)[^.;:!?]){0,60}?"
_ONE_IN = r"(?P<bound>\b(?:fewer than|less than|under|below)\s+)?\b(?:1|one) in (?P<of>\d{1,3}(?:,\d{3})+|\d{1,9})\b"
_SAYS = re.compile(
    rf"\b(?:is|are|be|a|an|very|quite|fairly|relatively)\s+(?P<word>common|rare)\b{_GAP}{_ONE_IN}",
    re.IGNORECASE,
)
_SIDE_EFFECTS = re.compile(rf"^(?P<word>common|rare) side effects?\b{_GAP}{_ONE_IN}", re.IGNORECASE)
_TURNED = re.compile(
    rf"{_ONE_IN}(?:(?!\b(?:but|while|whereas|although)\b)[^.;:!?]){{0,60}}?\b(?:a|this|is|are)\s+"
    r"(?P<word>common|rare)\b(?!\s+(?:than|in)\b)",
    re.IGNORECASE,
)
_RARE_TO = 20  # nobody calls 1 in 20 rare
_COMMON_FROM = 1000  # nor 1 in 1,000 common
_COMMON_UNDER = 100  # nor fewer than 1 in 100


def _check(view: View) -> Iterator[Hit]:
    for pattern in (_SAYS, _SIDE_EFFECTS, _TURNED):
        for sentence, match in matches(view, pattern, " in "):
            if _contradicts(match):
                yield hit(
                    sentence,
                    match,
                    f"'{match.group('word').lower()}' and 1 in {match.group('of')} contradict each other. A clinician"
                    " must say which is right.",
                )


def _contradicts(match: re.Match[str]) -> bool:
    count = int(match.group("of").replace(",", ""))
    if match.group("word").lower() == "rare":
        return count <= _RARE_TO and not match.group("bound")
    return count >= (_COMMON_UNDER if match.group("bound") else _COMMON_FROM)


RULE = Rule(
    Card(
        "contradictory-frequency",
        Severity.A,
        "A frequency says the opposite of the word beside it",
        "People decide by such figures whether to take a medicine, and one of the two is wrong.",
        "Look the figure up in the source. A clinician says which is right.",
    ),
    wrong="This side effect is common, in fewer than 1 in 1,000 people.[1]",
    right="This side effect is rare, in fewer than 1 in 1,000 people.[1]",
    check=_check,
    reads=("en",),
)
