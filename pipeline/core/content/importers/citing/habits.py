"""How a page cites: told once from the whole page, so that one mark is read like its fellows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipeline.core.content.importers.citing import raised
from pipeline.core.content.importers.citing.found import Mark
from pipeline.core.content.importers.citing.round import clear_numbers

_SQUARE = re.compile(r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20}\]")
_ENOUGH = 2  # different references named in one way before it is a habit


@dataclass(frozen=True, slots=True)
class Habits:
    """`round`: True where the page cites as `(1)`, False where it cites as `[1]`, with raised figures or by links, None
    where it does not say."""

    round: bool | None = None


NO_HABITS = Habits()


def habits(text: str, count: int, *, valued: int = 0) -> Habits:
    """The habits of a page with `count` references, of which marks that are values already cite `valued`."""
    square = len(set(_SQUARE.findall(text)))
    high = len({found.numbers for found in raised.find(text, count) if isinstance(found, Mark)})
    if max(square, high, valued) >= _ENOUGH:
        return Habits(round=False)
    return Habits(round=True if len(set(clear_numbers(text, count))) >= _ENOUGH else None)


def word_counts(text: str) -> Counter[str]:
    """Every token of the page as typed, without the stops and brackets around it."""
    return Counter(token.strip(".,;:!?()[]\"'“”‘’") for token in text.split())
