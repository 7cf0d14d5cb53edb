"""List every delivery of a campaign, as other programs read it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.actions.find_campaign import find_campaign
from pipeline.actions.write_message import message_id_of
from pipeline.settings import current
from pipeline.store import campaigns


def list_deliveries(name: str) -> Iterator[dict[str, object]]:
    """One dictionary for each delivery, by issue and subscriber. Read page by page.

    Raises NotFound with the closest name before the first.
    """
    campaign = find_campaign(name)
    settings = current()
    return (
        {
            "issue": line.issue,
            "address": line.address,
            "state": line.state,
            "cause": line.cause,
            "reason": line.reason,
            "message_id": message_id_of(line.uid, settings),
            "attempts": line.attempts,
            "ambiguous_attempts": line.ambiguous_attempts,
            "done_at": line.done_at,
        }
        for line in campaigns.delivery_lines(campaign.id)
    )
