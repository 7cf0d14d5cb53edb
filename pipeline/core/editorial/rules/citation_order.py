"""References first appear as 1, 2, 3 and on (E-25)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View


def _check(view: View) -> Iterator[Hit]:
    """One warning for the article, where the order is first broken."""
    numbers = {reference.id: reference.number for reference in view.article.references}
    order: dict[int, None] = {}
    first_line = 0
    for mark, line in view.marks:
        for ref in mark.refs:
            number = numbers.get(ref)
            if number is None or number in order:
                continue
            order[number] = None
            if number != len(order) and not first_line:
                first_line = line or 1
    if first_line:
        yield Hit(
            first_line,
            ", ".join(str(number) for number in order),
            "References are numbered in the order in which they first appear: 1, 2, 3 and on. Here they appear as "
            f"{', '.join(str(number) for number in order)}. Each issue numbers its own afresh.",
        )


RULE = Rule(
    Card(
        "E-25.citation-order",
        Severity.C,
        "References do not first appear as 1, 2, 3",
        "A number out of turn often shows that a source was added or dropped by hand, and that a mark now points at the"
        " wrong one.",
        "Look at each mark where the order breaks. Then sort the list of references by first use.",
    ),
    wrong="Pollen sets it off.[2]\n\nRain helps.[1]",
    right="Pollen sets it off.[1]\n\nRain helps.[2]",
    check=_check,
)
