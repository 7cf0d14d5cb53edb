"""Marks that a scrape glued to the words before them: `tests2,5`, `malignancy.1`, `adults,3 who`.

Only a mark at the end of a sentence, of a clause or of a list entry is taken, and only if nothing else can be meant. A
name such as BRCA1, a unit such as m2 or a year is left alone; what could be either is left in place and asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum

from pipeline.core.content.importers.citing.found import NEAR, Doubt, Found, Mark, is_year, numbers_of
from pipeline.core.content.importers.citing.words import ABBREVIATIONS, EITHER, NAMED, UNITS

_FIGURES = re.compile(r"\d{1,4}(?:[,–-]\d{1,3}){0,20}[.!?;,:]?(?=\s|$)")
_STEM = re.compile(r"(?:[^\W\d_]{1,40}|[)%”\"’'])[.!?,;:]?$")
_GLUED = re.compile(
    r"(?P<stem>[^\W\d_]{1,40}|[)%”\"’'])(?P<stop>[.!?,;:]?)(?P<marks>\d{1,4}(?:[,–-]\d{1,3}){0,20})"
    r"(?P<after>[.!?;,:]?)(?=\s|$)"
)
_APART = re.compile(r"[.!?] (\d{1,3}(?:[,–-]\d{1,3}){0,20})(?= [A-Z]|$)")
_DIALLED = re.compile(r"\(\d+$")  # `(0)20 7946 0000`


class _Verdict(Enum):
    CITATION = "a citation"
    DOUBT = "could be a citation"
    WORD = "part of the word"


def find(text: str, count: int, words: Mapping[str, int]) -> Iterator[Found]:
    """`words` counts every token of the page as typed, so that a name used twice is known for one."""
    for match in _glued(text):
        verdict, numbers = _judge(match, text, count, words)
        if verdict is _Verdict.CITATION:
            yield Mark(match.start("marks"), match.end("marks"), numbers)
        elif verdict is _Verdict.DOUBT:
            yield Doubt(match.start("marks"), match.end("marks"), _token(text, match))
    for match in _APART.finditer(text):
        before = text[max(0, match.start() - 2) : match.start()]
        if len(before) == 2 and before.isalpha() and numbers_of(match.group(1), count):
            start = max(0, match.start() - 30)
            yield Doubt(match.start(1), match.end(1), text[start : match.end()].strip())


def _glued(text: str) -> Iterator[re.Match[str]]:
    """Every match of `_GLUED`. The figures are looked for first, since a page has far fewer of them than of letters."""
    for figures in _FIGURES.finditer(text):
        at = figures.start()
        near = text[max(0, at - 41) : at]
        if near[-1:].isspace() or near[-1:].isdigit():
            continue
        if (stem := _STEM.search(near)) and (match := _GLUED.match(text, at - len(stem.group()))):
            yield match


def _judge(
    match: re.Match[str], text: str, count: int, words: Mapping[str, int]
) -> tuple[_Verdict, tuple[int, ...]]:
    verdict = _of_stem(match, text, words)
    if verdict is _Verdict.WORD:
        return verdict, ()
    digits = match.group("marks")
    numbers = numbers_of(digits, count)
    pauses = match.group("stop") in tuple(",;:")
    if not numbers:
        return (_Verdict.WORD if pauses or is_year(digits) else _Verdict.DOUBT), ()
    if pauses:
        return (verdict if _ends_clause(match, text) else _Verdict.DOUBT), numbers
    return (verdict if _ends_sentence(match, text) else _Verdict.DOUBT), numbers


def _of_stem(match: re.Match[str], text: str, words: Mapping[str, int]) -> _Verdict:
    stem, stop = match.group("stem"), match.group("stop")
    glued_to = _glued_to(match, text)
    if "/" in glued_to or "@" in glued_to or "www." in glued_to or "^" in glued_to:
        return _Verdict.WORD
    if not stem[0].isalpha():
        return _Verdict.WORD if _DIALLED.search(glued_to) else _Verdict.CITATION
    word = stem.lower()
    if stop:
        return _of_stopped(word, stem, stop, glued_to)
    if len(stem) < 3 or word in NAMED or word in UNITS or glued_to[-1:].isdigit():
        return _Verdict.WORD
    if word in EITHER:
        return _Verdict.DOUBT
    if stem.isupper():
        return _Verdict.DOUBT if words.get(stem) else _Verdict.WORD
    if any(letter.isupper() for letter in stem[1:]):
        return _Verdict.WORD
    if words.get(f"{stem}{match.group('marks')}", 0) > 1:
        return _Verdict.DOUBT
    if stem[0].islower():
        return _Verdict.CITATION
    return _Verdict.CITATION if _is_plain_word(stem, match, text, words) else _Verdict.DOUBT


def _of_stopped(word: str, stem: str, stop: str, glued_to: str) -> _Verdict:
    """A figure after a stop: a full stop ends a sentence or an abbreviation, a comma or a colon a clause."""
    if word in ABBREVIATIONS:
        return _Verdict.WORD
    if word == "s" and re.search(r"\d0$", glued_to):
        return _Verdict.CITATION if stop in ".!?" else _Verdict.WORD  # `in the 1990s.4`
    if stop in ",;:":
        plain = len(stem) > 2 and stem.islower() and word not in NAMED and word not in UNITS
        return _Verdict.CITATION if plain else _Verdict.WORD
    return _Verdict.CITATION if len(stem) > 1 else _Verdict.DOUBT


def _is_plain_word(stem: str, match: re.Match[str], text: str, words: Mapping[str, int]) -> bool:
    """Whether a capital is only the style of the line, so that `Shape3` is the word shape and not a name."""
    first = match.start() == 0
    other = re.search(r"(?<=\s)[A-Z][a-z]{2,}", text[max(0, match.start() - NEAR) : match.start()])
    return len(stem) > 3 and (first or other is not None or words.get(stem.lower(), 0) > 0)


def _ends_sentence(match: re.Match[str], text: str) -> bool:
    rest = text[match.end() : match.end() + 40].lstrip()
    if not rest:
        return match.group("after") in ("", ".", "!", "?", ":")
    closed = match.group("stop") or match.group("after") in (".", "!", "?")
    return bool(closed) and (rest[0].isupper() or not rest[0].isalpha())


def _ends_clause(match: re.Match[str], text: str) -> bool:
    """`adults,3 who`: a number of the text's own would have a space before it. After a colon the text must end."""
    rest = text[match.end() : match.end() + 40].lstrip()
    if match.group("after"):
        return False
    return not rest or (match.group("stop") != ":" and rest[0].isalpha())


def _token(text: str, match: re.Match[str]) -> str:
    return _glued_to(match, text) + text[match.start() : match.end()]


def _glued_to(match: re.Match[str], text: str) -> str:
    """What stands before the stem in the same token, as far as it matters."""
    near = text[max(0, match.start() - NEAR) : match.start()]
    return "" if not near or near[-1].isspace() else near.split()[-1]
