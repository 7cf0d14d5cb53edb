"""Where each article stands, for whoever plans what goes out next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.core.content.article import Severity
from pipeline.core.editorial.approval import ApprovalState
from pipeline.core.editorial.faults import FaultState
from pipeline.store import articles, faults


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """`findings` by severity, of the newest words; `faults`: how many are open. `reviewer` and `reviewed_on` are empty
    where nobody stands for the newest words.
    """

    slug: str
    title: str
    digest: str
    state: ApprovalState
    reviewer: str
    reviewed_on: date | None
    next_review_on: date | None
    findings: Mapping[Severity, int]
    faults: int


def list_articles(now: datetime) -> list[ArticleLine]:
    """All that are imported, by their slugs."""
    open_faults = Counter(fault.article for fault in faults.every() if fault.state is FaultState.WRONG)
    lines = []
    for slug in articles.slugs():
        stored = articles.latest(slug)
        if stored is None:
            continue
        approval = stored.approval
        found = Counter(finding.severity for finding in stored.findings)
        lines.append(
            ArticleLine(
                slug,
                stored.article.title,
                stored.digest,
                articles.standing_of(slug, now.date()).state,
                approval.reviewer if approval else "",
                approval.signed_at.date() if approval else None,
                approval.next_review_on if approval else None,
                {severity: found[severity] for severity in Severity},
                open_faults[slug],
            )
        )
    return lines
