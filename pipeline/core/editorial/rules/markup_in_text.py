"""A tag that the reader would see as its letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.quotes import from_match
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_TAG = re.compile(r"</?[a-zA-Z][\w:-]{0,40}(?:\s[^<>]{0,200})?/?>")


def _check(view: View) -> Iterator[Hit]:
    for text, line in view.texts_with("<"):
        for match in _TAG.finditer(text):
            message = f"The reader will see '{match.group()[:60]}' as it stands here. Remove the tag."
            yield Hit(line, match.group()[:120], message, from_match(text, match))


RULE = Rule(
    Card(
        "markup-in-text",
        Severity.B,
        "A tag that the reader would see",
        "An article has no HTML: the tag comes out as its letters in every email.",
        "Remove the tag, and write what it was for in Markdown.",
    ),
    wrong="Wash your face <em>gently</em>.",
    right="Wash your face *gently*.",
    check=_check,
)
