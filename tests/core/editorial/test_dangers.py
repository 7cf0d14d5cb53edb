"""The bank of dangerous sentences and of harmless ones that look like them: none of the first passes, none of the
second waits for a clinician."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rules import RULES
from pipeline.core.editorial.view import View
from tests.core.editorial.dangers import DANGERS
from tests.core.editorial.examples import written
from tests.core.editorial.harmless import HARMLESS

SAFETY = tuple(rule for rule in RULES if rule.card.severity is Severity.A)


def held_by(body: str) -> list[str]:
    """The rules for clinicians that find something in an article of these words."""
    headed = body if body.startswith("## ") else f"## A\n\n{body}"
    view = View(written(f"{headed}\n").article)
    return [rule.id for rule in SAFETY if any(True for _ in rule.findings(view))]


def test_what_may_harm_a_reader_waits_for_a_clinician() -> None:
    passed = [
        (rule, body) for rule, bodies in DANGERS.items() for body in bodies if rule not in held_by(body)
    ]
    assert passed == []


def test_what_only_looks_dangerous_waits_for_nobody() -> None:
    assert [(held, body) for body in HARMLESS if (held := held_by(body))] == []
