"""Find a campaign by the name an operator types."""

from __future__ import annotations

from difflib import get_close_matches

from pipeline.core.delivery.campaign import Campaign
from pipeline.core.errors import NotFound
from pipeline.store import campaigns


def find_campaign(name: str) -> Campaign:
    """Raises NotFound with the closest name there is."""
    found = campaigns.by_name(name)
    if found is None:
        names = [campaign.name for campaign in campaigns.every()]
        close = get_close_matches(name, names, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else "rounds campaign list shows them all."
        raise NotFound(f"There is no campaign {name!r}. {hint}")
    return found
