"""A character that does not show."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View
from pipeline.core.unseen import HIDDEN

_AROUND = 30  # characters


def _check(view: View) -> Iterator[Hit]:
    for text, line in view.texts:
        if not text.isascii() and (match := HIDDEN.search(text)):
            quote = text[max(0, match.start() - _AROUND) : match.start()]
            message = f"The character U+{ord(match.group()):04X}, unseen, stands after '{quote}'. Remove it."
            yield Hit(line, quote, message)


RULE = Rule(
    Card(
        "hidden-character",
        Severity.C,
        "A character that does not show",
        "It breaks searching and reading aloud, and marks of writing direction can reorder what is read.",
        "Remove it: delete the word and type it again.",
    ),
    wrong="Anti&shy;histamines help.",
    right="Antihistamines help.",
    check=_check,
)
