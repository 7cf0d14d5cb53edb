"""Which rules an article is asked, by its language, and who is told of those that it is not."""

from __future__ import annotations

import jsonschema
import pytest

from pipeline.core.editorial import check, not_asked
from pipeline.core.editorial.languages import told_of
from pipeline.core.editorial.rules import RULES
from pipeline.core.editorial.sarif import sarif
from tests.core.content.samples import markdown
from tests.core.editorial.test_sarif import ESSENTIALS

_SAFETY = {"blanket-reassurance", "stop-medicine", "care-discouraged"}


def _article(language: str, body: str = "## A\nB.\n"):  # type: ignore[no-untyped-def]
    return markdown(body, front=f"title: T\nlanguage: {language}\ndisclaimer: D.").article


def test_each_rule_that_is_not_asked_in_a_language_is_named() -> None:
    german = not_asked(_article("de-AT"))
    assert german
    assert {rule.id for rule in german} >= _SAFETY
    assert "dose-format" not in {rule.id for rule in german}
    assert not_asked(_article("en-US")) == ()
    assert set(german) == {rule for rule in RULES if rule.reads and "de" not in rule.reads}


@pytest.mark.parametrize(
    ("language", "words"), [("de", "German"), ("fr-CA", "French"), ("tlh", "the language 'tlh'")]
)
def test_people_read_it_in_one_line(language: str, words: str) -> None:
    told = told_of(_article(language))
    assert told.startswith(f"In {words} these rules were not asked: contradictory-bound, ")
    assert told.endswith(".")
    assert "\n" not in told
    assert told_of(_article("en-GB")) == ""


def test_tools_read_it_as_a_notification_of_the_run() -> None:
    log = sarif([("a.md", ())], "1.0", {"a.md": told_of(_article("de"))})
    jsonschema.validate(log, ESSENTIALS)
    (invocation,) = log["runs"][0]["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "note"
    assert notification["message"]["text"].startswith("In German")
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "a.md"}
    assert invocation["executionSuccessful"] is True
    assert "invocations" not in sarif([("a.md", ())], "1.0")["runs"][0]


@pytest.mark.parametrize(
    ("language", "heading", "alone", "advised"),
    [
        ("de", "Symptome", "Husten und Fieber.", "Wenden Sie sich an Ihre Hausärztin."),
        ("de", "Anzeichen", "Husten. Viele Ärzte kennen das.", "Rufen Sie den Notruf 112."),
        ("fr", "Les symptômes", "Toux et fièvre.", "Consultez votre médecin."),
        ("fr", "Signes d’alerte", "Toux. Les médecins les connaissent.", "Appelez le 15."),
        ("es", "Síntomas", "Tos y fiebre.", "Acuda a su médico."),
        ("es", "Señales de alarma", "Tos. Los médicos la conocen.", "Llame al 112."),
    ],
)
def test_symptoms_without_advice_are_noticed_in_other_languages_too(
    language: str, heading: str, alone: str, advised: str
) -> None:
    def flagged(body: str) -> bool:
        return any(f.rule == "E-05.symptoms-without-advice" for f in check(_article(language, body)))

    assert flagged(f"## {heading}\n{alone}\n")
    assert not flagged(f"## {heading}\n{alone}\n\n{advised}\n")
