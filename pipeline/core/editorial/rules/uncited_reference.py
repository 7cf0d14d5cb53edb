"""A reference that nobody cites."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View


def _check(view: View) -> Iterator[Hit]:
    cited = {ref for mark, _ in view.marks for ref in mark.refs}
    for reference in view.article.references:
        if reference.id not in cited:
            yield Hit(
                reference.line,
                reference.text,
                f"Reference {reference.number} is never cited, so no issue will list it. Cite it or remove it.",
            )


RULE = Rule(
    Card(
        "uncited-reference",
        Severity.C,
        "A reference that nobody cites",
        "It supports no sentence, so that no reader can tell what it is there for, and no issue lists it.",
        "Cite it after the sentence that it supports, or take it out of the list.",
    ),
    wrong="Pollen sets it off.[1]",
    right="Pollen sets it off.[1,2]",
    check=_check,
)
