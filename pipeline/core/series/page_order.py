"""Which articles keep the order of their page."""

from __future__ import annotations

import re

from pipeline.core.content.article import Article

_HOW_TO = re.compile(r"\s*how to\b|.*\bstep[- ]by[- ]step\b", re.IGNORECASE)
_STEP = re.compile(r"\s*(?:step\s+\d+|\d+\s*[.:)])", re.IGNORECASE)


def keeps_page_order(article: Article) -> bool:
    """Whether the article is a how-to, whose steps mean nothing in another order: its title says so, or two of its
    headings are numbered."""
    return _HOW_TO.match(article.title) is not None or counted_steps(article) >= 2


def counted_steps(article: Article) -> int:
    """How many headings are numbered."""
    return sum(_STEP.match(section.heading) is not None for section in article.sections)
