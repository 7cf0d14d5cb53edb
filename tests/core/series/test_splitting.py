"""Where an article is parted: samples as publishers have them, with what a good editor would do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count, pairwise
from time import process_time

import pytest

from pipeline.core.content import importers
from pipeline.core.content.article import Article, Paragraph, Run
from pipeline.core.content.words import plain
from pipeline.core.series import plan
from pipeline.core.series.grouping import even_runs
from pipeline.core.series.issue import Rhythm
from pipeline.core.series.parts import anchors
from tests.core.series.articles import section

_word = count()


def read(title: str, *body: str) -> Article:
    source = f"---\ntitle: {title}\n---\n\n" + "\n\n".join(body) + "\n"
    return importers.read("sample.md", source.encode()).article


def asked(title: str, *questions: str) -> Article:
    return replace(read(title, "## Gone", "## Questions and answers", *questions), sections=())


def prose(words: int, opening: str = "Most people") -> str:
    """A paragraph of its own words."""
    return f"{opening} {' '.join(f'w{next(_word)}' for _ in range(words - 3))} end."


def shape(article: Article, rhythm: Rhythm = Rhythm.WEEKLY) -> list[list[str]]:
    proposed = plan.propose(article, "p", rhythm=rhythm)
    assert not [f for f in plan.review(proposed, article) if f.rule not in ("series.no_help", "series.long")]
    return [
        [
            *(s.partition("#")[0] + "#" * ("#" in s) for s in issue.sections),
            *(f"?{q}" for q in issue.questions),
        ]
        for issue in proposed.issues
    ]


def numbered(kind: str, times: int, words: int) -> list[str]:
    return [line for n in range(times) for line in (f"## {kind} {n}", prose(words))]


HELP = '::: urgent "Call 999 if"\nsomebody cannot breathe.\n:::'
SHAPES = {
    "the page has management before diagnosis, and urgent advice at its end": (
        read(
            "Sore knees",
            *("## What it is", prose(300), "## Treatment", prose(300), "## Diagnosis", prose(300)),
            *("## Symptoms", prose(300), "## When to get help", HELP),
        ),
        [["what-it-is", "when-to-get-help"], ["symptoms"], ["diagnosis"], ["treatment"]],
    ),
    "a how-to keeps its steps in the order of the page": (
        read(
            "How to use an inhaler",
            *("## Treatment it is for", prose(300), "## What it is", prose(300)),
            *("## Test that it works", prose(300), "## Breathe in", prose(300)),
        ),
        [["treatment-it-is-for", "what-it-is"], ["test-that-it-works", "breathe-in"]],
    ),
    "numbered headings are steps too": (
        read("Washing hands", "## Step 1: treat the tap", prose(300), "## Step 2: what is soap", prose(300)),
        [["step-1-treat-the-tap"], ["step-2-what-is-soap"]],
    ),
    "questions alone, few": (
        asked("Colds", *(f"### Why {n}?\n\n{prose(90)}" for n in range(4))),
        [["?why-0", "?why-1", "?why-2", "?why-3"]],
    ),
    "questions alone, ten minutes of them: whole questions, evenly": (
        asked("Colds", *(f"### Why {n}?\n\n{prose(198)}" for n in range(10))),
        [
            [f"?why-{n}" for n in (0, 1, 2)],
            [f"?why-{n}" for n in (3, 4, 5)],
            [f"?why-{n}" for n in (6, 7, 8, 9)],
        ],
    ),
    "headings that say nothing of their kind stay in the order of the page": (
        read("Naps", "## Zebra", prose(390), "## Apple", prose(390), "## Middle", prose(390)),
        [["zebra"], ["apple", "middle"]],
    ),
    "one short section": (read("Naps", "## Naps", prose(120)), [["naps"]]),
    "one long section without a sub-heading": (
        read("Naps", "## Naps", *(prose(150) for _ in range(12))),
        [["naps"], ["naps#"], ["naps#"]],
    ),
    "sub-headings before blocks": (
        read(
            "Naps",
            *(
                "## Treatment",
                prose(60),
                "### Rest",
                prose(300),
                prose(300),
                "### Light",
                prose(300),
                prose(300),
            ),
        ),
        [["treatment", "rest"], ["light"]],
    ),
    "a sub-section that is too long by itself": (
        read("Naps", "## Treatment", prose(60), "### Rest", *(prose(300) for _ in range(5))),
        [["treatment", "rest"], ["rest#"], ["rest#"]],
    ),
    "a heading that leads up to the next": (
        read("Naps", "## Causes", f"{prose(700)} There are more:", "## Treatment", prose(300)),
        [["causes", "treatment"]],
    ),
    "a section that takes back the one before it": (
        read("Naps", "## Causes", prose(300), "## Treatment", prose(300, "However, it")),
        [["causes", "treatment"]],
    ),
    "forty sections": (read("Naps", *numbered("Nap", 40, 100)), [None] * 6),
}


@pytest.mark.parametrize("name", SHAPES)
def test_an_article_is_parted_as_a_good_editor_would(name: str) -> None:
    article, wanted = SHAPES[name]
    found = shape(article)
    assert len(found) == len(wanted) if None in wanted else found == wanted
    proposed = plan.propose(article, "p")
    if len(proposed.issues) > 1 and "leads" not in name and "takes back" not in name:
        minutes = [c.reading_minutes for c in plan.resolve(proposed, article, False)]
        assert all(2 <= m <= 4 for m in minutes), minutes


LIST = "- One thing\n- Another thing"
TABLE = "| A | B |\n| --- | --- |\n| C | D |"
NOTE = '::: note "Mind"\na thing.\n:::'
HELD = {
    "a lead-in and its list": (f"{prose(400)} These are:", f"{LIST}\n\n{prose(400)}"),
    "an introduction without a colon and its list": (prose(400), f"{LIST}\n\n{prose(400)}"),
    "a sentence and its table": (prose(400), f"{TABLE}\n\n{prose(400)}"),
    "a lead-in and what follows": (f"{prose(400)} Remember:", prose(400)),
    "a hedge": (prose(400), prose(400, "However, it")),
    "a short hedge": (prose(400), prose(400, "But they")),
    "a hedge in bold": (prose(400), prose(400, "**However**, it")),
    "a word that points back": (prose(400), prose(400, "This can")),
    "a box": (prose(400), f"{NOTE}\n\n{prose(400)}"),
    "the middle of a sentence": (f"{prose(400)[:-1]} and", prose(400)),
}
PARTED = {
    "two thoughts": (prose(410), prose(400)),
    "a list and a new thought": (f"{prose(380)}\n\n{LIST}", prose(430)),
    "a word that only begins like a hedge": (prose(410), prose(400, "Buttered toast")),
}


@pytest.mark.holds("E-14")
@pytest.mark.parametrize("name", [*HELD, *PARTED])
def test_what_belongs_together_is_never_cut(name: str) -> None:
    first, second = HELD.get(name) or PARTED[name]
    article = read("Naps", "## Naps", first, second)
    parts = [
        len(s.blocks) for c in plan.resolve(plan.propose(article, "p"), article, False) for s in c.sections
    ]
    assert sum(parts) == len(article.sections[0].blocks)
    assert parts[0] != 1 if name in HELD else len(parts) == 2


@pytest.mark.parametrize(
    ("language", "issues"), [("ja", 2), ("ar", 1), ("zz", 1)], ids=["Japanese", "Arabic", "unknown"]
)
def test_japanese_is_counted_in_signs_and_a_strange_language_is_not_cut(language: str, issues: int) -> None:
    thought = f"水を飲むことは体に良いことです。{'水を飲むことは体に良いことです。' * 39}"
    article = read("水\nlanguage: " + language, "## 水の話", thought, thought, thought, f"しかし、{thought}")
    proposed = plan.propose(article, "p")
    contents = plan.resolve(proposed, article, False)
    assert len(contents) == issues
    assert sum(content.words for content in contents) in range(1450, 1700), (
        "2,560 signs take the time of some 1,600 words"
    )
    if issues == 2:
        (opening, name) = (n for i in proposed.issues for n in i.sections)
        assert name == f"{opening}#{anchors(article.sections[0])[2]}"
        assert len(contents[1].sections[0].blocks) == 2, "the hedge came with what it hedges"


def test_the_daily_letter_has_one_question_or_tip_a_day() -> None:
    article = read(
        "Naps",
        *("## Why naps", prose(120), "## Treatment", prose(180), prose(180), "### Light", prose(30)),
        *(
            "## Questions and answers",
            f"### Why?\n\n{prose(60)}",
            f"### Who?\n\n{prose(60)}",
            "## Summary",
            prose(110),
        ),
    )
    proposed = plan.propose(article, "daily_health_newsletter")
    assert (proposed.rhythm, proposed.slug) == (Rhythm.DAILY, "naps-daily")
    assert shape(article, Rhythm.DAILY) == [
        ["why-naps"],
        ["treatment"],
        ["treatment#", "light"],
        ["?why"],
        ["?who"],
        ["summary"],
    ]
    assert [i.title for i in proposed.issues[3:5]] == ["Why?", "Who?"]
    for content in plan.resolve(proposed, article, False):
        assert content.questions or 100 <= content.words <= 300, "30 to 90 seconds"


@dataclass
class Runs:
    weights: list[int]
    most: int
    wanted: list[list[int]]


@pytest.mark.parametrize(
    "case",
    [
        Runs([100] * 10, 400, [[100] * 3, [100] * 3, [100] * 4]),
        Runs([1, 1, 1, 900, 1], 800, [[1, 1, 1], [900], [1]]),
        Runs([500, 500], 800, [[500], [500]]),
        Runs([0, 0, 5], 3, [[0, 0, 5]]),
        Runs([], 3, []),
    ],
    ids=str,
)
def test_runs_are_few_and_even(case: Runs) -> None:
    runs = even_runs(case.weights, case.most)
    assert [case.weights[a:b] for a, b in runs] == case.wanted
    assert all(before[1] == after[0] for before, after in pairwise(runs))


def test_a_part_is_named_by_its_first_words_whatever_is_edited_elsewhere() -> None:
    paragraphs = [prose(200, f"Thought number{n} is") for n in range(6)]
    article = read("Naps", "## Naps", *paragraphs)
    proposed = plan.propose(article, "p")
    assert [i.sections for i in proposed.issues] == [("naps",), (f"naps#{anchors(article.sections[0])[3]}",)]
    assert proposed.issues[1].sections[0].startswith("naps#thought-number3-is-w")
    edited = [
        f"{paragraphs[0]} More.",
        "A new one.",
        *paragraphs[1:3],
        f"{paragraphs[3]} More.",
        *paragraphs[4:],
    ]
    again = read("Naps", "## A new heading {#naps}", *edited, "## Another", prose(20))
    parts = [s for c in plan.resolve(proposed, again, False) for s in c.sections]
    assert [b for s in parts for b in s.blocks] == list(again.sections[0].blocks)
    assert isinstance(parts[1].blocks[0], Paragraph)
    assert plain(parts[1].blocks[0].text).startswith("Thought number3")


def test_two_blocks_that_begin_alike_are_told_apart() -> None:
    article = read("Naps", "## Naps", *(f"Take one tablet in the morning of day {n}." for n in range(3)))
    names = anchors(article.sections[0])
    assert len(set(names)) == 3
    assert all(name.startswith("take-one-tablet-in-the-morning-") for name in names)


def test_a_section_of_a_thousand_paragraphs_is_planned_at_once() -> None:
    """It would take a minute if each part looked at all the blocks of its section to find its name."""
    blocks = tuple(Paragraph((Run(prose(30)),)) for _ in range(1000))
    deep = replace(read("Naps", "## Naps", "One."), sections=(replace(section("other"), blocks=blocks),))
    start = process_time()
    proposed = plan.propose(deep, "p", rhythm=Rhythm.DAILY)
    plan.replan(proposed, deep, (1,))
    assert process_time() - start < 1.5
    assert len(proposed.issues) > 90
