"""What a check of the references found stands while the reference does, wherever it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.content.article import Finding, Severity
from pipeline.core.editorial.reference_outcomes import outcome, standing_outcomes
from tests.core.content.samples import markdown

ARTICLE = markdown("## A\nb [1,2,3]\n").article
RETRACTED = Finding("retracted-reference", Severity.A, 99, "Two", "Reference 2 was retracted (Retraction).")
KEPT = [outcome(ARTICLE.references[1], RETRACTED)]


def test_it_stands_on_the_line_and_under_the_number_that_the_reference_has_now() -> None:
    first, second, third = ARTICLE.references
    moved = replace(ARTICLE, references=(second, first, third))
    moved = replace(
        moved, references=tuple(replace(r, number=n, line=n) for n, r in enumerate(moved.references, 1))
    )
    [found] = standing_outcomes(moved, KEPT)
    assert (found.line, found.message, found.severity) == (
        1,
        "Reference 1 was retracted (Retraction).",
        Severity.A,
    )


@pytest.mark.parametrize(
    "change", [{"text": "Another"}, {"url": "https://x.test/"}, {"doi": "10.1/x"}, {"pmid": "1"}]
)
def test_a_reference_that_was_mended_has_none(change: dict[str, str]) -> None:
    first, second, third = ARTICLE.references
    assert standing_outcomes(ARTICLE, KEPT)
    assert (
        standing_outcomes(replace(ARTICLE, references=(first, replace(second, **change), third)), KEPT) == ()
    )
    assert standing_outcomes(replace(ARTICLE, references=(first, third)), KEPT) == ()


def test_an_author_allows_a_dead_link_with_a_reason_and_a_retraction_never() -> None:
    front = (
        "title: T\nreferences: [{text: One}, {text: Two}]\n"
        "allow: [{rule: dead-link, reason: the printed book has it}, {rule: retracted-reference, reason: fine}]"
    )
    article = markdown("## A\nb [1,2]\n", front=front).article
    dead = Finding("dead-link", Severity.B, 3, "https://x.test/", "The address of reference 2 answers 404.")
    second = article.references[1]
    found = standing_outcomes(article, [outcome(second, dead), outcome(second, RETRACTED)])
    assert [(f.allowed, f.blocks) for f in found] == [("the printed book has it", False), ("fine", True)]
