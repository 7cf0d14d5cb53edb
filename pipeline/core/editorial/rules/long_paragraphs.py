"""Paragraphs of more than 3 sentences (E-06)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.prose import Part, Passage
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_MOST = 3  # sentences
_NAMED = 12  # lines


def _check(view: View) -> Iterator[Hit]:
    """One finding for the article, at its longest paragraph."""
    counts: Counter[int] = Counter()
    passages: dict[int, Passage] = {}
    for sentence in view.sentences:
        if sentence.passage.part is Part.PARAGRAPH:
            counts[id(sentence.passage)] += 1
            passages[id(sentence.passage)] = sentence.passage
    long = [(count, passages[key].line) for key, count in counts.items() if count > _MOST]
    if long:
        most, line = max(long, key=lambda pair: pair[0])
        lines = sorted({at for _, at in long})
        named = ", ".join(map(str, lines[:_NAMED])) + (" and on" if len(lines) > _NAMED else "")
        yield Hit(
            line,
            "",
            f"Paragraphs of more than {_MOST} sentences, on line {named}. The longest has {most}.",
        )


RULE = Rule(
    Card(
        "E-06.long-paragraphs",
        Severity.C,
        "Paragraphs of more than 3 sentences",
        "A phone shows a long paragraph as a wall of text, and readers skip it (E-06).",
        "Begin a new paragraph where the thought turns, or make a list.",
    ),
    wrong="Pollen sets it off. It flies in June. Rain helps. Stay in.",
    right="Pollen sets it off. It flies in June.\n\nRain helps. Stay in.",
    check=_check,
)
