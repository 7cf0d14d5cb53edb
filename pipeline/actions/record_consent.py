"""Write entries into a person's ledger, and stop at once whatever they no longer allow."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from pipeline.actions.note_no import note_entries
from pipeline.core.consent.entry import Entry
from pipeline.core.consent.ledger import ConsentState
from pipeline.store import consent, deliveries


def record_consent(subscriber_id: int, entries: Sequence[Entry]) -> ConsentState:
    """Append, project, and suppress what is queued for purposes that are no longer permitted: one transaction (U-15).

    No other system is spoken to: a withdrawal needs PostgreSQL and nothing else (G7).
    """
    with transaction.atomic():
        state = consent.append(subscriber_id, entries)
        note_entries(subscriber_id, entries)
        for purpose, standing in state.purposes.items():
            if not standing.permits:
                deliveries.withdraw_pending(subscriber_id, [purpose], standing.status.value)
        return state
