"""Pages of plain text whose headings have no blank lines around them."""

from __future__ import annotations

import pytest

from pipeline.core.content.importers import read

GLUED = """Tennis elbow
By Ada Sample, MSc
Tennis elbow is a sore tendon on the outer side of the elbow, and it often comes from work that repeats one movement.[1]
What Causes It
Small tears come into the tendon when the forearm does the same work for many hours. Painters have it, and so do cooks.
Self-care at home
Rest the arm for some weeks and use a cold pack. Most people get better within a year, whatever they do about it.
• Use the other arm
• Take breaks
Exercises help as soon as the pain allows them. A physiotherapist can show them to you and see that you do them well.
"""
WRAPPED = """Tennis elbow

Tennis elbow is a sore tendon on the outer side of the elbow,
and it often comes from work that repeats one movement a lot.
What Causes It
Small tears come into the tendon when the forearm does the
same work for many hours. Painters have it, and so do cooks.
Self-care at home
Rest the arm for some weeks and use a cold pack. Most people
get better within a year, whatever they do about it. Doctors
call it lateral epicondylitis, which says where it is, and no more.
"""


@pytest.mark.parametrize("page", [GLUED, WRAPPED])
def test_headings_without_blank_lines_are_proposed_and_not_swallowed(page: str) -> None:
    reading = read("a.txt", page.encode())
    assert [section.heading for section in reading.article.sections] == [
        "Introduction",
        "What Causes It",
        "Self-care at home",
    ]
    assert [f.quote for f in reading.findings if f.rule == "bare-heading"] == [
        "What Causes It",
        "Self-care at home",
    ]


BELONGS = {
    "entries of a list": "Bring these to the clinic, since the nurse will ask for them:\nYour card\nA list of pills\n",
    "the end of a sentence": "Most people get better after some weeks of\nExercise Therapy\nwith a trained person.\n",
    "a year": "It was first told of by a doctor of the name of Runge in\n1873\nand found few who listened to him.\n",
    "a sentence": "The pain goes by itself in most people in a year.\nIt may come back.\nThen rest the arm again.\n",
    "a label over a short line": "The pain goes by itself in most people within a year.\nDr Ada Sample\nA surgeon\n",
}


@pytest.mark.parametrize("name", BELONGS)
def test_a_short_line_that_belongs_to_its_neighbours_is_no_heading(name: str) -> None:
    reading = read("a.txt", f"Tennis elbow\n\nTreatment\n\n{BELONGS[name]}".encode())
    assert "bare-heading" not in {f.rule for f in reading.findings}
    assert [section.heading for section in reading.article.sections] == ["Treatment"]
