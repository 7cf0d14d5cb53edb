"""What the demonstration sends: which series to which list, and when, so that nobody gets more than was promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.actions.approve_article import approve_article
from pipeline.actions.cancel_campaign import cancel_campaign
from pipeline.actions.create_campaign import NewCampaign, create_campaign
from pipeline.actions.import_article import import_article
from pipeline.actions.plan_series import plan_series
from pipeline.cli.demo.people import DAILY, WEEKLY
from pipeline.core.content.article import Article
from pipeline.core.delivery.campaign import Campaign, Mailing, Mode
from pipeline.core.delivery.lifecycle import CAMPAIGN_TERMINAL, MailingState
from pipeline.core.editorial.approval import ApprovalState
from pipeline.core.series.issue import SeriesPlan
from pipeline.settings import current
from pipeline.store import articles, campaigns

HOME = "Europe/London"


@dataclass(frozen=True, slots=True)
class Part:
    """One series, of the article of the same name. It begins so many days from now, 0: at once. `to_show`: how many of
    its letters go out where the clock is moved; None: all.
    """

    series: str
    purpose: str
    begins: int
    to_show: int | None = None


FIRST = "breast-calcifications"
# While the clock goes as it does, the daily letters begin beside the weekly ones.
IN_TIME = (
    Part(FIRST, WEEKLY, 0),
    Part("urinary-tract-infection", WEEKLY, 6 * 7),
    Part("measure-blood-pressure-at-home", WEEKLY, 11 * 7),
    Part("sleeping-better", DAILY, 0),
    Part("cervical-screening", DAILY, 12),
)
# Where it leaps from week to week they come after those. Somebody waits for the end: of what follows, the first go out.
LEAPING = (
    Part(FIRST, WEEKLY, 0),
    Part("urinary-tract-infection", WEEKLY, 6 * 7, to_show=1),
    Part("measure-blood-pressure-at-home", WEEKLY, 11 * 7, to_show=0),
    Part("sleeping-better", DAILY, 6 * 7 + 1, to_show=1),
    Part("cervical-screening", DAILY, 6 * 7 + 13, to_show=0),
)


def parts(*, once: bool) -> tuple[Part, ...]:
    return LEAPING if once else IN_TIME


def prepare(part: Part, now: datetime) -> tuple[Article, SeriesPlan]:
    """Import and plan, and sign off what nobody stands for, under a name that says what the sign-off is worth."""
    path = current().content_dir / "articles" / f"{part.series}.md"
    article = import_article(path, now).reading.article
    series, _ = plan_series(part.series, now)  # before the signature, which is on the letters too
    if articles.standing_of(part.series, now.date()).state is not ApprovalState.APPROVED:
        approve_article(
            part.series,
            "Demonstration sign-off (no clinician has read this)",
            "none",
            "none",
            now.date() + timedelta(days=365),
            now,
            demonstration=True,
        )
    return article, series


def newest(part: Part) -> Campaign | None:
    """Its last campaign."""
    return next((each for each in campaigns.every() if each.series == part.series), None)


def is_open(campaign: Campaign) -> bool:
    return campaign.state not in CAMPAIGN_TERMINAL


def schedule(part: Part, now: datetime) -> Campaign:
    wanted = NewCampaign(
        series=part.series,
        purpose=part.purpose,
        mode=Mode.CALENDAR,
        weekday=None,
        at=None,
        zone=HOME,
        home_zone=HOME,
        start=now.date() + timedelta(days=part.begins) if part.begins else None,
        every_day=part.purpose == DAILY,
    )
    return create_campaign(wanted, now)


def clear_away(which: Iterable[Part]) -> list[str]:
    """Cancel what an earlier demonstration left under way. Returns the names."""
    open_ones = [each for part in which if (each := newest(part)) and is_open(each)]
    for campaign in open_ones:
        cancel_campaign(campaign.name)
    return [campaign.name for campaign in open_ones]


def next_mailing(shown: Mapping[Part, Campaign]) -> tuple[Part, Mailing] | None:
    """What is due next of all that is to be shown."""
    waiting = [
        (mailing.due_at, number, part, mailing)
        for number, (part, campaign) in enumerate(shown.items())
        for mailing in campaigns.mailings(campaign.id)
        if mailing.state is MailingState.SCHEDULED
        and (part.to_show is None or mailing.number <= part.to_show)
    ]
    return min(waiting)[2:] if waiting else None
