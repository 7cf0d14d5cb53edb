"""Where to get help, said in the text and not in a box: it is found, and nobody is told that it is missing."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Article, Paragraph, Run, Severity
from pipeline.core.series import plan
from tests.core.series.articles import article, section


def says(words: str, language: str = "en-GB", kind: str = "other") -> Article:
    urgent = section(kind, id="told", also=[Paragraph((Run(words),), line=12)])
    return article(section("overview", 500), section("management", 500), urgent, language=language)


def found(told: Article) -> list[tuple[str, Severity, int]]:
    proposed = plan.propose(told, "weekly_health_email")
    return [(f.rule, f.severity, f.line) for f in plan.review(proposed, told) if f.rule == "series.no_help"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-GB", "It may swell. Call 999 if you cannot breathe."),
        ("en-GB", "See your GP if it lasts for more than 3 weeks."),
        ("en-US", "Call 911 at once."),
        ("en-IE", "Ring 112 or go to the emergency department."),
        ("de", "Wählen Sie den Notruf."),
        ("fr", "Appelez le 15."),
        ("es", "Llame al 112."),
        ("sv", "Ring 112."),
    ],
)
def test_help_in_the_text_is_not_said_to_be_missing_but_to_be_in_no_box(language: str, words: str) -> None:
    assert found(says(words, language)) == [("series.no_help", Severity.C, 12)]


@pytest.mark.parametrize(
    "words",
    [
        "Take 112 mg.",
        "In one study, 999 people coughed.",
        "Most doctors know it.",
        "You do not need to see a GP.",
    ],
)
def test_a_number_or_a_doctor_alone_is_no_help(words: str) -> None:
    assert found(says(words)) == [("series.no_help", Severity.B, 0)]


def test_urgent_help_that_the_last_issue_alone_has_in_its_text_is_flagged_and_proposed_for_the_first() -> (
    None
):
    told = says("Call 999 if you cannot breathe.", kind="summary")
    late = plan.propose(says("Rest when you can.", kind="summary"), "weekly_health_email")
    assert late.issues[-1].sections == ("told",)
    flagged = [(f.rule, f.quote) for f in plan.review(late, told) if f.rule == "series.urgent_last"]
    assert flagged == [("series.urgent_last", "Told")]
    proposed = plan.propose(told, "weekly_health_email")
    assert "told" in proposed.issues[0].sections
    assert not [f for f in plan.review(proposed, told) if f.rule == "series.urgent_last"]
