"""Whether a person's mail goes to another address than it did at some moment: what was sent before opens less."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.consent.entry import EventKind
from pipeline.store import consent


def moved_since(subscriber_id: int, moment: datetime) -> bool:
    """A link in a letter was sent to one mailbox. Once the person has another, it speaks for nobody but its holder."""
    entries = consent.ledger(subscriber_id)
    return any(e.kind is EventKind.ADDRESS_CHANGED and e.occurred_at >= moment for e in entries)
