"""Marks in round brackets: `(1)`, `(1, 3–5)`. The same brackets hold counts, doses and the numbers of a list in a line,
so that the place decides, and where it does not a person does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.core.content.importers.citing.found import (
    NEAR,
    NUMBERS,
    Doubt,
    Found,
    Mark,
    is_year,
    numbers_of,
    quoted,
)
from pipeline.core.content.importers.citing.words import (
    COUNTED,
    EITHER,
    ELEMENTS,
    JOINERS,
    LEANING,
    MEASURES,
    NAMED,
    SCALES,
)

ROUND = re.compile(rf"\(\s?({NUMBERS})\s?\)")
_STOPS = ".!?"
_ENDED = re.compile(r"[.!?]\s")
_CLOSERS = "”\"’')»"


class _Place(Enum):
    CLEAR = "where a citation stands"
    MIDDLE = "in the middle of a sentence"
    OPENS = "before an entry of a list in a line"
    FIGURE = "where a citation stands, after a figure"
    DOUBT = "could be either"
    WORDS = "part of the words"


@dataclass(frozen=True, slots=True)
class _Judged:
    match: re.Match[str]
    numbers: tuple[int, ...]
    place: _Place


def find(text: str, count: int, *, habit: bool | None) -> Iterator[Found]:
    """`habit` says whether the page cites in this way: None where nobody looked."""
    judged = [_Judged(m, numbers_of(m.group(1), count), _place(m, text)) for m in ROUND.finditer(text)]
    opening = {j.match.group(1) for j in judged if j.place is _Place.OPENS}
    counting = _counting(judged, text) if habit is None else frozenset()
    for each in judged:
        start, end = each.match.span()
        if each.place in (_Place.OPENS, _Place.WORDS) or is_year(each.match.group(1)):
            continue
        if not each.numbers:
            if habit:
                yield Doubt(start, end, quoted(text, start, end))
            continue
        if each.place is _Place.MIDDLE and _next_of(each.match.group(1)) in opening:
            continue  # `check (1) the label and (2) the date`
        if each.place is _Place.MIDDLE and habit is False:
            continue  # the page cites as [1], and this does not even stand where a citation would
        if habit:
            sure = each.place is not _Place.DOUBT
        else:
            sure = habit is None and each.place is _Place.CLEAR and start not in counting
        yield Mark(start, end, each.numbers) if sure else Doubt(start, end, quoted(text, start, end))


def clear_numbers(text: str, count: int) -> Iterator[int]:
    """The references that clear marks of this kind name: what a page's habit is told by."""
    judged = [_Judged(m, numbers_of(m.group(1), count), _place(m, text)) for m in ROUND.finditer(text)]
    counting = _counting(judged, text)
    for each in judged:
        if each.place is _Place.CLEAR and each.match.start() not in counting:
            yield from each.numbers


def _counting(judged: Sequence[_Judged], text: str) -> frozenset[int]:
    """Where marks start that may count the parts of their sentence: `mild (1), moderate (2)`, `pain (1), cough (1)`."""
    sentences: list[list[_Judged]] = []
    for each in judged:
        if not sentences or _ENDED.search(text, sentences[-1][-1].match.end(), each.match.start()):
            sentences.append([])
        sentences[-1].append(each)
    starts: set[int] = set()
    for sentence in sentences:
        named = [each.match.group(1) for each in sentence]
        if len(named) > 1 and (named[:2] == ["1", "2"] or len(set(named)) < len(named)):
            starts |= {each.match.start() for each in sentence}
    return frozenset(starts)


def _next_of(digits: str) -> str:
    return str(int(digits) + 1) if digits.isdigit() else ""


def _place(match: re.Match[str], text: str) -> _Place:
    before = text[max(0, match.start() - NEAR) : match.start()]
    after = text[match.end() : match.end() + NEAR]
    digits = match.group(1)
    spaced = before[-1:].isspace()
    rest = after.lstrip()
    words = before.rstrip()
    if not words or after[:1].isalnum() or rest[:1].isdigit() or (not spaced and before[-1].isdigit()):
        return _Place.OPENS if not words and not after[:1].isalnum() else _Place.WORDS
    if spaced and words[-1] in ",;:–—-(/+=•":
        return _Place.OPENS
    if words[-1] in "(/+=-":
        return _Place.WORDS
    verdict = _of_word(words, digits, spaced)
    if verdict not in (None, _Place.FIGURE):
        return verdict
    if words[-1] in _STOPS and spaced and rest:
        return _Place.DOUBT
    closes = not rest or rest[0] in ".,;:!?" or rest[0] in _CLOSERS
    if closes or (not spaced and words[-1] in ".!?,;"):
        return verdict or _Place.CLEAR
    return _Place.MIDDLE if verdict is None else _Place.DOUBT


def _of_word(words: str, digits: str, spaced: bool) -> _Place | None:
    """What the word before says; None where it says nothing."""
    whole, gap = _last_word(words)
    if not whole:
        return None
    word = whole.lower()
    counted = COUNTED.get(digits)
    if counted and counted in words.lower().replace(",", " ").split()[-4:]:
        return _Place.WORDS
    if gap.strip():
        return None if gap.strip() != "%" else _Place.MIDDLE
    if word in JOINERS:
        return _Place.OPENS
    if word in NAMED or (word in SCALES and not digits.isdigit()):
        return _Place.WORDS
    if not spaced and (len(word) < 3 or (whole.isupper() and len(whole) < 6)) and word not in MEASURES:
        return _Place.WORDS
    if is_year(word):
        return None
    measured = word in MEASURES and _has_digit(words.split())
    if whole[-1].isdigit() and not measured:
        return _Place.FIGURE
    if measured or word in EITHER or word in LEANING or word in ELEMENTS:
        return _Place.DOUBT
    return _Place.DOUBT if len(word) == 1 else None


def _last_word(words: str) -> tuple[str, str]:
    """The last word, and at most three signs that follow it; no word where more do."""
    end = len(words)
    while end and len(words) - end < 3 and not words[end - 1].isalnum():
        end -= 1
    start = end
    while start and words[start - 1].isalnum():
        start -= 1
    return words[start:end], words[end:]


def _has_digit(tokens: Sequence[str]) -> bool:
    return any(token[:1].isdigit() or token.lower() in COUNTED.values() for token in tokens[-2:])
