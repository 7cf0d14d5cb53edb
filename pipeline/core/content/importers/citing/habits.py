"""How a page cites: told once from the whole page, so that one mark is read like its fellows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipeline.core.content.importers.citing.round import clear_numbers

_SQUARE = re.compile(r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20}\]")
_ENOUGH = 2  # different references named in one way before it is a habit


@dataclass(frozen=True, slots=True)
class Habits:
    """`round`: True where the page cites as `(1)`, False where it cites as `[1]`, None where it does not say."""

    round: bool | None = None


NO_HABITS = Habits()


def habits(text: str, count: int) -> Habits:
    """The habits of a page with `count` references."""
    square = len(set(_SQUARE.findall(text)))
    in_round = len(set(clear_numbers(text, count)))
    if square >= _ENOUGH:
        return Habits(round=False)
    return Habits(round=True if in_round >= _ENOUGH else None)


def word_counts(text: str) -> Counter[str]:
    """Every token of the page as typed, without the stops and brackets around it."""
    return Counter(token.strip(".,;:!?()[]\"'“”‘’") for token in text.split())
