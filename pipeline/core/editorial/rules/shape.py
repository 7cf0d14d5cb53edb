"""Sections that are not what their heading promises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from pipeline.core.content.article import Article, Finding, Severity

EMPTY_RULE = "empty-section"


def empty_sections(article: Article) -> Iterator[Finding]:
    for section, after in zip_longest(article.sections, article.sections[1:]):
        if not section.blocks and (after is None or after.level <= section.level):
            message = "Nothing stands under this heading. Write the section or remove the heading."
            yield Finding(EMPTY_RULE, Severity.B, section.line, section.heading, message)


RULES = (empty_sections,)
