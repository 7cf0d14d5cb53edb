"""An article without the words that every issue ends with (E-05)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View


def _check(view: View) -> Iterator[Hit]:
    if not view.article.disclaimer.strip():
        message = "There is no disclaimer. Every issue ends with one: write it under `disclaimer` in the front matter."
        yield Hit(0, "", message)


RULE = Rule(
    Card(
        "E-05.no-disclaimer",
        Severity.B,
        "There is no disclaimer",
        "Readers must learn that the series is general information, and whom to ask about their own care (E-05).",
        "Write one or two sentences under `disclaimer` in the front matter.",
    ),
    wrong="---\ntitle: Hay fever\n---\n\n## What it is\n\nAn allergy to pollen.",
    right="---\ntitle: Hay fever\ndisclaimer: This is general information. Ask your GP about your own care.\n---\n\n"
    "## What it is\n\nAn allergy to pollen.",
    check=_check,
)
