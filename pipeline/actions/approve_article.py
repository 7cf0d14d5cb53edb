"""A clinician signs an article off, by the hash of what it says (E-01)."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.actions.find_article import unknown_article
from pipeline.core.errors import BadInput
from pipeline.store import articles
from pipeline.store.articles import Approval

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

    Raises NotFound for an unknown article and BadInput for particulars that are missing or a date out of range.
    """
    stored = articles.latest(slug)
    if stored is None:
        raise unknown_article(slug)
    for name, value in (("reviewer", reviewer), ("profession", profession), ("registration", registration)):
        if not value.strip():
            raise BadInput(f"The sign-off needs a {name}.")
    days = (next_review_on - now.date()).days
    if not 0 < days <= LONGEST_INTERVAL_DAYS:
        raise BadInput(f"The next review is due within three years of today, not on {next_review_on}.")
    approval = Approval(reviewer, profession, registration, demonstration, next_review_on, now)
    articles.sign_off(stored.revision_id, stored.digest, approval)
    return stored.digest
