"""A word of medicine that is spelt right is never called a slip: not by itself, nor beside one that looks like it."""

from __future__ import annotations

import re

from pipeline.core.content.article import Article, Paragraph, Run, Section, SectionKind
from pipeline.core.editorial.rules import misspelt_term, spelling
from pipeline.core.editorial.view import View
from tests.core.content.samples import ROOT

NAMES = (ROOT / "tests" / "samples" / "lists" / "medical_names.txt").read_text().split()
_OURS = [*(ROOT / "content").rglob("*.md"), *(ROOT / "tests" / "samples" / "sound").glob("*.md")]


def _doubted(words: str) -> list[str]:
    view = View(Article("T", "t", (Section("a", "A", 2, SectionKind.OTHER, (Paragraph((Run(words),), 2),)),)))
    return [hit.quote for rule in (misspelt_term, spelling) for hit in rule.RULE.check(view)]


def test_the_names_of_medicines_and_diseases_are_right() -> None:
    assert len(NAMES) > 1000
    assert _doubted(" ".join(NAMES)) == []
    assert _doubted(" ".join(f"{name}s" for name in NAMES)) == []
    american = sorted({name.replace("ae", "e").replace("oe", "e") for name in NAMES} - set(NAMES))
    assert _doubted(" ".join(american)) == []


def test_a_name_beside_another_that_looks_like_it_and_stands_often_is_right() -> None:
    assert _doubted("arthritis arthritis arthritis and arteritis, aphasia aphasia aphasia and aplasia") == []
    assert _doubted("arthritis arthritis arthritis and arthtitis") == ["arthtitis"]


def test_every_word_of_our_articles_is_right() -> None:
    for path in _OURS:
        words = sorted(set(re.findall(r"[a-z]+", path.read_text().lower())))
        assert _doubted(" ".join(words)) == [], path.name
