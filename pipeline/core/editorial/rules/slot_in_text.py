"""A mark that a template should have filled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.quotes import from_match
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_SLOT = re.compile(r"\[\[\w{1,60}\]\]|\{\{.{0,60}?\}\}|\{%.{0,60}?%\}")


def _check(view: View) -> Iterator[Hit]:
    for text, line in view.texts_with("[[", "{{", "{%"):
        for match in _SLOT.finditer(text):
            message = (
                f"'{match.group()}' looks like a place that a template fills. An article has none: remove it."
            )
            yield Hit(line, match.group(), message, from_match(text, match))


RULE = Rule(
    Card(
        "slot-in-text",
        Severity.B,
        "A template mark that the reader would see",
        "Nothing fills it, so that the reader meets brackets instead of words.",
        "Write the words that belong there, or remove the mark.",
    ),
    wrong="Call {{ clinic }} for an appointment.",
    right="Call your clinic for an appointment.",
    check=_check,
)
