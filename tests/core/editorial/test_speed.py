"""No article makes the rules slow: their time grows with its length, whatever stands in it."""

from __future__ import annotations

import time

import pytest

from pipeline.core.content.article import Article, Paragraph, Run, Section, SectionKind
from pipeline.core.editorial import check

_REPEATED = (
    "is common in 1 in 1000 ",
    "You can stop statins. ",
    "nothing to worry about ",
    "you have cancer, ",
    "10 to 5 mg ",
    ".5 mg ",
    "take 500 twice ",
    "as mentioned above ",
    "screening always finds ",
    "bosom cancer ",
    "clinically proven ",
    "{#a} [b c=",
    "studies show ",
    "diabetics the elderly ",
    "1 in 10 people, 50% ",
    "mamogram ",
    "a(",
    "no need to see a doctor, ",
    "Take 5 mg twice a day. ",
    "You can take it. Never take it. ",
    "if you, ",
    "a。",
    "garlic cures ",
    "put in the mouth ",
)


def _article(words: str) -> Article:
    return Article("T", "t", (Section("a", "A", 2, SectionKind.OTHER, (Paragraph((Run(words),), 2),)),))


def _distinct(size: int) -> str:
    """Words that are all different, so that whatever is kept for each of them shows."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    names = (a + b + c + d for a in letters for b in letters for c in letters for d in letters)
    pairs = (f"{name} {name.lower()}ise {name.lower()}ize mammo{name.lower()}" for name in names)
    return " ".join(next(pairs) for _ in range(size // 30))


@pytest.mark.parametrize("unit", [*_REPEATED, ""], ids=lambda unit: unit.strip() or "distinct words")
def test_four_times_the_words_take_about_four_times_the_time(unit: str) -> None:
    def seconds(size: int) -> float:
        article = _article(unit * (size // len(unit)) if unit else _distinct(size))
        began = time.process_time()
        check(article)
        return time.process_time() - began

    small = min(seconds(10_000) for _ in range(2))
    bound = 8 * small + 0.1
    tried: list[float] = []
    while len(tried) < 3 and (not tried or min(tried) >= bound):
        tried.append(seconds(40_000))
    assert min(tried) < bound, f"{small:.2f} s, then {min(tried):.2f} s for four times as much"
