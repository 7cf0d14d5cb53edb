"""What a reviewer is shown of an edit: the blocks that differ, word by word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.content.article import Callout, Figure, Listing, ListItem, Run, Urgency
from pipeline.core.editorial.changes import changes
from tests.core.content.samples import markdown

BODY = (
    "## What it is\nIt is common and harmless in most people.\n\nIt goes away.\n\n## Causes\nNobody knows.\n"
)


def test_a_changed_block_is_shown_under_its_heading_with_the_words_that_changed() -> None:
    old, new = markdown(BODY).article, markdown(BODY.replace("most people", "some people")).article
    [found] = changes(old, new)
    assert found.under == "What it is"
    assert [run.words for run in found.before if run.change.value == "gone"] == ["most people."]
    assert [run.words for run in found.after if run.change.value == "new"] == ["some people."]


def test_blocks_that_came_and_went_are_shown_whole_and_the_same_article_has_no_changes() -> None:
    old = markdown(BODY).article
    new = markdown(
        BODY.replace("It goes away.\n\n", "").replace("Nobody knows.", "Nobody knows.\n\nAsk us.")
    ).article
    assert [(bool(c.before), bool(c.after), c.under) for c in changes(old, new)] == [
        (True, False, "Causes"),  # where it would stand now
        (False, True, "Causes"),
    ]
    assert changes(old, old) == ()


def test_a_change_of_the_front_matter_is_a_change() -> None:
    old = markdown(BODY).article
    [found] = changes(old, replace(old, disclaimer="Ask somebody who knows you."))
    assert "disclaimer" in " ".join(run.words for run in (*found.before, *found.after))


CLOCK = Figure("clock.png", "A clock at nine", "No hurry", sha256="a" * 64, width=600, height=400)


@pytest.mark.holds("E-01")
@pytest.mark.parametrize(
    "around",
    [
        lambda figure: figure,
        lambda figure: Callout(Urgency.NOTE, "Look", (figure,)),
        lambda figure: Listing((ListItem((Run("Look:"),), (figure,)),)),
    ],
)
def test_another_picture_under_the_same_name_is_a_change(around) -> None:
    old = markdown(BODY).article
    first, *rest = old.sections

    def told(figure: Figure):
        return replace(old, sections=(replace(first, blocks=(*first.blocks, around(figure))), *rest))

    [found] = changes(told(CLOCK), told(replace(CLOCK, sha256="b" * 64)))
    assert "aaaaaaaaaaaaaaaa" in " ".join(run.words for run in found.before if run.change.value == "gone")
    assert "bbbbbbbbbbbbbbbb" in " ".join(run.words for run in found.after if run.change.value == "new")
    assert changes(told(CLOCK), told(CLOCK)) == ()
