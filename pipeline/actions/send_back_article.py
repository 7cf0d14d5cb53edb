"""A reviewer gives an article back to its editor, with remarks."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.find_article import unknown_article
from pipeline.core.editorial.approval import ApprovalState, Happened
from pipeline.core.errors import BadInput, Refused
from pipeline.store import articles


def send_back_article(slug: str, remarks: str, member: str, now: datetime) -> str:
    """Returns the digest of what was sent back. Raises NotFound, BadInput without remarks, and Refused for what is
    not in review.
    """
    stored = articles.latest(slug)
    if stored is None:
        raise unknown_article(slug)
    if not remarks.strip():
        raise BadInput("Say what the editor should change.", field="remarks")
    stands = articles.standing_of(slug, now.date())
    if stands.state is not ApprovalState.IN_REVIEW:
        raise Refused(f"The article {slug!r} is {stands.state.words}: only one in review can be sent back.")
    if not articles.happened(slug, stored.digest, Happened.SENT_BACK, member, remarks.strip(), now):
        raise Refused(f"The article {slug!r} was edited just now. Look at it again.")
    return stored.digest
