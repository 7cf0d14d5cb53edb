"""Raised marks: `¹,³`, `^1,2^`, `<sup>1</sup>`. A raised figure after a digit, a unit or a letter is an exponent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.importers.citing.found import NUMBERS, Doubt, Found, Mark, numbers_of, quoted
from pipeline.core.content.importers.citing.words import SHORT, UNITS

_UNICODE = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,˒⁻–-]\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+){0,20}")
_TYPED = re.compile(rf"\^\[?({NUMBERS})\]?\^|<sup>\s?\[?({NUMBERS})\]?\s?</sup>")
_TO_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹˒⁻–", "0123456789,--")
_TO_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_STEM = re.compile(r"[^\W\d_]{1,12}$")


def raised(digits: str) -> str:
    """`1,2` as raised figures: what a reader of markup gives the lifter for `<sup>1,2</sup>`. If it is no citation it
    stays as it looked, `10³` for instance."""
    return digits.translate(_TO_RAISED)


def find(text: str, count: int) -> Iterator[Found]:
    for match in _UNICODE.finditer(text):
        yield from _judged(match, match.group().translate(_TO_PLAIN), text, count)
    if "^" in text or "<sup>" in text:
        for match in _TYPED.finditer(text):
            yield from _judged(match, match.group(1) or match.group(2), text, count)


def _judged(match: re.Match[str], digits: str, text: str, count: int) -> Iterator[Found]:
    if _is_exponent(text[max(0, match.start() - 14) : match.start()], text[match.end() : match.end() + 1]):
        return
    numbers = numbers_of(digits, count)
    if numbers:
        yield Mark(match.start(), match.end(), numbers)
    else:
        yield Doubt(match.start(), match.end(), quoted(text, match.start(), match.end()))


def _is_exponent(before: str, after: str) -> bool:
    """Whether the figure belongs to what stands around it: `10³`, `m²`, `r²`, `¹³¹I`, `Ca²⁺`."""
    if not before.strip() or before[-1].isdigit() or after.isalnum() or after in ("+", "⁺", "⁻", "−"):
        return True
    stem = _STEM.search(before)
    if stem is None:
        return before[-1] in "([/="
    word = stem.group().lower()
    return word in UNITS or (len(word) <= 2 and word not in SHORT)
