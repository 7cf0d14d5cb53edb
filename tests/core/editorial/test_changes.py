"""What a reviewer is shown of an edit: the blocks that differ, word by word."""

from __future__ import annotations

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
    from dataclasses import replace

    [found] = changes(old, replace(old, disclaimer="Ask somebody who knows you."))
    assert "disclaimer" in " ".join(run.words for run in (*found.before, *found.after))
