"""List the campaigns there are."""

from __future__ import annotations

from pipeline.core.delivery.campaign import Campaign
from pipeline.store import campaigns


def list_campaigns() -> list[Campaign]:
    """All of them, the newest first."""
    return campaigns.every()
