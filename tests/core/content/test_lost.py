"""What an article seems to have lost, told from its Markdown form: every reader's article passes here."""

from __future__ import annotations

import pytest

from pipeline.core.content.importers import read
from tests.core.content.samples import markdown

_SENTENCES = "Colds pass. They need no pills and get better by themselves"

_PROSE = "Most people stay well for many weeks after it. Others feel tired at once and need some rest."

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
    "a list about an appointment": (
        f"## A\nAsk for an urgent appointment or call 111 if:\n\n{_PROSE}\n",
        [("lost-list", "A", 8)],
    ),
    "a list about a GP": (f"## A\nAsk your GP if:\n\n{_PROSE}\n", [("lost-list", "A", 8)]),
    "a list about 999": (f"## A\nCall 999 if:\n\n{_PROSE}\n", [("lost-list", "A", 8)]),
    "a list about side effects": (
        f"## Side effects\nThe most common of them:\n\n{_PROSE}\n",
        [("lost-list", "A", 8)],
    ),
    "a list that no known word leads into": (
        f"## A\nPeople find this of use in winter:\n\n{_PROSE}\n",
        [("lost-list", "B", 8)],
    ),
    "a list without a colon": ("## A\nThe signs include\n\n## B\nx.\n", [("lost-list", "B", 8)]),
    "a list after bold words": (
        f"## A\n**Ask for help at once when:**\n\n{_PROSE}\n",
        [("lost-list", "A", 8)],
    ),
    "advice without a colon": ("## A\nYou should see a doctor if\n", [("lost-list", "A", 8)]),
    "a list without a colon before prose": (
        f"## A\nSome people get worse when the side effects are\n\n{_PROSE}\n",
        [("lost-list", "A", 8)],
    ),
    "a list under a heading": (f"## Call 999 if:\n{_PROSE}\n", [("lost-list", "A", 7)]),
    "a list under the title of a box": (
        f'## A\nx.\n\n::: urgent "Call 999 if:"\n{_PROSE}\n:::\n',
        [("lost-list", "A", 10)],
    ),
    "a list in German": (f"## A\nNehmen Sie das Mittel nicht wenn:\n\n{_PROSE}\n", [("lost-list", "B", 8)]),
    "side effects in Spanish": (f"## A\nLos efectos secundarios son:\n\n{_PROSE}\n", [("lost-list", "A", 8)]),
    "a list in Japanese before prose": (
        "## A\n主な副作用は次のとおりです：\n\n風邪は自然に治ります。水をよく飲み、よく休んでください。\n",
        [("lost-list", "A", 8)],
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
    "a bold label": f"## A\nx.\n\n**The drops for both of the eyes:**\n\n{_PROSE}\n",
    "a label that asks": f"## A\nHow to use the drops at home:\n\n{_PROSE}\n",
    "a short answer": "## FAQ\n\n### How long does it last?\nIn short:\n\nAbout a week.\n",
    "an answer in two lines": "## FAQ\n\n### Why?\nThe short answer for most people:\n\nA virus.\n",
    "a label": f"## A\nIn children:\n\n{_PROSE}\n",
    "words of somebody": f"## A\nAs one nurse put it to us:\n\n“{_PROSE}”\n",
    "an example": f"## A\nTake this, for example:\n\n{_PROSE}\n",
    "a list written as numbered lines": f"## A\nDo these things in turn:\n\n(a) {_PROSE}\n",
    "a picture": "## A\nThey look like this in most people:\n\n![Dots](images/dots.png)\n",
    "a quotation mark": "## A\nThe leaflet of the maker has it so:\n\n> Colds pass.\n",
    "a heading that asks": "## What the first symptoms are\nx y.\n",
    "a heading that names": "## Who you are\nx y.\n",
    "a list in French": "## A\nLes signes sont :\n\n- la toux\n",
    "a quotation": "## A\nThe trust says:\n\nColds pass. They need no pills, and they get better by themselves.\n",
    "smaller sections": "## A\nThere are two types:\n\n### B\nx.\n\n### C\ny.\n",
    "a nested list": "## A\n- such as:\n  - cough\n",
    "a credit": "## A\nSource of the picture: Example Trust\n",
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


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>Call 111 if:</p>\n<ul></ul><p>Rest.</p>", [("lost-list", "A", 2)]),
        ("<p>It may help to:</p>\n<ul>\n</ul><p>Rest.</p>", [("lost-list", "B", 2)]),
        (
            "<p>Call 999 if you have:</p>\n<ul class=menu><li>a rash<li>fever</ul><p>Rest.</p>",
            [("lost-list", "A", 2)],
        ),
        ("<p>Do:</p><div class=promo><ul><li>rest<li>drink</ul></div><p>Rest.</p>", [("lost-list", "B", 2)]),
        (
            "<div><p>Call 111 if:</p>\n</div><aside><ul><li>it hurts</ul></aside><p>Rest.</p>",
            [("lost-list", "A", 2)],
        ),
        ("<p>Share this:</p><ul class=share><li>Post<li>Mail</ul><p>Rest.</p>", []),
        ("<p>It may help to:</p><ul><li>rest</ul><p>Rest.</p>", []),
    ],
)
def test_a_page_whose_list_is_empty_or_was_furniture_says_so(
    body: str, found: list[tuple[str, str, int]]
) -> None:
    source = f"<main><h1>Colds</h1>\n<h2>A</h2><p>x y.</p>{body}</main>"
    lost = [f for f in read("a.html", source.encode()).findings if f.rule.startswith("lost")]
    assert [(f.rule, f.severity, f.line) for f in lost] == found


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
