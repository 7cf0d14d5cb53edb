"""End a campaign. What was handed over stays handed over; the answer says how many that were (G13)."""

from __future__ import annotations

from django.db import transaction

from pipeline.actions.find_campaign import find_campaign
from pipeline.core.delivery.lifecycle import CampaignState
from pipeline.core.errors import Refused
from pipeline.store import campaigns, deliveries


def cancel_campaign(name: str) -> tuple[int, int]:
    """Returns (accepted before, cancelled now). Cancelling twice cancels nothing more. Refused for a finished one."""
    campaign = find_campaign(name)
    accepted = sum(m.progress.accepted + m.progress.presumed for m in campaigns.mailings(campaign.id))
    if campaign.state == CampaignState.CANCELLED:
        return accepted, 0
    with transaction.atomic():
        from_states = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)
        if not campaigns.move(campaign.id, from_states, CampaignState.CANCELLED):
            raise Refused(f"The campaign {name!r} has finished: there is nothing left to cancel.")
        campaigns.cancel_mailings(campaign.id)
    # From here on no sender's intent is recorded; what waits is tidied up after that, however much it is.
    return accepted, deliveries.cancel_rest(campaign.id)
