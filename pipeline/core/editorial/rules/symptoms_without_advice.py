"""Symptoms in an article that never says whom to see about them (E-05)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import SectionKind, Severity
from pipeline.core.editorial.help_words import LANGUAGES, names_symptoms, sends_for_help
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View


def _check(view: View) -> Iterator[Hit]:
    article = view.article
    sections = [
        section
        for section in article.sections
        if section.kind is SectionKind.SYMPTOMS or names_symptoms(section.heading, view.language)
    ]
    if not sections or any(sends_for_help(s.lower, view.language) for s in view.sentences):
        return
    section = sections[0]
    yield Hit(
        section.line,
        section.heading,
        "The article describes symptoms and never says to see, call or ask anyone about them. Say when to see a GP,"
        " call NHS 111 or call 999.",
    )


RULE = Rule(
    Card(
        "E-05.symptoms-without-advice",
        Severity.A,
        "Symptoms, and no word on whom to see about them",
        "Who has the symptoms is left alone with them. Real routes belong beside them: a GP, NHS 111, 999.",
        "Add a callout that says which symptoms need help, how soon, and from whom. A clinician agrees to it.",
    ),
    wrong="## Symptoms\n\nYou may cough and feel short of breath.",
    right="## Symptoms\n\nYou may cough and feel short of breath. Call 999 if you cannot speak.",
    check=_check,
    reads=LANGUAGES,
)
