"""Show where a campaign stands: each issue with counts that add up, and when the next is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.find_campaign import find_campaign
from pipeline.core.delivery.campaign import Campaign, Mailing, Mode
from pipeline.core.delivery.lifecycle import CAMPAIGN_TERMINAL, MailingState
from pipeline.store import alerts, campaigns, enrolments
from pipeline.store.alerts import Alert


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """`next_due_at` is None where nothing more is due of its own accord; `alerts` are those that are open."""

    campaign: Campaign
    mailings: tuple[Mailing, ...]
    next_due_at: datetime | None
    alerts: tuple[Alert, ...] = ()

    @property
    def adds_up(self) -> bool:
        return all(mailing.progress.adds_up() for mailing in self.mailings)


def show_campaign(name: str) -> CampaignReport:
    """Raises NotFound with the closest name there is."""
    campaign = find_campaign(name)
    mailings = tuple(campaigns.mailings(campaign.id))
    told = tuple(alerts.of_campaign(campaign.name))
    return CampaignReport(campaign, mailings, _next_due(campaign, mailings), told)


def _next_due(campaign: Campaign, mailings: tuple[Mailing, ...]) -> datetime | None:
    if campaign.state in CAMPAIGN_TERMINAL:
        return None
    if campaign.mode is Mode.COURSE:
        return enrolments.next_due(campaign.id)
    return min((m.due_at for m in mailings if m.state is MailingState.SCHEDULED), default=None)
