"""Take an approval back: nothing made from those words goes out any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.find_article import unknown_article
from pipeline.actions.hold_unapproved import hold_unapproved
from pipeline.core.editorial.approval import Happened
from pipeline.core.errors import BadInput, Refused
from pipeline.store import articles


def withdraw_approval(slug: str, reason: str, member: str, now: datetime, *, shown: str | None = None) -> str:
    """Withdraw what was signed last, though the article was edited since. Returns the digest of those words. `shown`
    is the digest of what a page said was signed last; None: whatever is.

    The next dot of a sender asks, and is refused; every issue made from them waits. Raises NotFound, BadInput without
    a reason, and Refused where no approval stands, or another than was shown.
    """
    if articles.latest(slug) is None:
        raise unknown_article(slug)
    if not reason.strip():
        raise BadInput("Say why the approval is withdrawn.", field="reason")
    digest = articles.digest_in_force(slug)
    if digest is None:
        raise Refused(f"The article {slug!r} has no approval that could be withdrawn.")
    if shown is not None and digest != shown:
        raise Refused(
            f"What was signed last of {slug!r} is not what this page showed: it was withdrawn already, or other words"
            " were signed since. Look at the article, and withdraw what should not go out."
        )
    with transaction.atomic():
        articles.happened(slug, digest, Happened.WITHDRAWN, member, reason.strip(), now, newest=False)
        hold_unapproved(now)
    return digest
