"""What an article seems to have lost, told from its Markdown form: every reader's article passes here."""

from __future__ import annotations

import pytest

from pipeline.core.content.importers import read
from tests.core.content.samples import markdown

_SENTENCES = "Colds pass. They need no pills and get better by themselves"

LOST = {
    "a list at the end": ("## A\nPossible side effects are:\n", [("lost-list", "A", 8)]),
    "a list before a heading": ("## A\nSymptoms include:\n\n## B\nx.\n", [("lost-list", "A", 8)]),
    "a list in an answer": ("## A\nx.\n\n## FAQ\n\n### Why?\nThe causes are:\n", [("lost-list", "A", 13)]),
    "a list under an entry": ("## A\n- one\n- such as:\n", [("lost-list", "A", 9)]),
    "a list in a box": ('::: urgent "x"\nCall if:\n:::\n', [("lost-list", "A", 9)]),
    "all of a box": ('::: urgent "Call if:"\n:::\n', [("lost-box", "A", 8)]),
    "a list before sentences": (
        "## A\nThe symptoms are:\n\nSome people stay well for weeks. Others feel tired at once and need some rest.\n",
        [("lost-list", "B", 8)],
    ),
    "the end of a sentence": (f"## A\n{_SENTENCES} within the\n", [("lost-end", "B", 8)]),
    "the rest of the page": (f"## A\n{_SENTENCES}...\n", [("lost-end", "B", 8)]),
    "a full stop and what follows": (f"## A\n{_SENTENCES} within ten da\n", [("lost-end", "B", 8)]),
    "a table": ("## A\nThe doses are in the table below.\n", [("lost-table", "B", 8)]),
    "the rows of a table": ("## A\n| a | b |\n| - | - |\n|  |  |\n", [("empty-table", "B", 8)]),
    "the entries of a list": ("## A\nx.\n\n- \n- \n", [("empty-list", "B", 10)]),
    "a list in Chinese": ("## A\n主要症状包括：\n", [("lost-list", "A", 8)]),
}


@pytest.mark.parametrize("name", LOST)
def test_a_loss_is_an_error_at_its_line(name: str) -> None:
    body, expected = LOST[name]
    body = body if body.startswith("## ") else f"## A\n{body}"
    found = [(f.rule, f.severity.value, f.line) for f in markdown(body).findings]
    assert [row for row in found if row[0].startswith(("lost", "empty"))] == expected


WHOLE = {
    "a list": "## A\nSymptoms include:\n\n- cough\n",
    "a table": "## A\nThe doses are in the table below:\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
    "a box": '## A\nCall now if:\n\n::: urgent "x"\nit hurts\n:::\n',
    "lines for a list": "## A\nSymptoms include:\n\ncough\n\nsneezing\n",
    "a quotation": "## A\nThe trust says:\n\nColds pass. They need no pills, and they get better by themselves.\n",
    "smaller sections": "## A\nThere are two types:\n\n### B\nx.\n\n### C\ny.\n",
    "a nested list": "## A\n- such as:\n  - cough\n",
    "a label": "## A\nSource of the picture: Example Trust\n",
    "a last sentence in brackets": f"## A\n{_SENTENCES} (mostly).\n",
    "a last sentence with a mark": f"## A\n{_SENTENCES}.[1]\n",
    "a last sentence in Japanese": "## A\n" + "風邪は自然に治ります。 " * 9 + "\n",
    "a table of a trial": "## A\nThe periodic table lists all elements. It hangs in every school that we know.\n",
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_whole_is_left_in_peace(name: str) -> None:
    rules = {finding.rule for finding in markdown(WHOLE[name]).findings}
    assert not {rule for rule in rules if rule.startswith(("lost", "empty"))}


def test_a_scrape_that_lost_a_list_says_so() -> None:
    source = b"Colds\n\nMedicines\n\nPossible side effects are:\n\nCare\n\nRest and drink.\n"
    assert [(f.rule, f.line) for f in read("a.txt", source).findings] == [("lost-list", 5)]


def test_a_picture_of_a_table_is_a_lost_table() -> None:
    source = b"<h1>Colds</h1><h2>A</h2><p>x y.\n<img src=/img/table-2.png alt='Doses by age'><img src=a.png alt=Nose>"
    assert [(f.rule, f.line) for f in read("a.html", source).findings] == [("lost-table", 2)]


def test_a_page_that_lost_a_list_or_a_table_says_so() -> None:
    source = (
        b"<h1>Colds</h1>\n<h2>A</h2><p>Side effects include:</p>\n<ul><li></li><li> </li></ul>\n"
        b"<table><tr><th></th></tr><tr><td></td></tr></table>"
    )
    assert [(f.rule, f.line) for f in read("a.html", source).findings] == [
        ("lost-list", 2),
        ("empty-list", 3),
        ("empty-table", 4),
    ]
