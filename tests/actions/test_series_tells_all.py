"""The emails of a series, as they are sent, tell every sentence of the article once (E-14)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.actions.render_series import render_issue
from pipeline.core.content import importers
from pipeline.core.content.words import plain, texts
from pipeline.core.series import plan
from pipeline.core.series.issue import Rhythm

LONG = "\n\n".join(
    f"Point {n} stands alone. {' '.join([f'Word{n}x{w}' for w in range(70)])}."
    + (f"\n\nHowever, point {n} has a limit, and it may not hold for everyone.[1]" if n % 3 == 0 else "")
    + (f"\n\nThere are two kinds of it {n}:\n\n- the first {n}\n- the second {n}" if n % 4 == 0 else "")
    for n in range(14)
)
SAMPLE = f"""---
title: Sore shoulders
references:
  - text: "Sample A. Shoulders. J Examples. 2024."
---

## What it is

A sore shoulder is common, but it may have many causes.[1]

## Treatment

{LONG}

## When to get help

::: urgent "Call 999 if"
your arm is cold and blue.
:::

## Questions and answers

### Will it pass?

It often does, though not always.
"""


def flat(text: str) -> str:
    """Words only: no line breaks, no bars of boxes, no marks of citations."""
    return " ".join(
        re.sub(r"\[\d+\]|^\s*[|-] ?|\((?:https:|\S+@)\S+\)", " ", text, flags=re.MULTILINE).split()
    ).replace(" .", ".")


@pytest.mark.holds("E-14")
@pytest.mark.parametrize(
    ("name", "rhythm"),
    [("content/articles/breast-calcifications.md", Rhythm.DAILY), ("sample.md", Rhythm.WEEKLY)],
)
def test_the_text_of_the_emails_has_every_sentence_once(name: str, rhythm: Rhythm) -> None:
    source = SAMPLE.encode() if name == "sample.md" else Path(name).read_bytes()
    article = importers.read(name, source).article
    contents = plan.resolve(plan.propose(article, "p", rhythm=rhythm), article, demonstration=False)
    assert len(contents) > 1
    letters = [render_issue(replace(content, help=()), "The list")[0] for content in contents]
    said = flat("\n".join(letter.text for letter in letters))
    blocks = [b for s in article.sections for b in s.blocks] + [b for q in article.faq for b in q.answer]
    own = flat("\n".join(plain(inlines) for inlines, _ in texts(blocks)))
    for inlines, _ in texts(blocks):
        sentence = flat(plain(inlines))
        assert said.count(sentence) == own.count(sentence) > 0, sentence
    for content in contents:
        if content.help:
            whole = flat(render_issue(content, "The list")[0].text)
            assert "Repeated from issue" in whole or "Also in issue" in whole
            for inlines, _ in texts(content.help):
                assert flat(plain(inlines)) in whole, "a repetition is word for word"
