"""Editorial checks: what a person should look at before an article goes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.core.content.article import Article, Finding, Reading
from pipeline.core.editorial.allowances import heed, unknown, unused
from pipeline.core.editorial.catalogue import catalogue
from pipeline.core.editorial.languages import not_asked
from pipeline.core.editorial.rules import RULES
from pipeline.core.editorial.view import View

_IDS = frozenset(rule.id for rule in RULES)


def check(article: Article) -> tuple[Finding, ...]:
    """Every finding of every rule, in the order of the file, with what the article allows marked as allowed."""
    found = heed(article, _found(article))
    return _in_order((*found, *unused(article, found, _IDS)))


def checked(reading: Reading, more: Iterable[Finding] = ()) -> Reading:
    """A reading whose findings are the reader's, those of every rule, and `more`, such as what needs to know today."""
    article = reading.article
    found = heed(article, (*reading.findings, *_found(article), *more))
    # What the review of a series finds is not known here: an allowance of that may be needed there.
    asked = [rule for rule in catalogue() if not rule.startswith("series.")]
    idle = (*unused(article, found, asked), *unknown(article, catalogue()))
    return replace(reading, findings=_in_order((*found, *idle)))


def _found(article: Article) -> Iterable[Finding]:
    view = View(article)
    return [finding for rule in RULES for finding in rule.findings(view)]


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.line))


__all__ = ["check", "checked", "not_asked"]
