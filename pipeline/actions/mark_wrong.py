"""Mark an article, or one issue made from it, wrong: what has not gone out of it stops at once (E-10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.find_article import unknown_article
from pipeline.actions.hold_unapproved import hold_unapproved
from pipeline.core.editorial.faults import Fault
from pipeline.core.errors import BadInput, NotFound, Refused
from pipeline.store import articles, campaigns, faults, series

LONGEST = 1_000  # characters


def mark_wrong(name: str, number: int | None, reason: str, member: str, now: datetime) -> tuple[Fault, bool]:
    """Mark the newest version that went out, or would go out next: of issue `number` of the series `name`, or of the
    whole article `name`. Returns the fault and whether it is new: marking twice is the same as once.

    From the commit on no intent of a sender is recorded for it: the statement that allows a dot asks for it, as it
    asks whether the campaign runs. A dot whose intent was committed before is on the wire and arrives; a correction
    waits for it. `reason` is for us: the archive says that something may be wrong, and no more until `tell_readers`.

    Raises NotFound, BadInput without a reason, and Refused where nothing was made from it.
    """
    said = " ".join(reason.split())
    if not said:
        raise BadInput("Say what is wrong, for whoever looks into it.", field="reason")
    if len(said) > LONGEST:
        raise BadInput(f"Say it in {LONGEST} characters: it has {len(said)}.", field="reason")
    revision_id, slug = _version_of_issue(name, number) if number else (_version_of_article(name), name)
    with transaction.atomic():
        made = faults.mark(revision_id, slug, number, said, member, now)
        if made is not None:
            hold_unapproved(now)
    fault = faults.by_id(made) if made else faults.of_version(revision_id, slug, number)
    if fault is None:
        raise Refused("Somebody else is marking just this. Look at it again.")
    return fault, made is not None


def _version_of_issue(name: str, number: int) -> tuple[int, str]:
    if series.plan(name) is None:
        known = ", ".join(plan.slug for plan in series.plans()) or "none"
        raise NotFound(f"There is no series {name!r}. Known: {known}.")
    found = campaigns.article_revision_of(name, number)
    if found is None:
        raise Refused(
            f"Issue {number} of {name!r} was never scheduled: there is nothing to stop. Edit the article instead."
        )
    return found, name


def _version_of_article(slug: str) -> int:
    """What goes out of it now; where nothing does, the words that were signed last."""
    if articles.latest(slug) is None:
        raise unknown_article(slug)
    found = campaigns.article_revision_sent(slug)
    if found is not None:
        return found
    digest = articles.last_signed_digest(slug)
    stored = articles.revision(slug, digest) if digest else None
    if stored is None:
        raise Refused(f"Nothing was sent of the article {slug!r}, and nobody signed it. Edit it instead.")
    return stored.revision_id
