"""Cards of the findings that no rule of `rules/` makes: those of readers, references, pictures and plans of series.

A new finding of a reader needs one thing: its `Card` in the file of the reader here, or in a new file with its line
below. A test finds every rule id in the code and asks for its card.
"""

from __future__ import annotations

from pipeline.core.editorial.cards import (
    allowances,
    any_page,
    feeds,
    foreign_markdown,
    lost,
    pictures,
    plain_text,
    references,
    series,
    web_pages,
)
from pipeline.core.editorial.rule import Card

# Headings of docs/writing.md, each with the cards under it.
FAMILIES: tuple[tuple[str, tuple[Card, ...]], ...] = (
    ("Whatever was read", any_page.CARDS),
    ("Where something was lost", lost.CARDS),
    ("A page of plain text", plain_text.CARDS),
    ("A web page", web_pages.CARDS),
    ("A feed or a WordPress export", feeds.CARDS),
    ("Markdown of another tool", foreign_markdown.CARDS),
    ("References", references.CARDS),
    ("Pictures", pictures.CARDS),
    ("The plan of a series", series.CARDS),
    ("Allowances", allowances.CARDS),
)
CARDS: tuple[Card, ...] = tuple(card for _, cards in FAMILIES for card in cards)
