"""A citation of a reference that is not in the list."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View


def _check(view: View) -> Iterator[Hit]:
    known = {reference.id for reference in view.article.references}
    for mark, line in view.marks:
        for ref in mark.refs:
            if ref not in known:
                yield Hit(line, ref, f"'{ref}' is cited and is not in the references.")


RULE = Rule(
    Card(
        "missing-reference",
        Severity.B,
        "A citation of a reference that is not in the list",
        "The reader is promised a source that nobody can look up.",
        "Add the source to `references`, or mend the number.",
    ),
    wrong="Pollen sets it off.[9]",
    right="Pollen sets it off.[1]",
    check=_check,
)
