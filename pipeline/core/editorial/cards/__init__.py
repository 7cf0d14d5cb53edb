"""Cards of the findings that no rule of `rules/` makes: those of the readers and of the review of a series.

A new finding of a reader needs one thing: its `Card` in the file of the reader here, or in a new file with its line
below. A test finds every rule id in the code and asks for its card.
"""

from __future__ import annotations

from pipeline.core.editorial.cards import (
    allowances,
    lost,
    markdown,
    pictures,
    plain_text,
    references,
    series,
    web,
)
from pipeline.core.editorial.rule import Card

_FILES = (plain_text, markdown, web, lost, references, pictures, series, allowances)

CARDS: tuple[Card, ...] = tuple(card for file in _FILES for card in file.CARDS)
