"""A rule silenced at a place, with a reason that is signed with the article and that the reviewer sees."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Finding
from pipeline.core.content.article_data import (
    article_from_data,
    article_to_data,
    finding_from_data,
    finding_to_data,
)
from pipeline.core.content.importers import read
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial import check, checked
from pipeline.core.errors import BadInput
from tests.core.content.samples import markdown
from tests.core.editorial.examples import written

NUMBER = "E-03.number-without-citation"
ALLOW = f"<!-- allow {NUMBER}: agreed by the unit -->"


def allowed(body: str) -> list[tuple[int, str, bool]]:
    """(line, reason, whether it blocks) of each finding but the references that these examples do not cite."""
    reading = checked(written(body))
    return [
        (f.line, f.allowed or f.rule, f.blocks) for f in reading.findings if f.rule != "uncited-reference"
    ]


@pytest.mark.parametrize(
    "body",
    [
        f"## A\n{ALLOW}\n\nIn 5 of us.\n",
        f"## A\n{ALLOW}\nIn 5 of us.\n",
        f"## A\n\nIn 5 of us. {ALLOW}\n",
        f"## A\nb\n\n{ALLOW}\n- c\n- In 5 of us.\n",
        f"## A\nb\n- c\n- In 5 of us. {ALLOW}\n",
        f'## A\n{ALLOW}\n::: note "B"\nc\n\nIn 5 of us.\n:::\n',
        f"## A\n{ALLOW}\n\n| a |\n| - |\n| In 5 of us. |\n",
        f"## A\n\n| a |\n| - |\n| In 5 of us. {ALLOW} |\n",
    ],
)
def test_an_allowance_before_or_in_a_block_silences_its_rule_there(body: str) -> None:
    assert [(reason, blocks) for _, reason, blocks in allowed(body)] == [("agreed by the unit", False)]
    again = written(write(written(body).article).split("---\n", 2)[2])
    assert write(again.article) == write(written(body).article)
    assert [f.allowed for f in check(again.article) if f.rule == NUMBER] == ["agreed by the unit"]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (f"## A\n{ALLOW}\n\nIn 5 of us.\n\nIn 6 of us.\n", [NUMBER]),
        (f"## A\n- In 5 of us.\n- b {ALLOW}\n", [NUMBER, "unused-allowance"]),
        (f"{ALLOW}\n## A\nIn 5 of us.\n", ["unused-allowance", NUMBER]),
        ("## A\nIn 5 of us. <!-- allow spelling: a name -->\n", [NUMBER, "unused-allowance"]),
        ("## A\nb <!-- allow speling: a name -->\n", ["unused-allowance"]),
        ("## A\nb <!-- allow series.apart: meant so -->\n", []),
    ],
)
def test_it_silences_nothing_else_and_one_that_silences_nothing_is_a_warning(
    body: str, left: list[str]
) -> None:
    assert [name for _, name, _ in allowed(body) if name != "agreed by the unit"] == left


def test_what_a_clinician_decides_stays_and_the_reason_goes_with_it() -> None:
    body = "## A\nLarge polyps (under 5 mm) need care.[1] <!-- allow contradictory-bound: as the source has it -->\n"
    assert allowed(body) == [(8, "as the source has it", True)]


def test_an_allowance_of_the_whole_article_stands_in_the_front_matter() -> None:
    front = (
        "title: T\ndisclaimer: Ask.\nreferences: [{text: One 2024, url: https://x.test/1}]\n"
        "allow: [{rule: uncited-reference, reason: further reading}]"
    )
    reading = checked(markdown("## A\nb\n", front=front))
    assert [f.allowed for f in reading.findings] == ["further reading"]
    assert "\nallow:\n  - rule: uncited-reference\n    reason: further reading\n" in write(reading.article)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("## A\nb <!-- allow spelling -->\n", "a.md:8: An allowance names a rule and says why"),
        ("## A\nb <!-- allow: a name -->\n", "a.md:8: An allowance names a rule and says why"),
        ("## A\nb\n\n<!-- allow spelling: x -->\n", "a.md:10: No block follows"),
        ("## A\n- b\n\n  <!-- allow spelling: x -->\n\nc\n", "a.md:10: No block follows"),
        (
            "## A\nb\n\n<!-- allow spelling: x -->\n## Questions and answers\n### C\nd\n",
            "a.md:10: No block follows",
        ),
        ("## A\n" + "b <!-- allow spelling: x -->\n\n" * 201, "a.md:408: The article has more than 200"),
    ],
)
def test_one_without_a_reason_or_a_place_is_refused(body: str, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        written(body)
    assert str(refused.value).startswith(told)


def test_other_comments_are_left_out_as_before() -> None:
    reading = written("## A\nb <!-- allowing for more -->\n")
    assert ([part.quote for part in reading.left_out], reading.article.allowances) == (
        ["allowing for more"],
        (),
    )


def test_it_survives_storage_and_older_data_has_none() -> None:
    article = written(f"## A\nIn 5 of us. {ALLOW}\n").article
    assert article_from_data(article_to_data(article)) == article
    assert check(article_from_data(article_to_data(article))) == check(article)
    older = {key: value for key, value in article_to_data(article).items() if key != "allowances"}
    assert article_from_data(older).allowances == ()
    finding = next(f for f in check(article) if f.allowed)
    assert finding_from_data(finding_to_data(finding)) == finding
    before = {"rule": "r", "severity": "B", "line": 1, "quote": "", "message": "m"}
    assert finding_from_data(before) == Finding("r", finding_from_data(before).severity, 1, "", "m")


def test_what_stands_on_a_page_of_somebody_else_silences_nothing_though_it_is_in_our_form() -> None:
    source = f"""---
title: Sore backs
allow:
  - rule: E-05.no-disclaimer
    reason: trust us
---

## A

In 5 of us. {ALLOW}
"""
    ours, theirs = (
        checked(read("a.md", source.encode(), url=url)) for url in ("", "https://there.example/a.md")
    )
    assert {f.rule for f in ours.findings if f.allowed} == {"E-05.no-disclaimer", NUMBER}
    assert theirs.article.allowances == ()
    assert {"E-05.no-disclaimer", NUMBER} <= {f.rule for f in theirs.findings if not f.allowed}
    assert [(part.line, part.quote) for part in theirs.left_out] == [
        (4, "E-05.no-disclaimer: trust us"),
        (10, f"{NUMBER}: agreed by the unit"),
    ]
