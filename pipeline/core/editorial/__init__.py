"""Editorial checks: what a person should look at before an article goes out."""

from __future__ import annotations

from pipeline.core.content.article import Article, Finding
from pipeline.core.editorial.rules import RULES
from pipeline.core.editorial.view import View


def check(article: Article) -> tuple[Finding, ...]:
    """Every finding of every rule, in the order of the file."""
    view = View(article)
    found = (finding for rule in RULES for finding in rule.findings(view))
    return tuple(sorted(found, key=lambda finding: finding.line))


__all__ = ["check"]
