"""Marks in square brackets: `[1]`, `[1,3-5]`, `[1]–[3]`, `[1][2]`, `[ref. 2]`."""

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
    quoted,
)

_SQUARE = re.compile(rf"\[\s?(?:refs?\.?|references?)?\s?({NUMBERS})\s?\]", re.IGNORECASE)
_CALLED = re.compile(rf"\(\s?(?:refs?\.?|references?)\s?({NUMBERS})\s?\)", re.IGNORECASE)
_BESIDE = frozenset({"", " ", ",", ", ", ";", "; "})
_RANGE = frozenset({"–", "-", "‐", "‑", "−", " – ", " - ", "—"})


def find(text: str, count: int) -> Iterator[Found]:
    """Marks that stand side by side are one mark, and a dash between two makes a range of them."""
    held: Mark | None = None
    for match in _SQUARE.finditer(text):
        numbers = numbers_of(match.group(1), count)
        if not numbers:
            if not is_year(match.group(1)):
                yield Doubt(match.start(), match.end(), quoted(text, match.start(), match.end()))
            continue
        mark = Mark(match.start(), match.end(), numbers)
        joined = (
            _joined(held, mark, text[held.end : mark.start]) if held and mark.start - held.end < 4 else None
        )
        if joined is None and held is not None:
            yield held
        held = joined or mark
    if held is not None:
        yield held
    for match in _CALLED.finditer(text):
        numbers = numbers_of(match.group(1), count)
        if numbers:
            yield Mark(match.start(), match.end(), numbers)
        else:
            yield Doubt(match.start(), match.end(), quoted(text, match.start(), match.end()))


def _joined(left: Mark, right: Mark, between: str) -> Mark | None:
    """One mark of two neighbours, None where they are two: the numbers of one mark rise."""
    if left.numbers[-1] >= right.numbers[0]:
        return None
    if between in _BESIDE:
        return Mark(left.start, right.end, left.numbers + right.numbers)
    if between in _RANGE and right.numbers[0] - left.numbers[-1] < 60:
        through = tuple(range(left.numbers[-1] + 1, right.numbers[0]))
        return Mark(left.start, right.end, left.numbers + through + right.numbers)
    return None
