"""Citation marks in brackets: `[1]`, `[2,5]`, `[1,3-5]`, `[1]–[3]`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.content.article import Reference

MARK = re.compile(r"\[(\d{1,4}(?:\s?[,–-]\s?\d{1,4}){0,60})\]")
THROUGH = re.compile(r"\[(\d{1,4})\]\s?[–-]\s?\[(\d{1,4})\](?!\()")
_MOST = 60  # references at one mark; more is a slip of the keyboard


class MissingReferenceError(ValueError):
    """A mark names a number that is not in the list of references. `str()` is the end of a sentence."""


def numbers_in(mark: str) -> tuple[int, ...]:
    """`2,5` and `1,3-5` as the numbers they stand for, in the order given, each once. ValueError if it makes none."""
    numbers: list[int] = []
    for part in re.split(r"\s?,\s?", mark):
        first, *rest = re.split(r"\s?[–-]\s?", part)
        last = rest[-1] if rest else first
        if len(rest) > 1 or int(last) < int(first) or int(last) - int(first) >= _MOST:
            raise ValueError(f"'{part}' is not a range")
        numbers.extend(range(int(first), int(last) + 1))
    return tuple(dict.fromkeys(numbers))


def ids_for(numbers: Sequence[int], references: Sequence[Reference]) -> tuple[str, ...]:
    """The ids of the references at `numbers`, which count from 1."""
    for number in numbers:
        if not 1 <= number <= len(references):
            have = f"there are {len(references)}" if len(references) != 1 else "there is 1"
            raise MissingReferenceError(f"reference {number} is cited, but {have} in the list")
    return tuple(references[number - 1].id for number in numbers)


def mark_for(numbers: Sequence[int]) -> str:
    """`[1,2,5]`; brackets, since a screen reader misreads a raised figure (E-23)."""
    return f"[{','.join(str(number) for number in numbers)}]"
