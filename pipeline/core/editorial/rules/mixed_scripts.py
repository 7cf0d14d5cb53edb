"""A word of Latin letters with a letter in it that only looks like one: no check knows it, and no search finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# These have letters of the very shape of Latin ones. Greek stands in words of medicine ("β2").
_ELSE = "\u0400-\u052f\u0531-\u0587\u13a0-\u13fd"
_MIXED = re.compile(f"(?<!\\w)(?=\\w*[A-Za-z])\\w*[{_ELSE}]\\w*")
_WIDE = re.compile(r"(?<!\w)\w*[\uff21-\uff3a\uff41-\uff5a]\w*")
_WIDE_AT_HOME = frozenset({"ja", "zh", "ko"})
_QUOTE = 80  # characters


def _check(view: View) -> Iterator[Hit]:
    wide = view.language not in _WIDE_AT_HOME
    for text, line in view.texts:
        if text.isascii():
            continue
        for match in _MIXED.finditer(text):
            yield Hit(
                line, match.group()[:_QUOTE], "Letters of two alphabets stand in this word. Type it again."
            )
        for match in _WIDE.finditer(text) if wide else ():
            yield Hit(
                line, match.group()[:_QUOTE], "This word is in wide letters of East Asia. Type it again."
            )


RULE = Rule(
    Card(
        "mixed-scripts",
        Severity.B,
        "A word has letters that only look like those of its language",
        "It reads like the word that it looks like, and every check and every search passes it by.",
        "Type the word again.",
    ),
    wrong="You can st&#1086;p the tablets.",
    right="You can rest.",
    check=_check,
)
