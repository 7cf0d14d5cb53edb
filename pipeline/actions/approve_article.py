"""A clinician signs an article off, by the hash of what it says (E-01)."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.actions.find_article import unknown_article
from pipeline.core.content.article import Severity
from pipeline.core.content.importers.outline import suggested_heading
from pipeline.core.editorial import check
from pipeline.core.editorial.allowances import heed
from pipeline.core.errors import BadInput, Refused
from pipeline.store import articles
from pipeline.store.articles import Approval, StoredArticle

LONGEST_INTERVAL_DAYS = 3 * 365 + 1  # E-02


def approve_article(
    slug: str,
    reviewer: str,
    profession: str,
    registration: str,
    next_review_on: date,
    now: datetime,
    *,
    demonstration: bool = False,
) -> str:
    """Sign off the newest revision. Any later edit is another revision, without a sign-off. Returns the digest.

    Signing decides what only a clinician can (severity A). Raises Refused while something must be mended first
    (severity B), NotFound for an unknown article, BadInput for particulars that are missing or a date out of range.
    """
    stored = articles.latest(slug)
    if stored is None:
        raise unknown_article(slug)
    _require_mended(slug, stored)
    for name, value in (("reviewer", reviewer), ("profession", profession), ("registration", registration)):
        if not value.strip():
            raise BadInput(f"The sign-off needs a {name}.")
    days = (next_review_on - now.date()).days
    if not 0 < days <= LONGEST_INTERVAL_DAYS:
        raise BadInput(f"The next review is due within three years of today, not on {next_review_on}.")
    approval = Approval(reviewer, profession, registration, demonstration, next_review_on, now)
    articles.sign_off(stored.revision_id, stored.digest, approval)
    return stored.digest


def _require_mended(slug: str, stored: StoredArticle) -> None:
    """What `rounds lint` says of the article itself; what an import asked besides is in the notes for the reviewer."""
    suggested = [suggested_heading(s.heading, s.line) for s in stored.article.sections if s.suggested]
    found = (*heed(stored.article, suggested), *check(stored.article))
    left = sorted((f for f in found if f.blocks and f.severity is Severity.B), key=lambda f: f.line)
    if left:
        raise Refused(
            f"The article {slug!r} cannot be signed off while {len(left)} of its findings must be mended. The first,"
            f" on line {left[0].line}: {left[0].message} See them all with rounds lint, and import the mended file."
        )
