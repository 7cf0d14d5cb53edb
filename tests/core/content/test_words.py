from __future__ import annotations

import pytest

from pipeline.core.content.article import Cite, Paragraph, Run
from pipeline.core.content.words import plain, reading_minutes, word_count
from tests.core.content.samples import markdown


def test_words_are_counted_in_every_kind_of_block() -> None:
    body = (
        "## A\none two - three.[1]\n\n- four\n  - five\n\n| six | |\n| - | - |\n| seven | 8 |\n\n"
        '::: note "nine ten"\neleven\n:::\n'
    )
    assert word_count(markdown(body).article.sections[0].blocks) == 11


def test_no_words_are_none() -> None:
    assert word_count(()) == 0
    assert word_count((Paragraph((Run(" – "), Cite(("a",)))),)) == 0


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (200, 1), (201, 2), (1000, 5)])
def test_reading_takes_a_minute_for_each_two_hundred_words(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a [1].", "a."),
        ("a[1] b", "a b"),
        ("a [1] b", "a b"),
        ("a [1]", "a"),
        ("**a**[1], b", "a, b"),
        ("a [1][2].", "a."),
    ],
)
def test_plain_words_show_no_trace_of_a_mark(text: str, words: str) -> None:
    (block,) = markdown(f"## A\n{text}\n").article.sections[0].blocks
    assert isinstance(block, Paragraph)
    assert plain(block.text) == words
