"""Subjects and preheaders: discreet unless an editor wants them open, short, and calm (C-29, P-06)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.series import plan
from pipeline.core.series.issue import Rhythm, Subjects
from pipeline.core.series.wording import cries
from tests.core.series.articles import article, question, section, whole

LONG = "Everything that there is to know about sore knees and what you can do about them at home"


def subjects(title: str, *sections: object, subjects: Subjects = Subjects.OPEN, **more: object) -> list[str]:
    made = replace(article(*sections, **more), title=title)
    return [issue.subject for issue in plan.propose(made, "weekly_health_email", subjects=subjects).issues]


def headed(heading: str, kind: str = "other") -> object:
    return replace(section(kind, 300), heading=heading)


@pytest.mark.holds("C-29")
def test_the_default_is_discreet_and_open_subjects_are_a_choice() -> None:
    for rhythm in Rhythm:
        for issue in plan.propose(whole(), "p", rhythm=rhythm).issues:
            assert "knee" not in f"{issue.subject} {issue.preheader}".casefold()
    made = plan.propose(whole(), "p", subjects=Subjects.OPEN)
    assert [issue.subject for issue in made.issues][:3] == [
        "Sore knees: the basics and when to get help",
        "Sore knees: the types",
        "Sore knees: causes and symptoms",
    ]
    assert plan.review(made, whole()) == ()
    assert {f.rule for f in plan.review(replace(made, subjects=Subjects.DISCREET), whole())} == {
        "series.subject"
    }


@pytest.mark.parametrize(
    ("title", "heading", "wanted"),
    [
        ("Sore knees", "What about stairs", "What about stairs"),
        ("Sore knees: a guide", "Types", "Types"),
        ("SORE KNEES", "STAIRS AND STEPS", "Stairs and steps"),
        ("Sore knees \N{COLLISION SYMBOL}", "Stairs \N{FIRE}!", "Stairs"),
        ("Re: sore knees", "RE: Fwd: stairs", "Stairs"),
        ("Sore knees", "This one trick for stairs", "Sore knees"),
        (
            "You won't believe these knees",
            "10 reasons for shocking stairs",
            "Your weekly health email",
        ),
        (LONG, LONG, "Your weekly health email"),
        ("膝の痛み", "階段の上り下り", "階段の上り下り"),
    ],
)
@pytest.mark.holds("C-29")
def test_an_open_subject_is_calm_and_fits_a_phone(title: str, heading: str, wanted: str) -> None:
    assert subjects(title, headed(heading)) == [wanted]


def test_an_open_subject_says_as_much_as_fits() -> None:
    made = subjects(
        "Sore knees and ankles", *(section(k, 20) for k in ("types", "causes", "diagnosis", "summary"))
    )
    assert made == ["Sore knees and ankles: the types, causes and tests"]


@pytest.mark.parametrize(
    "subject", ["Re: your knees", "KNEES", "Act now", "Knees!", "Knees \N{FIRE}", "FW: x", "All about KNEES"]
)
def test_a_subject_that_cries_is_flagged(subject: str) -> None:
    assert cries(subject)
    made = plan.propose(whole(), "p", subjects=Subjects.OPEN)
    loud = replace(made, issues=(replace(made.issues[0], subject=subject), *made.issues[1:]))
    assert [f.rule for f in plan.review(loud, whole())] == ["series.subject"]


@pytest.mark.parametrize(
    "subject", ["What an MRI scan shows", "Ready, steady", "Reading a result", "HIV and you"]
)
def test_a_calm_subject_is_not(subject: str) -> None:
    assert cries(subject) == ""


def test_a_preheader_is_no_sentence_of_the_article_and_short() -> None:
    for chosen in Subjects:
        for issue in plan.propose(whole(), "p", subjects=chosen).issues:
            assert issue.preheader.startswith(f"Part {issue.number} of ")
            assert len(issue.preheader) <= 110


def test_titles_are_told_apart() -> None:
    faq = [question(f"q{n}", 300) for n in range(8)]
    titles = [i.title for i in plan.propose(article(section("types"), faq=faq), "p").issues]
    assert titles[-2:] == ["Your questions (part 3)", "Your questions (part 4)"]
