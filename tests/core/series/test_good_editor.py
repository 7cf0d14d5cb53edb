"""A plan as a good editor would make it: the point first, no letter of a few words, titles and preheaders to read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pipeline.core.content.article import Article, Listing, ListItem, Run
from pipeline.core.content.importers import read
from pipeline.core.series import plan
from pipeline.core.series.issue import Rhythm, Subjects
from tests.core.content.samples import ROOT
from tests.core.series.articles import article, callout, question, section, whole

OURS = [read(p.name, p.read_bytes()).article for p in sorted((ROOT / "content" / "articles").glob("*.md"))]
STEPS = Listing(tuple(ListItem((Run(f"Step {n}."),), line=5) for n in range(4)), ordered=True, line=5)


def how_to() -> Article:
    made = article(
        section("overview", 150),
        section("types", 120),
        section("causes", 120),
        section("diagnosis", 200, id="steps", also=[STEPS]),
        section("management", 300),
        section("summary", 60, also=[callout("urgent")]),
    )
    return replace(made, title="How to wash your hands")


def test_the_steps_of_a_how_to_come_in_the_first_week() -> None:
    proposed = plan.propose(how_to(), "weekly_health_email")
    assert [issue.sections for issue in proposed.issues] == [
        ("overview", "steps"),
        ("types", "causes"),
        ("management", "summary"),
    ]
    assert plan.review(proposed, how_to()) == ()


def test_the_steps_come_in_the_first_days_too() -> None:
    daily = plan.propose(how_to(), "daily_health_newsletter", rhythm=Rhythm.DAILY)
    assert [issue.sections for issue in daily.issues][:2] == [("overview",), ("steps",)]


def test_an_opening_too_long_for_the_steps_comes_after_them() -> None:
    long = replace(how_to(), sections=(section("overview", 700), *how_to().sections[1:]))
    assert plan.propose(long, "p").issues[0].sections[0] == "steps"


def test_a_day_is_not_parted_for_the_advice_that_it_repeats() -> None:
    made = article(section("overview", 250), section("causes", 250), section("help", 200))
    daily = plan.propose(made, "p", rhythm=Rhythm.DAILY)
    assert [issue.sections for issue in daily.issues] == [("overview",), ("help",), ("causes",)]
    assert plan.review(daily, made) == ()


def test_a_title_is_no_list() -> None:
    made = [
        *OURS,
        whole(),
        how_to(),
        article(*(section(k, 30) for k in ("overview", "types", "causes", "symptoms"))),
    ]
    for one in made:
        for rhythm in Rhythm:
            theirs = {s.heading for s in one.sections} | {q.question for q in one.faq}
            titles = {issue.title for issue in plan.propose(one, "p", rhythm=rhythm).issues} - theirs
            assert [title for title in titles if re.search(r",.* and ", title.replace(", and ", " "))] == []


def test_a_title_names_what_most_of_the_letter_is_about() -> None:
    made = article(
        section("overview", 30),
        section("types", 20),
        section("causes", 90),
        section("symptoms", 20),
        section("management", 600),
    )
    assert plan.propose(made, "p").issues[0].title == "Causes"
    asked = article(
        section("management", 900),
        section("prevention", 190),
        section("summary", 140),
        faq=[question("why", 130)],
    )
    assert plan.propose(asked, "p").issues[-1].title == "Prevention, and your questions"


def test_a_letter_that_is_the_whole_series_has_the_title_of_the_article_and_counts_nothing() -> None:
    made = article(
        section("overview", 30), section("causes", 90), section("symptoms", 20), faq=[question("why", 30)]
    )
    (only,) = plan.propose(made, "weekly_health_email").issues
    assert only.title == "Sore knees"
    assert only.subject == "Your weekly health email: your questions and the basics"
    assert (
        only.preheader == "This letter is about the basics, causes and symptoms, and answers your questions."
    )
    (bare,) = plan.propose(article(section("other", 300)), "weekly_health_email").issues
    assert (bare.title, bare.subject) == ("Other", "Your weekly health email")
    assert bare.preheader == "This letter has all of it."


@pytest.mark.parametrize("subjects", list(Subjects))
@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_a_preheader_is_a_whole_sentence(subjects: Subjects, rhythm: Rhythm) -> None:
    for one in [*OURS, whole(), how_to()]:
        for issue in plan.propose(one, "p", rhythm=rhythm, subjects=subjects).issues:
            assert re.fullmatch(
                r"(?:This letter|Part \d+ of \d+|This is part \d+ of \d+)(?: (?:is|has|answers|sums) .+)?\.",
                issue.preheader,
            )
            assert len(issue.preheader) <= 110


def test_the_labels_of_a_how_to_are_not_those_of_a_condition() -> None:
    told = " ".join(issue.subject + issue.preheader for issue in plan.propose(how_to(), "p").issues)
    assert "the steps" in told
    assert not re.search("types|causes|tests|what happens next", told)
