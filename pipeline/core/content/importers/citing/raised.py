"""Raised and lowered figures: a citation, or a power, an ordinal, the 2 of H2O.

A reader of markup writes `<sup>2</sup>` with `up` or, where it is numbers that may be a mark, with `raised`, and the
lifter reads it as `¹,³`, `^1,2^` and `<sup>1</sup>` of a page of text. If it is no citation it stays as it looked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.importers.citing.found import (
    NUMBERS,
    Doubt,
    Found,
    Mark,
    is_year,
    numbers_of,
    plain_numbers,
    quoted,
)
from pipeline.core.content.importers.citing.words import SHORT, UNITS, UNPOWERED

_UNICODE = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,˒⁻–-]\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+){0,20}")
_TYPED = re.compile(rf"\^\[?({NUMBERS})\]?\^|<sup>\s?\[?({NUMBERS})\]?\s?</sup>")
_IN_MARKUP = re.compile(rf"[\[(]{{0,2}}\s?({NUMBERS})\s?[\])]{{0,2}}")
_TO_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹˒⁻–", "0123456789,--")
_UP = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_FIGURES = re.compile(r"[0-9+−–=()n-]+")
_STEM = re.compile(r"[^\W\d_]{1,12}$")
_YEAR = re.compile(r"(?<![\d.,/])\d{4}$")
_NAMED_LETTER = re.compile(r"[a-z]{3} [A-Z]$")  # `hepatitis B⁴`, `vitamin D³`: a mark, or a name
NEAR = 14  # characters before a figure that tell whether it is a power


def up(words: str) -> str:
    """Figures and signs of a formula, raised; a number of other figures after a caret; other words as they are."""
    if _FIGURES.fullmatch(words):
        return words.translate(_UP)
    return f"^{words}" if words.isdigit() else words


def down(words: str) -> str:
    return words.translate(_DOWN) if _FIGURES.fullmatch(words) else words


def mark_in(words: str) -> str:
    """The numbers of what a page raised, as `1,3-5`, where it may be a mark; empty where it holds anything else."""
    match = _IN_MARKUP.fullmatch(words)
    return plain_numbers(match.group(1)) if match and not is_year(match.group(1)) else ""


def raised(digits: str) -> str:
    """`1,3-5` as raised figures, which the lifter reads."""
    return digits.translate(_UP)


def find(text: str, count: int) -> Iterator[Found]:
    for match in _UNICODE.finditer(text):
        yield from _judged(match, match.group().translate(_TO_PLAIN), text, count)
    if "^" in text or "<sup>" in text:
        for match in _TYPED.finditer(text):
            yield from _judged(match, match.group(1) or match.group(2), text, count)


def _judged(match: re.Match[str], digits: str, text: str, count: int) -> Iterator[Found]:
    before = text[max(0, match.start() - NEAR) : match.start()]
    if _NAMED_LETTER.search(before) and digits.isdigit():
        yield Doubt(match.start(), match.end(), quoted(text, match.start(), match.end()))
        return
    if is_power(before, digits, text[match.end() : match.end() + 1]):
        return
    numbers = numbers_of(digits, count)
    if numbers:
        yield Mark(match.start(), match.end(), numbers)
    else:
        yield Doubt(match.start(), match.end(), quoted(text, match.start(), match.end()))


def is_power(before: str, digits: str, after: str) -> bool:
    """Whether raised `digits` belong to what stands around them: `10³`, `m²`, `r²`, `s⁻¹`, `¹³¹I`, `Ca²⁺`.

    `before` is the last `NEAR` characters, `after` the next one.
    """
    if not before.strip() or after.isalnum() or after in ("+", "⁺", "⁻", "−") or before[-1] in "⁻⁺([/=^":
        return True
    if before[-1].isdigit():
        year = _YEAR.search(before)
        return year is None or not is_year(year.group())  # `in 2015³` is no power of a year
    stem = _STEM.search(before)
    if stem is None:
        return False
    word = stem.group().lower()
    if word in UNITS:
        return word not in UNPOWERED
    return len(word) <= 2 and word not in SHORT and word not in UNPOWERED and digits.isdigit()
