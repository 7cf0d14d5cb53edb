"""A heading with nothing under it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View


def _check(view: View) -> Iterator[Hit]:
    sections = view.article.sections
    for section, after in zip_longest(sections, sections[1:]):
        if not section.blocks and (after is None or after.level <= section.level):
            message = "Nothing stands under this heading. Write the section or remove the heading."
            yield Hit(section.line, section.heading, message)


RULE = Rule(
    Card(
        "empty-section",
        Severity.B,
        "A heading with nothing under it",
        "The reader is promised something that does not come; often a page lost it on the way here.",
        "Write the section, or remove the heading.",
    ),
    wrong="## Causes\n\n## Symptoms\n\nYou may sneeze. See a GP if you wheeze.",
    right="## Causes\n\nPollen sets it off.\n\n## Symptoms\n\nYou may sneeze. See a GP if you wheeze.",
    check=_check,
)
