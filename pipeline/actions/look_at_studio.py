"""The first page of the studio: what goes out, what comes next, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions import subscribe, watch_requests
from pipeline.actions.look_at_series import SeriesView, look_at_series
from pipeline.core.delivery.breaker import Alarm
from pipeline.core.delivery.campaign import Campaign, Mailing, Mode
from pipeline.core.delivery.lifecycle import CAMPAIGN_TERMINAL, CampaignState, MailingState
from pipeline.core.people.powers import Power
from pipeline.store import alerts, campaigns, enrolments, rescue, series
from pipeline.store.alerts import Alert

COMING = (MailingState.SCHEDULED,)
DESK = {
    subscribe.ALERT: "/studio/held/",
    watch_requests.SOON: "/studio/requests/",
    watch_requests.OVERDUE: "/studio/requests/",
}  # alerts by their kind, and the page of the consent desk that deals with them
MOST_PAST = 10


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign with its issues. `next_due` is the next moment at which something opens, None when nothing will.

    `waiting` counts the members of a course by the issue they wait for; those who have had all stand under 0.
    """

    campaign: Campaign
    mailings: tuple[Mailing, ...]
    next_due: datetime | None
    waiting: dict[int, int]
    alerts: tuple[Alert, ...] = ()

    @property
    def held_late(self) -> tuple[Mailing, ...]:
        return tuple(m for m in self.mailings if m.state is MailingState.HELD_LATE)

    @property
    def open(self) -> bool:
        return self.campaign.state not in CAMPAIGN_TERMINAL

    @property
    def current(self) -> Mailing | None:
        """The issue to look at: the one going out, or else the last that opened."""
        going = [m for m in self.mailings if m.state in (MailingState.MATERIALISING, MailingState.SENDING)]
        opened = [m for m in self.mailings if m.opened_at is not None]
        return next((m for m in going if m.progress.on_the_way), opened[-1] if opened else None)


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that a person must decide or know: a sentence, and the page to decide it on if there is one.

    `needs`: what it takes to open that page, None where any member may.
    """

    sentence: str
    path: str
    needs: Power | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    series: tuple[SeriesView, ...]
    open: tuple[CampaignView, ...]
    past: tuple[Campaign, ...]
    todo: tuple[Todo, ...]


def look_at_studio(now: datetime) -> Overview:
    """Read everything that the first page shows. Changes nothing."""
    everything = campaigns.every()
    running = tuple(look_at_campaign(c) for c in everything if c.state not in CAMPAIGN_TERMINAL)
    past = tuple(c for c in everything if c.state in CAMPAIGN_TERMINAL)[:MOST_PAST]
    planned = tuple(look_at_series(found.slug, now) for found in series.plans())
    names = {campaign.name for campaign in everything}
    todo = (
        tuple(_of_alert(alert, names) for alert in alerts.open_now() if alert.kind != Alarm.UNKNOWN)
        + tuple(t for view in running for t in _of_campaign(view))
        + tuple(t for view in planned for t in _of_series(view))
    )
    return Overview(planned, running, past, todo)


def look_at_campaign(campaign: Campaign) -> CampaignView:
    """One campaign with its counts."""
    mailings = tuple(campaigns.mailings(campaign.id))
    if campaign.mode is Mode.COURSE:
        waiting, due = enrolments.standing(campaign.id), enrolments.next_due(campaign.id)
    else:
        waiting = {}
        due = min((m.due_at for m in mailings if m.state in COMING), default=None)
    if campaign.state in CAMPAIGN_TERMINAL:
        due = None
    return CampaignView(campaign, mailings, due, waiting, tuple(alerts.of_campaign(campaign.name)))


def _of_alert(alert: Alert, campaigns: set[str]) -> Todo:
    """Held unknown outcomes are told by the counts of their campaign; all else by its own sentence."""
    desk = DESK.get(alert.kind)
    if desk is not None:
        return Todo(alert.sentence, desk, Power.SEE_SUBSCRIBER)
    return Todo(alert.sentence, f"/studio/campaigns/{alert.campaign}/" if alert.campaign in campaigns else "")


def _of_campaign(view: CampaignView) -> list[Todo]:
    name = view.campaign.name
    page = f"/studio/campaigns/{name}/"
    todo = [
        Todo(f"Issue {m.number} of {name} missed its moment and is held. Send it or move it.", page)
        for m in view.held_late
    ]
    held = rescue.held_by_mailing([m.id for m in view.mailings if m.progress.held])
    todo += [
        Todo(
            f"Issue {m.number} of {name} has {held[m.id]} deliveries with an unknown outcome."
            " `rounds unknown list` names them.",
            page,
        )
        for m in view.mailings
        if m.id in held
    ]
    if view.campaign.state is CampaignState.PAUSED:
        todo.append(Todo(f"{name} is paused. Nothing leaves until it is resumed.", page))
    return todo


def _of_series(view: SeriesView) -> list[Todo]:
    slug, page = view.plan.slug, f"/studio/series/{view.plan.slug}/"
    todo = []
    if view.problem:
        todo.append(Todo(f"The plan of {slug} does not fit its article.", page))
    if view.approval is None:
        todo.append(Todo(f"The article {view.plan.article} waits for a clinician to approve it.", page))
    elif view.overdue:
        todo.append(
            Todo(
                f"The article {view.plan.article} was due for review on {view.approval.next_review_on}.", page
            )
        )
    if view.blocking:
        todo.append(
            Todo(f"{slug} has {len(view.blocking)} findings that keep it from being scheduled.", page)
        )
    return todo
