"""A first look at the risks is on file, and says what the operator has still to answer."""

from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "dpia-screening.md"


@pytest.mark.holds("C-26")
def test_the_screening_asks_about_children_and_leaves_the_answer_to_the_operator():
    words = PAGE.read_text(encoding="utf-8")
    assert "accessed by children" in words
    assert "**The operator\ncompletes it**" in words
