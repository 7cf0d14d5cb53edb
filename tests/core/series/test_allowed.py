"""What an article allows, with a reason, of the remarks on its plan; and what no reason lifts (E-14)."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Article
from pipeline.core.content.importers import read
from pipeline.core.series import plan
from pipeline.core.series.issue import PlannedIssue, SeriesPlan

PAGE = """---
title: Sore knees
allow:
  - rule: series.no_help
    reason: a page for physiotherapists
---

## What it is

Many knees are sore.

## Causes

Running.

## Treatment

Take tablets.

<!-- allow series.cut: the letters come on one day -->

However, you should not take them with other tablets.

<!-- allow series.left_out: it is on our site -->
## Warning

You must not drive.

<!-- allow series.left_out: it is on our site -->
## History

Knees were sore in Rome.
"""


def article() -> Article:
    return read("a.md", PAGE.encode()).article


def series(*issues: tuple[str, ...]) -> SeriesPlan:
    return SeriesPlan(
        "knees",
        "Knees",
        "sore-knees",
        "p",
        tuple(
            PlannedIssue(n, f"Issue {n}", f"Issue {n}", "", names, ()) for n, names in enumerate(issues, 1)
        ),
    )


@pytest.mark.holds("E-14")
def test_a_reason_silences_remarks_but_lets_no_series_go_out_that_does_not_tell_the_whole() -> None:
    torn = series(("treatment",), ("treatment#however-you-should-not-take-them", "what-it-is", "causes"))
    told = plan.review(torn, article())
    allowed = {f.rule: f.allowed for f in told if f.allowed}
    assert allowed["series.no_help"] == "a page for physiotherapists"
    assert [(f.rule, f.blocks) for f in told if f.allowed and f.blocks] == []
    grave = [f for f in told if f.rule in ("series.cut", "series.left_out") and f.blocks]
    assert {f.rule for f in grave} == {"series.cut", "series.left_out"}
    assert all(not f.allowed and "does not lift this: no campaign begins (E-14)" in f.message for f in grave)
    assert plan.incomplete(told) in grave
    assert {f.quote for f in told if f.rule == "series.left_out" and f.allowed} == {"History"}


def test_a_remark_that_nothing_allows_stays() -> None:
    whole = series(("what-it-is", "causes", "treatment", "warning", "history"))
    told = plan.review(whole, article())
    assert plan.incomplete(told) is None
    assert [f.rule for f in told if not f.allowed] == []
