"""Let a paused campaign go on where it was. Nothing is sent again (G13)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.find_campaign import find_campaign
from pipeline.core.delivery.campaign import Campaign
from pipeline.core.delivery.lifecycle import CampaignState, MailingState
from pipeline.core.errors import Refused
from pipeline.store import campaigns, deliveries


def resume_campaign(name: str, now: datetime) -> Campaign:
    """Resume. What waits gets the pause added to its life; an issue whose day passed meanwhile is held for a person.

    Resuming a running campaign changes nothing. Refused for one that is over.
    """
    campaign = find_campaign(name)
    if campaign.state in (CampaignState.RUNNING, CampaignState.SCHEDULED):
        return campaign
    to = CampaignState.RUNNING if campaign.starts_at <= now else CampaignState.SCHEDULED
    with transaction.atomic():
        if not campaigns.move(campaign.id, (CampaignState.PAUSED,), to, paused_at=None):
            raise Refused(f"The campaign {name!r} is {campaign.state.value}: it cannot be resumed.")
        if campaign.paused_at is not None:
            deliveries.extend_expiry(campaign.id, now - campaign.paused_at)
        campaigns.pause_mailings(campaign.id, MailingState.PAUSED, MailingState.SENDING)
    return campaigns.by_id(campaign.id)
