"""Pandoc's `@key says`: the sentence keeps whoever says it."""

from __future__ import annotations

import pytest

from pipeline.core.content.importers import read
from pipeline.core.content.words import plain, texts

HEAD = """---
title: Heart rhythm
date: 2025-01-01
references:
- id: nice2021
  title: Atrial fibrillation
  publisher: NICE
  issued: 2021
- id: bare
  title: Rhythm for all
  issued: 2020
- id: roe
  title: Rhythm
  author:
  - family: Roe
  publisher: Sample Press
  issued: 2020
---

# Treatment

"""


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("@nice2021 recommends tablets.", "NICE recommends tablets."),
        ("@bare recommends tablets.", "Rhythm for all recommends tablets."),
        ("@roe [p. 3] recommends tablets.", "Roe recommends tablets."),
        ("Roe -@roe recommends tablets.", "Roe recommends tablets."),
        ("Tablets are best [-@roe].", "Tablets are best."),
        ("A non-@unknown word and -@unknown.", "A non-@unknown word and -@unknown."),
    ],
)
def test_a_source_that_is_the_subject_of_its_sentence_is_named_once(written: str, wanted: str) -> None:
    article = read("a.md", f"{HEAD}{written}\n".encode()).article
    shown = [
        plain(text).replace(" .", ".") for section in article.sections for text, _ in texts(section.blocks)
    ]
    assert [" ".join(text.split()) for text in shown] == [wanted]
