"""Editorial checks: what a person should look at before an article goes out."""

from __future__ import annotations

from pipeline.core.content.article import Article, Finding
from pipeline.core.editorial.rules import RULES


def check(article: Article) -> tuple[Finding, ...]:
    """Every finding of every rule, in the order of the file."""
    found = (finding for rule in RULES for finding in rule(article))
    return tuple(sorted(found, key=lambda finding: finding.line))


__all__ = ["check"]
