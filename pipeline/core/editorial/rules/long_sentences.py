"""Sentences of more than 20 words (E-06)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_MOST = 20  # words
_NAMED = 12  # lines


def _check(view: View) -> Iterator[Hit]:
    """One finding for the article, at its longest sentence."""
    if not view.spaced:
        return
    long = [(len(s.text.split()), s) for s in view.sentences if s.text.count(" ") >= _MOST]
    if not long:
        return
    count, longest = max(long, key=lambda pair: pair[0])
    lines = sorted({sentence.line for _, sentence in long})
    named = ", ".join(map(str, lines[:_NAMED])) + (" and on" if len(lines) > _NAMED else "")
    yield Hit(
        longest.line,
        longest.text,
        f"{len(long)} of {len(view.sentences)} sentences with more than {_MOST} words, on line {named}. The longest has"
        f" {count}.",
    )


RULE = Rule(
    Card(
        "E-06.long-sentences",
        Severity.C,
        "Sentences of more than 20 words",
        "Who is ill, worried or new to the language loses the start of a long sentence before its end (E-06).",
        "Make two sentences of one. Keep 'may', 'not' and 'however' with the claim that they belong to.",
    ),
    wrong="If your nose is blocked and your eyes are itchy on dry days in June, it may well be hay fever and no cold.",
    right="You may have hay fever if your nose is blocked and your eyes itch. It is worst on dry days in June.",
    check=_check,
)
