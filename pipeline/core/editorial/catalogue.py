"""What to tell a person of any finding of a reader, a rule or the review of a series, by its rule id."""

from __future__ import annotations

from functools import cache

from pipeline.core.editorial.cards import CARDS
from pipeline.core.editorial.rule import Card
from pipeline.core.editorial.rules import RULES


@cache
def catalogue() -> dict[str, Card]:
    """Every card by its id: the rules first, then readers and series."""
    return {card.id: card for card in (*(rule.card for rule in RULES), *CARDS)}


def card_of(rule_id: str) -> Card | None:
    """None for findings that are about an email and not about an article, such as those of `rounds render`."""
    return catalogue().get(rule_id)
