"""What a check of the references found, kept with their article: it stands while the reference does (E-04).

Whether a page is there or a paper was retracted is no word of the article, so that no rule can find it; and nobody asks
the web again to look at a page of the studio.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from pipeline.core.content.article import Article, Finding, Reference
from pipeline.core.editorial.allowances import heed


@dataclass(frozen=True, slots=True)
class Outcome:
    """One finding about a reference, which had this `number` and said what has the digest `said`."""

    said: str
    number: int
    finding: Finding


def outcome(reference: Reference, finding: Finding) -> Outcome:
    return Outcome(_said(reference), reference.number, finding)


def standing_outcomes(article: Article, outcomes: Iterable[Outcome]) -> tuple[Finding, ...]:
    """The findings about references that the article still has as they were, wherever these stand now. One about a
    reference that was mended or taken out is gone; one that the article allows has its reason.
    """
    references = {_said(reference): reference for reference in article.references}
    found = [_moved(each, there) for each in outcomes if (there := references.get(each.said))]
    return heed(article, found)


def _moved(kept: Outcome, reference: Reference) -> Finding:
    """The finding as it would be made of the reference in its place now: its sentence begins with the number."""
    message = kept.finding.message.replace(f"eference {kept.number} ", f"eference {reference.number} ", 1)
    return replace(kept.finding, line=reference.line, message=message, allowed="")


def _said(reference: Reference) -> str:
    parts: Sequence[str | None] = (reference.text, reference.url, reference.doi, reference.pmid)
    return sha256("\0".join(part or "" for part in parts).encode()).hexdigest()
