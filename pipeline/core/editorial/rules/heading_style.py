"""Headings as the NHS writes them (E-08): short, in sentence case, and no questions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.prose import asks
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_LONGEST = 65  # characters
_LITTLE = re.compile(
    r"(?<=[a-z,] )(?:Is|Are|Was|The|Of|And|To|In|For|With|Your|You|How|Do|Does|Can|An|On|From|By|At|Or|When|What)\b"
    r"(?! [A-Z]\b)"
)


def _check(view: View) -> Iterator[Hit]:
    article = view.article
    titles = [(article.title, 1), *((section.heading, section.line) for section in article.sections)]
    for heading, line in titles:
        faults = list(_faults(heading, view.language))
        if faults:
            yield Hit(line, heading, " ".join(faults))


def _faults(heading: str, language: str) -> Iterator[str]:
    if len(heading) > _LONGEST:
        yield f"This heading has {len(heading)} characters; {_LONGEST} is the most. Shorten it."
    if asks(heading):
        yield "A heading says what comes. Make a question of it in the FAQ, or state it."
    if language == "en" and (match := _LITTLE.search(heading)):
        yield f"Headings are in sentence case: '{match.group().lower()}' has a small letter."


RULE = Rule(
    Card(
        "E-08.heading-style",
        Severity.C,
        "A heading is too long, a question, or not in sentence case",
        "Headings are scanned, and name the letters of the series. Questions belong under 'Questions and answers'.",
        "State in a few words what the section tells, with a capital letter at the start alone.",
    ),
    wrong="## What Is The Best Treatment?\n\nRest.",
    right="## Treatment\n\nRest.",
    check=_check,
)
