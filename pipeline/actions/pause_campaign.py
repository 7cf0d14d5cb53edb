"""Stop a campaign where it is. What is on the wire arrives; nothing else leaves until it is resumed (G13)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.find_campaign import find_campaign
from pipeline.core.delivery.campaign import Campaign
from pipeline.core.delivery.lifecycle import CampaignState, MailingState
from pipeline.core.errors import Refused
from pipeline.store import campaigns


def pause_campaign(name: str, now: datetime) -> Campaign:
    """Pause. Pausing twice is the same as once. Refused for a campaign that is over."""
    campaign = find_campaign(name)
    if campaign.state == CampaignState.PAUSED:
        return campaign
    with transaction.atomic():
        from_states = (CampaignState.SCHEDULED, CampaignState.RUNNING)
        if not campaigns.move(campaign.id, from_states, CampaignState.PAUSED, paused_at=now):
            raise Refused(f"The campaign {name!r} is {campaign.state.value}: there is nothing to pause.")
        campaigns.pause_mailings(campaign.id, MailingState.SENDING, MailingState.PAUSED)
    return campaigns.by_id(campaign.id)
