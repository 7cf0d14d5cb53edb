"""Finds the citations that a scrape glued to the words before them: `tests2,5`, `malignancy.1` (E-20).

Only a mark at the end of a sentence or of a list entry is taken, and only if nothing else can be meant. A name such as
BRCA1, a unit such as m2 or a year is left alone; what could be either is left in place and asked about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.core.content.article import Cite, Finding, Inline, Inlines, Reference, Run, Severity
from pipeline.core.content.citations import MARK, ids_for, numbers_in
from pipeline.core.content.inlines import tidy

RULE = "E-20.glued-citation"

_GLUED = re.compile(
    r"(?P<stem>[^\W\d_]{1,40}|[)%”\"’'])(?P<stop>[.!?]?)(?P<marks>\d{1,4}(?:[,–-]\d{1,3}){0,20})(?P<after>[.!?;,:]?)"
    r"(?=\s|$)"
)
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,˒⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+){0,20}")
_RAISED_TO_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹˒⁻–", "0123456789,--")

# Words that a number belongs to: the name of a thing, a stage, a unit, an abbreviated word before a number.
_NAMED = frozenset(
    [
        "omega",
        "covid",
        "vitamin",
        "type",
        "stage",
        "grade",
        "phase",
        "fig",
        "factor",
        "interleukin",
        "caspase",
        "brca",
        "hpv",
        "her",
        "sars",
        "hla",
        "fev",
        "hiv",
        "aids",
        "pm",
        "cox",
        "cyp",
        "gpt",
    ]
)
# Plain words that often stand before a number and as often end a sentence: only a person can tell.
_EITHER = frozenset(
    ["group", "level", "step", "part", "figure", "table", "chapter", "section", "appendix", "day", "week"]
)
_UNITS = frozenset(
    [
        "m",
        "mm",
        "cm",
        "km",
        "dm",
        "mol",
        "mmol",
        "kg",
        "mg",
        "ml",
        "dl",
        "cal",
        "kcal",
        "bpm",
        "ft",
        "inch",
        "inches",
    ]
)
_ABBREVIATIONS = frozenset(
    [
        "no",
        "nos",
        "vol",
        "fig",
        "figs",
        "p",
        "pp",
        "ch",
        "v",
        "ver",
        "approx",
        "ca",
        "eq",
        "sec",
        "tel",
        "ext",
        "art",
        "ref",
    ]
)
_NEAR = 60  # characters looked at before a mark; bounded, so that a long line takes no longer than its length
_YEARS = range(1900, 2101)


class _Verdict(Enum):
    CITATION = "a citation"
    DOUBT = "could be a citation"
    WORD = "part of the word"


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lifted:
    """Text with its citations as values, and what a person must decide."""

    text: Inlines
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Lifter:
    """`words` counts every token of the page as typed, so that a name used twice is known for one."""

    references: Sequence[Reference]
    words: Counter[str]

    def lift(self, text: str, line: int) -> Lifted:
        marks, doubts = self._marks(text)
        parts: list[Inline] = []
        at = 0
        for mark in sorted(marks, key=lambda mark: mark.start):
            if mark.start < at:
                continue
            parts += [Run(text[at : mark.start]), Cite(ids_for(mark.numbers, self.references))]
            at = mark.end
        parts.append(Run(text[at:]))
        return Lifted(tidy(parts), tuple(_question(doubt, line) for doubt in doubts))

    def doubts(self, text: str, line: int) -> tuple[Finding, ...]:
        """Questions alone, for text that keeps its digits: a heading, or a file that its author wrote."""
        marks, doubts = self._marks(MARK.sub("", text))
        return tuple(
            _question(doubt, line) for doubt in [*doubts, *(text[max(0, m.end - 40) : m.end] for m in marks)]
        )

    def _marks(self, text: str) -> tuple[list[_Mark], list[str]]:
        marks: list[_Mark] = []
        doubts: list[str] = []
        for match in MARK.finditer(text):
            self._explicit(match, match.group(1), text, marks, doubts)
        for match in _RAISED.finditer(text):
            if not re.search(r"(?:\d|\b[cmk]?m)$", text[max(0, match.start() - 4) : match.start()]):
                self._explicit(match, match.group().translate(_RAISED_TO_PLAIN), text, marks, doubts)
        for match in _GLUED.finditer(text):
            verdict, numbers = self._judge(match, text)
            if verdict is _Verdict.CITATION:
                marks.append(_Mark(match.start("marks"), match.end("marks"), numbers))
            elif verdict is _Verdict.DOUBT:
                doubts.append(_token(text, match))
        return marks, doubts

    def _explicit(
        self, match: re.Match[str], digits: str, text: str, marks: list[_Mark], doubts: list[str]
    ) -> None:
        numbers = self._numbers(digits)
        if numbers:
            marks.append(_Mark(match.start(), match.end(), numbers))
        elif not (digits.isdigit() and int(digits) in _YEARS):
            doubts.append(text[max(0, match.start() - 30) : match.end()])

    def _numbers(self, digits: str) -> tuple[int, ...]:
        """The references meant, in rising order and all in the list; empty if they cannot be."""
        if re.search(r"(?<!\d)0", digits):
            return ()
        try:
            numbers = numbers_in(digits)
        except ValueError:
            return ()
        rising = list(numbers) == sorted(set(numbers))
        return numbers if rising and all(1 <= n <= len(self.references) for n in numbers) else ()

    def _judge(self, match: re.Match[str], text: str) -> tuple[_Verdict, tuple[int, ...]]:
        verdict = self._of_stem(match, text)
        if verdict is _Verdict.WORD:
            return verdict, ()
        digits = match.group("marks")
        numbers = self._numbers(digits)
        if not numbers:
            year = digits.isdigit() and int(digits) in _YEARS
            return (_Verdict.WORD if year else _Verdict.DOUBT), ()
        if not _ends_sentence(match, text):
            return _Verdict.DOUBT, ()
        return verdict, numbers

    def _of_stem(self, match: re.Match[str], text: str) -> _Verdict:
        stem, stop = match.group("stem"), match.group("stop")
        glued_to = _glued_to(match, text)
        if "/" in glued_to or "@" in glued_to or "www." in glued_to or "^" in glued_to:
            return _Verdict.WORD
        if not stem[0].isalpha():
            return _Verdict.CITATION
        word = stem.lower()
        if stop:
            if word in _ABBREVIATIONS:
                return _Verdict.WORD
            return _Verdict.CITATION if len(stem) > 1 else _Verdict.DOUBT
        if len(stem) < 3 or word in _NAMED or word in _UNITS or glued_to[-1:].isdigit():
            return _Verdict.WORD
        if word in _EITHER:
            return _Verdict.DOUBT
        if stem.isupper():
            return _Verdict.DOUBT if self.words[stem] else _Verdict.WORD
        if any(letter.isupper() for letter in stem[1:]):
            return _Verdict.WORD
        if self.words[f"{stem}{match.group('marks')}"] > 1:
            return _Verdict.DOUBT
        if stem[0].islower():
            return _Verdict.CITATION
        return _Verdict.CITATION if self._is_plain_word(stem, match, text) else _Verdict.DOUBT

    def _is_plain_word(self, stem: str, match: re.Match[str], text: str) -> bool:
        """Whether a capital is only the style of the line, so that `Shape3` is the word shape and not a name."""
        first = match.start() == 0
        other = re.search(r"(?<=\s)[A-Z][a-z]{2,}", text[max(0, match.start() - _NEAR) : match.start()])
        return len(stem) > 3 and (first or other is not None or self.words[stem.lower()] > 0)


def word_counts(text: str) -> Counter[str]:
    return Counter(token.strip(".,;:!?()[]\"'“”‘’") for token in text.split())


def _ends_sentence(match: re.Match[str], text: str) -> bool:
    rest = text[match.end() : match.end() + 40].lstrip()
    if not rest:
        return match.group("after") in ("", ".", "!", "?")
    closed = match.group("stop") or match.group("after") in (".", "!", "?")
    return bool(closed) and (rest[0].isupper() or not rest[0].isalpha())


def _token(text: str, match: re.Match[str]) -> str:
    return _glued_to(match, text) + text[match.start() : match.end()]


def _glued_to(match: re.Match[str], text: str) -> str:
    """What stands before the stem in the same token, as far as it matters."""
    near = text[max(0, match.start() - _NEAR) : match.start()]
    return "" if not near or near[-1].isspace() else near.split()[-1]


def _question(quote: str, line: int) -> Finding:
    return Finding(
        RULE,
        Severity.B,
        line,
        quote,
        f"Are the digits in '{quote}' a citation? They were left in the text. If they are, write them as [n].",
    )
