"""Write entries into a person's ledger, and stop at once whatever they no longer allow."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from pipeline.actions.note_no import note_entries
from pipeline.core.consent.entry import Entry
from pipeline.core.consent.ledger import ConsentState
from pipeline.store import deliveries
from pipeline.store.held_ledger import HeldLedger, hold


def record_consent(subscriber_id: int, entries: Sequence[Entry]) -> ConsentState:
    """Append, project, and suppress what is queued for purposes that are no longer permitted: one transaction (U-15).

    No other system is spoken to: a withdrawal needs PostgreSQL and nothing else (G7).
    """
    with transaction.atomic(savepoint=False):
        return record_held(hold(subscriber_id), entries).state


def record_held(held: HeldLedger, entries: Sequence[Entry]) -> HeldLedger:
    """The same for a ledger that the caller's transaction holds. Returns it as it is afterwards."""
    after = held.append(entries)
    note_entries(held, entries)
    noes = {p: one.status.value for p, one in after.state.purposes.items() if not one.permits}
    if noes:
        deliveries.withdraw_lists(held.subscriber_id, noes)
    return after
