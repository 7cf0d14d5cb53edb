"""Take in what was read and looked at: each article as a draft, and never as a campaign."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pipeline.actions.import_article import digest_of
from pipeline.actions.look_at_offer import given_by
from pipeline.actions.make_draft import make_draft
from pipeline.actions.offer_articles import offers_folder
from pipeline.actions.record_audit import record
from pipeline.core.content.intake import Intake
from pipeline.core.content.offer import Offered
from pipeline.core.errors import BadInput, Refused, RoundsError
from pipeline.core.people.audit import Event
from pipeline.gateways import offers
from pipeline.store import locks


def take_offer(
    uid: UUID, chosen: Collection[int], member: str, now: datetime, *, instead: Collection[int] = ()
) -> bool:
    """Take in the articles at these places; those of `instead` in the place of ours, where they would be put beside it.
    False where that was done already: pressing twice does it once.

    Raises NotFound, Refused while somebody else presses the same button, and BadInput where nothing is chosen. What
    cannot be written does not stop the others; each says what became of it.
    """
    with locks.only_one(f"offer {uid}") as mine:
        if not mine:
            raise Refused("This is being taken in just now. Look again in a moment.")
        offer = offers.kept(offers_folder(), uid)
        if offer.is_taken:
            return False
        if not any(each.reading and number in chosen for number, each in enumerate(offer.articles)):
            raise BadInput("Choose at least one article.", field="take")
        done = [
            _taken(each, member, now, instead=number in instead) if number in chosen else each
            for number, each in enumerate(offer.articles)
        ]
        offers.keep(offers_folder(), uid, offer.with_outcomes(done))
    return True


def _taken(offered: Offered, member: str, now: datetime, *, instead: bool) -> Offered:
    if offered.reading is None:
        return offered
    slug = offered.reading.article.slug
    try:
        outcome, problem = make_draft(
            offered.reading,
            given_by(slug, offered.source),
            offered.source,
            digest_of(offered.reading)[:8],
            now,
            findings=offered.reading.findings,
            instead=instead,
        )
    except RoundsError as error:
        return replace(offered, outcome=Intake.REFUSED, problem=str(error))
    if outcome in (Intake.NEW, Intake.CHANGED):
        record(Event.ARTICLE_IMPORTED, member=member, about=f"article:{slug}", detail={"new": True})
    return replace(offered, outcome=outcome, problem=problem)
