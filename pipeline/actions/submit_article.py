"""Ask for a clinical review of an article's newest words."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.find_article import unknown_article
from pipeline.core.editorial.approval import MOVES, Happened
from pipeline.core.errors import Refused
from pipeline.store import articles


def submit_article(slug: str, member: str, now: datetime, *, remarks: str = "") -> str:
    """Put the newest revision before the reviewers. Returns its digest; asking twice is the same as once.

    Raises NotFound, and Refused where its approval still stands.
    """
    stored = articles.latest(slug)
    if stored is None:
        raise unknown_article(slug)
    stands = articles.standing_of(slug, now.date())
    if stands.may_go_out:
        raise Refused(
            f"The article {slug!r} is approved until {stands.next_review_on} as it stands now: there is nothing to"
            " ask for. A clinician may sign it again for a later date."
        )
    if MOVES[stands.state, Happened.SUBMITTED] is stands.state:
        return stored.digest
    if not articles.happened(slug, stored.digest, Happened.SUBMITTED, member, remarks.strip(), now):
        raise Refused(f"The article {slug!r} was edited just now. Look at it again, and submit it then.")
    return stored.digest
