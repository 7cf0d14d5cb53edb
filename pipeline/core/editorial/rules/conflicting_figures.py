"""Two figures for one and the same thing in one article: "1 in 10 women have it" and "1 in 8 women have it"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.number_words import NUMBER_WORDS, value_of
from pipeline.core.editorial.prose import Sentence
from pipeline.core.editorial.quotes import quoted
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_NAMES = "|".join(NUMBER_WORDS)
_FIGURE = re.compile(
    rf"\b(?P<part>\d{{1,3}}|{_NAMES}) (?:in|out of)(?: every)? (?P<of>\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}}|{_NAMES})\b"
    r"|(?P<percent>\d{1,3}(?:\.\d{1,4})?)\s?(?:%|per ?cent\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+|\d+")
# Words that do not change what is counted.
_LIGHT = re.compile(
    r"(?:a|an|the|of|in|on|at|to|for|and|or|that|this|these|those|is|are|be|been|will|ha(?:ve|s|d)|about|around|roughly|"
    r"approximately|nearly|almost|over|under|than|more|less|fewer|up|some|people|every|all|can|may|might|gets?|"
    r"develops?|affect(?:s|ed)?|it|its|they|their|found|find|seen?|who|which|by|as|with)"
)
_FEWEST = 2  # other words that two sentences must share
_SAME = 0.02  # a fraction and its rounded percentage


def _check(view: View) -> Iterator[Hit]:
    """The later of the two sentences is flagged: they must say the same but for the figure and for light words."""
    first: dict[frozenset[str], tuple[float, str, int]] = {}
    for sentence in view.sentences_with(" in ", " out of ", "%", "per cent", "percent"):
        figures = list(_FIGURE.finditer(sentence.text))
        if len(figures) != 1:
            continue
        figure = figures[0]
        what = _words_without(sentence, figure)
        if len(what) < _FEWEST:
            continue
        value = _value(figure)
        known = first.setdefault(what, (value, figure.group(), sentence.line))
        if abs(known[0] - value) > max(_SAME, 0.1 * min(known[0], value)):
            yield Hit(
                sentence.line,
                quoted(sentence.text, figure),
                f"This says '{figure.group()}', and line {known[2]} says '{known[1]}' of the same thing. A clinician"
                " must say which is right.",
            )


def _value(figure: re.Match[str]) -> float:
    if percent := figure.group("percent"):
        return float(percent) / 100
    return value_of(figure.group("part")) / max(1, value_of(figure.group("of")))


def _words_without(sentence: Sentence, figure: re.Match[str]) -> frozenset[str]:
    rest = sentence.text[: figure.start()] + " " + sentence.text[figure.end() :]
    return frozenset(word for word in _WORD.findall(rest.lower()) if not _LIGHT.fullmatch(word))


RULE = Rule(
    Card(
        "conflicting-figures",
        Severity.A,
        "Two figures for the same thing",
        "One of them is wrong, and a reader who meets both trusts neither. In a series they may be weeks apart.",
        "Look both up in their sources. A clinician says which is right, or the sentences say how the two differ.",
    ),
    wrong="About 1 in 5 adults have hay fever.[1]\n\nHay fever affects 1 in 12 adults.[2]",
    right="About 1 in 5 adults have hay fever.[1]\n\nHay fever affects 1 in 12 young adults.[2]",
    check=_check,
    reads=("en",),
)
