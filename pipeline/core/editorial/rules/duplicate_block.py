"""A paragraph or list entry that stands twice, word for word or nearly so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from pipeline.core.content.article import Severity
from pipeline.core.content.words import plain
from pipeline.core.editorial.prose import Part
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_WORD = re.compile(r"\w+")
_FEWEST = 8  # words; shorter ones recur on purpose: "Do not drive when you are sleepy"
_ALIKE = 0.8  # of the pairs of neighbouring words, that both texts share
_LONG = 30  # words; a shorter one may be alike and mean something else: "Call 999 if somebody..."
_SMALL = 3  # letters of a word that may differ all the same


def _check(view: View) -> Iterator[Hit]:
    """Each text is compared with the one that shares most pieces with it, in time that grows with the article."""
    owner: dict[tuple[str, str], int] = {}
    earlier: list[tuple[int, int, frozenset[str]]] = []  # line, number of pieces, words
    for passage in view.passages:
        if passage.part in (Part.TITLE, Part.CELL) or passage.in_callout:
            continue  # advice in a box is repeated on purpose, and cells of a table are
        text = plain(passage.text)
        words = _WORD.findall(text.lower())
        if len(words) < _FEWEST:
            continue
        pieces = set(pairwise(words))
        shared = Counter(owner[piece] for piece in pieces if piece in owner)
        if shared:
            at, count = shared.most_common(1)[0]
            line, size, before = earlier[at]
            alike = count >= _ALIKE * max(len(pieces), size)
            if alike and (len(words) >= _LONG or _differ_little(before, frozenset(words))):
                yield Hit(
                    passage.line,
                    text,
                    f"This says what line {line} says already. Keep one of the two: a series would tell it twice.",
                )
                continue
        for piece in pieces:
            owner.setdefault(piece, len(earlier))
        earlier.append((passage.line, len(pieces), frozenset(words)))


def _differ_little(one: frozenset[str], other: frozenset[str]) -> bool:
    return all(len(word) <= _SMALL and not word.isdigit() for word in one ^ other)


RULE = Rule(
    Card(
        "duplicate-block",
        Severity.B,
        "A paragraph or list entry stands twice",
        "Often something else was to stand there. In a series the reader gets the same words again weeks later.",
        "Keep one of the two, and put back what the other should have said. Boxes may be repeated.",
    ),
    wrong="Rain washes pollen out of the air for some hours.\n\nThen it comes back.\n\n"
    "Rain washes the pollen out of the air for some hours.",
    right="Rain washes pollen out of the air for some hours.\n\nThen it comes back.\n\nWind carries it for many miles.",
    check=_check,
)
