"""What was read and waits, as the studio shows it: what would become of each article, and what the checks say of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from pipeline.actions.import_article import digest_of
from pipeline.actions.make_draft import what_would_become
from pipeline.actions.offer_articles import offers_folder
from pipeline.core.content.article import Article, Finding, Reading, Severity
from pipeline.core.content.intake import Intake
from pipeline.core.content.offer import Offer, Offered
from pipeline.core.content.words import word_count
from pipeline.core.editorial.catalogue import card_of
from pipeline.core.editorial.changes import BlockChange, changes
from pipeline.core.editorial.rule import Card
from pipeline.gateways import offers
from pipeline.store import articles


@dataclass(frozen=True, slots=True)
class Breach:
    """The findings of one rule, with why it matters and how to mend it."""

    card: Card | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class OfferedView:
    """`outcome` is what would become of it, or what became of it. `found` is by severity, the gravest first, without
    what the author's reasons silence. `differs` is against the article here, where it would be put beside that.
    """

    number: int
    offered: Offered
    outcome: Intake
    words: int
    found: Sequence[tuple[Severity, Sequence[Breach]]]
    silenced: int
    differs: tuple[BlockChange, ...]

    @property
    def article(self) -> Article | None:
        return self.offered.reading.article if self.offered.reading else None

    def count(self, severity: Severity) -> int:
        return sum(len(breach.findings) for each, found in self.found if each is severity for breach in found)


@dataclass(frozen=True, slots=True)
class OfferView:
    uid: UUID
    offer: Offer
    articles: Sequence[OfferedView]

    @property
    def to_take(self) -> Sequence[OfferedView]:
        """Those of which something would be made."""
        return [each for each in self.articles if each.outcome not in (Intake.UNCHANGED, Intake.REFUSED)]


def look_at_offer(uid: UUID, now: datetime) -> OfferView:
    """Raises NotFound."""
    offer = offers.kept(offers_folder(), uid)
    first: dict[str, str] = {}  # of each name, the digest of the article in this file that has it
    views = [_view(number, each, first, now) for number, each in enumerate(offer.articles)]
    return OfferView(uid, offer, views)


def given_by(slug: str, source: str) -> str:
    """The digest of what this source brought last, if it is the newest that is here."""
    digest, newest = articles.newest_source(slug)
    return digest if newest == source else ""


def _view(number: int, offered: Offered, first: dict[str, str], now: datetime) -> OfferedView:
    if offered.reading is None:
        return OfferedView(number, offered, Intake.REFUSED, 0, (), 0, ())
    article = offered.reading.article
    outcome = offered.outcome or _would_become(offered.source, offered.reading, first, now)
    loud = [finding for finding in offered.reading.findings if finding.blocks or not finding.allowed]
    here = articles.latest(article.slug) if outcome is Intake.PUT_ASIDE else None
    return OfferedView(
        number,
        offered,
        outcome,
        sum(word_count(s.blocks) for s in article.sections) + sum(word_count(q.answer) for q in article.faq),
        _by_severity(loud),
        len(offered.reading.findings) - len(loud),
        changes(here.article, article) if here else (),
    )


def _would_become(source: str, reading: Reading, first: dict[str, str], now: datetime) -> Intake:
    slug, digest = reading.article.slug, digest_of(reading)
    if first.setdefault(slug, digest) != digest:
        return Intake.PUT_ASIDE  # another one of this file has the name already
    return what_would_become(reading, given_by(slug, source), now)


def _by_severity(found: Collection[Finding]) -> list[tuple[Severity, list[Breach]]]:
    ordered = sorted(found, key=lambda f: (f.severity, f.rule, f.line))
    return [
        (
            severity,
            [Breach(card_of(rule), tuple(each)) for rule, each in groupby(of_severity, key=lambda f: f.rule)],
        )
        for severity, of_severity in groupby(ordered, key=lambda f: f.severity)
    ]
