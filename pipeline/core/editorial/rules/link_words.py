"""A link that does not say where it goes (E-08)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Run, Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_EMPTY = re.compile(
    r"(?:click |tap |press )?(?:here|this|this link|link|more|read more|learn more|find out more|see more|"
    r"more information|this page|this website|website|continue|details|go|see here|click)[.!…»>→ ]*",
    re.IGNORECASE,
)
_NEAR = 25  # characters before a link, which tell it from another with the same words
_BARE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def _check(view: View) -> Iterator[Hit]:
    for passage in view.passages:
        before = ""
        for part in passage.text:
            if not isinstance(part, Run):
                continue
            near = f"… {before[-_NEAR:].lstrip()}{part.text}"
            before = part.text
            if part.href and _EMPTY.fullmatch(part.text.strip()):
                message = f"The link '{part.text}' does not say where it goes. Link words that do."
                yield Hit(passage.line, part.text, message, near)
            elif bare := _BARE.search(part.text):
                message = (
                    f"'{bare.group()[:60]}' is an address, not words. Link words that say where it goes."
                )
                yield Hit(passage.line, bare.group(), message, near)


RULE = Rule(
    Card(
        "E-08.link-words",
        Severity.C,
        "A link does not say where it goes",
        "People who listen to a page hear its links in a row: 'here, here, more' (WCAG 2.2, 2.4.4).",
        "Link the words that name what is there: 'the advice of the NHS on pollen'.",
    ),
    wrong="To learn about pollen, [click here](https://allergy.example/pollen).",
    right="Read [what sets pollen off](https://allergy.example/pollen).",
    check=_check,
)
