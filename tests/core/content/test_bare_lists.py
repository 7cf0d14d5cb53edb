"""A list whose marks a scrape lost is a list again, and somebody is asked where it ends."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Block, Listing, Severity
from pipeline.core.content.importers import read
from pipeline.core.content.words import plain

PAGE = "Hay fever\n\nWhat hay fever is\n\nIt is an allergy to pollen, and it comes back in spring.\n\nSymptoms\n\n{}\n"


def body_of(words: str) -> tuple[list[Block], list[str]]:
    reading = read("a.txt", PAGE.format(words).encode())
    asked = [f.quote for f in reading.findings if f.rule == "list-without-marks"]
    assert all(f.severity is Severity.B for f in reading.findings if f.rule == "list-without-marks")
    return list(reading.article.sections[-1].blocks), asked


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_short_lines_after_a_lead_in_are_its_list(between: str) -> None:
    lines = between.join(["Hay fever can cause:", "sneezing", "a runny nose", "itchy eyes."])
    blocks, asked = body_of(f"{lines}\n\nSee a GP if it gets worse, or if it does not go away.")
    assert asked == ["Hay fever can cause:"]
    assert isinstance(blocks[1], Listing)
    assert [plain(item.text) for item in blocks[1].items] == ["sneezing", "a runny nose", "itchy eyes."]
    assert len(blocks) == 3


@pytest.mark.parametrize(
    "words",
    [
        "Remember this:\n\nHay fever goes away in the end.\n\nIt comes back in spring.",
        "Hay fever can cause:\n\n- sneezing\n- itchy eyes",
        "Hay fever can make you sneeze.\n\nsneezing\n\nitchy eyes",
    ],
)
def test_other_lines_stay_what_they_are(words: str) -> None:
    assert body_of(words)[1] == []
