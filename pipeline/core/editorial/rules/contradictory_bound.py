"""A size that says the opposite of the words beside it: "(less than 5 mm) are larger"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_BOUND = re.compile(
    r"\(\s*(?P<upper>less than|smaller than|under|below|up to|at most|no more than|fewer than|<|≤)?"
    r"(?P<lower>more than|greater than|larger than|over|above|at least|>|≥)?\s*\d[^()]{0,30}\)",
    re.IGNORECASE,
)
_PLAIN_BOUND = re.compile(
    r"\b(?P<subject>macro\w+|micro\w+) (?:are|is|measures?) (?:usually |often |generally )?"
    r"(?:(?P<upper>less than|smaller than|under|below)|(?P<lower>more than|greater than|over|above)) \d",
    re.IGNORECASE,
)
_LARGE = r"larger|bigger|coarser|greater|longer|higher|taller|heavier|wider|thicker"
_SMALL = r"smaller|tinier|finer|lesser|shorter|lower|lighter|narrower|thinner"
_CLAUSE_END = re.compile(
    r"[;:]|\b(?:while|whilst|whereas|but|although|though|compared|unlike)\b", re.IGNORECASE
)
_REACH = 80  # characters after a bound that may still speak of its subject

# A comparison with something named says nothing about the bound: "(under 5 mm) are larger than grains of salt".
_SAYS = {
    "large": re.compile(
        rf"\b(?:is|are|was|were|being)\s+(?:\w+\s+){{0,2}}?(?:{_LARGE})\b(?!\s+than\b)", re.IGNORECASE
    ),
    "small": re.compile(
        rf"\b(?:is|are|was|were|being)\s+(?:\w+\s+){{0,2}}?(?:{_SMALL})\b(?!\s+than\b)", re.IGNORECASE
    ),
}
_NAMES = {
    "large": re.compile(r"\b(?:macro\w+|(?:large|big)\s+\w+)\s*$", re.IGNORECASE),
    "small": re.compile(r"\b(?:micro\w+|(?:small|tiny)\s+\w+)\s*$", re.IGNORECASE),
}


def _check(view: View) -> Iterator[Hit]:
    for sentence in view.sentences_with("(", "macro", "micro"):
        if any(_contradicts(sentence.text, bound) for bound in _BOUND.finditer(sentence.text)) or any(
            _name_contradicts(bound) for bound in _PLAIN_BOUND.finditer(sentence.text)
        ):
            yield Hit(
                sentence.line,
                sentence.text,
                "The size in this sentence contradicts the words beside it. A clinician must say which is right.",
            )


def _contradicts(text: str, bound: re.Match[str]) -> bool:
    if bound.group("upper"):
        opposite = "large"
    elif bound.group("lower"):
        opposite = "small"
    else:
        return False
    after = _CLAUSE_END.split(text[bound.end() : bound.end() + _REACH], maxsplit=1)[0]
    before = text[max(0, bound.start() - _REACH) : bound.start()]
    return (
        _SAYS[opposite].match(after.lstrip(" ,")) is not None or _NAMES[opposite].search(before) is not None
    )


def _name_contradicts(bound: re.Match[str]) -> bool:
    macro = bound.group("subject").lower().startswith("macro")
    return bool(bound.group("upper") if macro else bound.group("lower"))


RULE = Rule(
    Card(
        "contradictory-bound",
        Severity.A,
        "A size says the opposite of the words beside it",
        "One of the two is wrong, and a reader may measure a result of their own by it.",
        "Look the size up in the source. A clinician says which is right.",
    ),
    wrong="Large polyps (less than 5 mm) need checking.[1]",
    right="Large polyps (more than 5 mm) need checking.[1]",
    check=_check,
    reads=("en",),
)
