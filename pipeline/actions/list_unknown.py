"""Deliveries whose outcome nobody knows and that wait for a person."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.actions.find_campaign import find_campaign
from pipeline.actions.write_message import message_id_of
from pipeline.settings import current
from pipeline.store import rescue


def list_unknown(campaign: str | None, *, left_too: bool = False) -> Iterator[dict[str, object]]:
    """One object for each. `campaign` None: those of the last two months. Raises NotFound for a strange campaign."""
    name = find_campaign(campaign).name if campaign is not None else None
    settings = current()
    for row in rescue.held(name, left_too=left_too):
        yield {
            "delivery": row.uid.hex,
            "address": row.address,
            "campaign": row.campaign or None,
            "issue": row.issue,
            "cause": row.cause,
            "reason": row.reason,
            "attempts": row.attempts,
            "ambiguous_attempts": row.ambiguous_attempts,
            "last_attempt_at": row.last_attempt_at,
            "message_id": message_id_of(row.uid.hex, settings),
        }
