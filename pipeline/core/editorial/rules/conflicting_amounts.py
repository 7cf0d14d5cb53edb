"""Two doses, frequencies, thresholds or ages for the same thing in one article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.content.article import Severity
from pipeline.core.content.asking import asks
from pipeline.core.editorial.matter import words
from pipeline.core.editorial.medicines import named_in
from pipeline.core.editorial.number_words import NUMBER_WORDS, value_of
from pipeline.core.editorial.prose import Part, Sentence
from pipeline.core.editorial.quotes import quoted
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_UNITS = {
    **dict.fromkeys(("g", "gram", "grams"), ("mg", 1000.0)),
    **dict.fromkeys(("mg", "milligram", "milligrams"), ("mg", 1.0)),
    **dict.fromkeys(("mcg", "microgram", "micrograms"), ("mcg", 1.0)),
    **dict.fromkeys(("ml", "millilitre", "millilitres"), ("ml", 1.0)),
    **dict.fromkeys(("tablet", "tablets"), ("tablet", 1.0)),
    **dict.fromkeys(("capsule", "capsules"), ("capsule", 1.0)),
    **dict.fromkeys(("unit", "units"), ("unit", 1.0)),
    **dict.fromkeys(("puff", "puffs"), ("puff", 1.0)),
    **dict.fromkeys(("drop", "drops"), ("drop", 1.0)),
    **dict.fromkeys(("time", "times"), ("time", 1.0)),
    **dict.fromkeys(("minute", "minutes"), ("minute", 1.0)),
    **dict.fromkeys(("hour", "hours"), ("hour", 1.0)),
    **dict.fromkeys(("day", "days"), ("day", 1.0)),
    **dict.fromkeys(("week", "weeks"), ("week", 1.0)),
    **dict.fromkeys(("month", "months"), ("month", 1.0)),
    **dict.fromkeys(("year", "years"), ("year", 1.0)),
    **dict.fromkeys(("c", "°c"), ("degree", 1.0)),
    **dict.fromkeys(("mmol/mol", "mmol/l", "mmhg", "kg", "cm", "mm", "%"), ("", 1.0)),
}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.,/])(?:(?P<low>\d{{1,3}})/(?P<under>\d{{2,3}})|(?P<number>\d{{1,3}}(?:,\d{{3}})+|"
    rf"\d{{1,6}}(?:\.\d{{1,4}})?)(?: ?(?:to|-|–) ?(?P<to>\d{{1,6}}))?|(?P<word>{'|'.join(NUMBER_WORDS)}|once|"
    rf"twice)\b)(?![\d.,]*\d)[ -]?(?P<unit>(?:{_UNIT})(?![a-z/]))?",
    re.IGNORECASE,
)
_HINT = re.compile(rf"\d|\b(?:once|twice|{'|'.join(NUMBER_WORDS)})\b")
# Who is meant, by which form: two amounts of which these differ are of two things.
_WHOM = re.compile(
    r"\b(?:adult|child|bab(?:y|ies)|infant|teenage|older|elderly|pregnan|kidney|liver|men\b|women\b|boys?\b|"
    r"girls?\b|aged?\b|type|gel|cream|liquid|syrup|spray|inject|step|stage|week \d|day \d|england|scotland|"
    r"wales|ireland)"
)
_MOST = re.compile(
    r"\b(?:no more than|not (?:take|have|use|give) more than|up to|at most|maximum(?: \w{1,12}){0,3}?(?: is|"
    r" of)?)\s*$"
)
_A_DAY = re.compile(
    r"^\s*(?:of \w{3,20} )?(?:a day|per day|daily|each day|every day|in (?:24|any 24) hours|in a day)\b"
)
_UNDER = re.compile(r"\b(?:under|younger than|below|less than)(?: the age of)?\s*$")
_REFUSED = re.compile(r"\b(?:not|never|avoid|cannot|unsuitable)\b|n[’']t\b")
_FORM = re.compile(
    r"\b(?:gel|cream|tablets?|liquid|syrup|spray|injections?|drops|patch|nasal|low-dose|suppositor)"
)
_FEWEST = 2  # weighty words that two sentences must share
_MOST_AMOUNTS = 3  # of a sentence; what has more is a table in words
_LONGEST = 240  # characters of a sentence that is weighed


@dataclass(frozen=True, slots=True)
class _Amount:
    value: str
    unit: str
    shown: re.Match[str]


def _check(view: View) -> Iterator[Hit]:
    """The later of two is flagged: the sentences say the same but for the amount, or both name the most in a day, or
    the age under which nobody may have it, of one medicine."""
    known: dict[tuple[object, ...], tuple[_Amount, Sentence]] = {}
    heading = {section.id: section.heading.lower() for section in view.article.sections}
    for sentence in view.sentences:
        if sentence.passage.part is not Part.PARAGRAPH or len(sentence.text) > _LONGEST:
            continue
        if asks(sentence.text) or not _HINT.search(sentence.lower):
            continue
        amounts = list(_amounts(sentence))
        if not 0 < len(amounts) <= _MOST_AMOUNTS:
            continue
        section = heading.get(sentence.passage.section, "")
        whom = frozenset(_WHOM.findall(section))
        for key, amount in (*_same_words(sentence, amounts), *_bounds(sentence, amounts)):
            first, other = known.setdefault((*key, whom), (amount, sentence))
            if first.value != amount.value and other is not sentence:
                yield Hit(
                    sentence.line,
                    quoted(sentence.text, amount.shown),
                    f"This says '{amount.shown.group().strip()}', and line {other.line} says"
                    f" '{first.shown.group().strip()}' of the same thing. A clinician must say which is right.",
                )
                break


def _amounts(sentence: Sentence) -> Iterator[_Amount]:
    for match in _AMOUNT.finditer(sentence.text):
        unit, times = _UNITS.get((match.group("unit") or "").lower(), ("", 1.0))
        if match.group("low"):
            value = f"{match.group('low')}/{match.group('under')}"
        elif word := match.group("word"):
            if not unit and word.lower() not in ("once", "twice"):
                continue  # "one of them"
            word = word.lower()
            unit = unit or "time"
            value = {"once": "1", "twice": "2"}.get(word) or f"{value_of(word) * times:g}"
        else:
            value = f"{float(match.group('number').replace(',', '')) * times:g}-{match.group('to') or ''}"
        yield _Amount(value, unit, match)


def _same_words(sentence: Sentence, amounts: list[_Amount]) -> Iterator[tuple[tuple[object, ...], _Amount]]:
    """For each amount what the sentence says without it. A fraction such as 1 in 10 is for another rule."""
    if (
        " in 1" in sentence.lower
        or "%" in sentence.text
        or "per cent" in sentence.lower
        or " out of " in sentence.lower
    ):
        return
    about = words(_AMOUNT.sub(" ", sentence.lower))
    if len(about) < _FEWEST:
        return
    denied = _REFUSED.search(sentence.lower) is not None
    for nth, amount in enumerate(amounts):
        others = tuple((a.value, a.unit) for at, a in enumerate(amounts) if at != nth)
        yield ("words", about, denied, others, amount.unit), amount


def _bounds(sentence: Sentence, amounts: list[_Amount]) -> Iterator[tuple[tuple[object, ...], _Amount]]:
    named = named_in(sentence.lower)
    if len(named) != 1:
        return
    form = frozenset(_FORM.findall(sentence.lower))
    for amount in amounts:
        before = sentence.lower[max(0, amount.shown.start() - 60) : amount.shown.start()]
        after = sentence.lower[amount.shown.end() : amount.shown.end() + 60]
        if _MOST.search(before) and _A_DAY.search(after):
            yield ("most", named[0], amount.unit, form, frozenset(_WHOM.findall(sentence.lower))), amount
        elif _UNDER.search(before) and _REFUSED.search(sentence.lower) and amount.unit in ("", "year"):
            yield ("under", named[0], form), amount


RULE = Rule(
    Card(
        "conflicting-amounts",
        Severity.A,
        "Two doses, times, limits or ages for the same thing",
        "One of them is wrong, and somebody takes too much, waits too long or is left out. In a series they "
        "may be weeks"
        " apart.",
        "Look both up in their sources. A clinician says which is right, or the sentences say how the two differ.",
    ),
    wrong="Take no more than 4 g of paracetamol a day.[1]\n\nTake no more than 8 g of paracetamol a day.[2]",
    right="Adults take no more than 4 g of paracetamol a day.[1]\n\nChildren take no more than 2 g of "
    "paracetamol a day.[2]",
    check=_check,
    reads=("en",),
)
