"""Keep every no outside the database too, so that a restored backup can be told of it (standards S-18, B-31)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from pipeline.core.consent.entry import ConsentStatus, Entry, EventKind
from pipeline.core.consent.ledger import EFFECTS
from pipeline.core.consent.suppression import Reason, Suppression
from pipeline.core.errors import Unavailable
from pipeline.gateways import noes
from pipeline.settings import current
from pipeline.store import consent, instance
from pipeline.store.held_ledger import HeldLedger

# An erasure is told by the suppression that it leaves, which has its reason.
ERASES = frozenset({Reason.ERASED, Reason.CHILD})
NOT_THEIRS = frozenset({EventKind.CONSENT_EXPIRED, EventKind.CONFIRM_EXPIRED})
NOES = frozenset(
    kind
    for kind, effect in EFFECTS.items()
    if effect.after is not None
    and not effect.after.permits
    and effect.after is not ConsentStatus.REQUESTED
    and kind not in NOT_THEIRS | {EventKind.ERASURE_RECEIVED, EventKind.ERASURE_COMPLETED}
)

log = structlog.get_logger()


def noes_folder() -> Path:
    """Where they are kept, a file for each database."""
    return current().data_dir / "noes"


def note_entries(held: HeldLedger, entries: Sequence[Entry]) -> None:
    """Of what is being appended to a ledger, note what takes permission away. After the commit, and only then."""
    said = [entry for entry in entries if entry.kind in NOES]
    if not said:
        return
    key = held.address_key.hex()
    _after_commit(
        [
            {
                "what": "entry",
                "key": key,
                "event": entry.event_id.hex,
                "kind": entry.kind.value,
                "purpose": entry.purpose,
                "at": entry.occurred_at.isoformat(),
                "actor": entry.actor.value,
                "method": entry.method.value,
            }
            for entry in said
        ],
        held.database,
        sync=False,
    )


def suppress(address_key: bytes, suppression: Suppression, now: datetime) -> None:
    """Suppress, and note it. Whatever adds a suppression comes through here."""
    consent.suppress(address_key, suppression, now)
    record = {
        "what": "suppression",
        "key": address_key.hex(),
        "scope": suppression.scope,
        "reason": suppression.reason.value,
        "until": suppression.until.isoformat() if suppression.until else None,
        "at": now.isoformat(),
    }
    _after_commit([record], instance.uid(), sync=suppression.reason in ERASES)


def _after_commit(records: Sequence[Mapping[str, Any]], database: UUID, *, sync: bool) -> None:
    """A no that was rolled back was never said. One that a crash of the machine keeps from the disk is in the database,
    and is missed only where that is lost too; an erasure waits for the disk.
    """
    transaction.on_commit(partial(_write, records, database, sync=sync))


def _write(records: Sequence[Mapping[str, Any]], database: UUID, *, sync: bool) -> None:
    try:
        noes.note(noes_folder(), database, records, sync=sync)
    except Unavailable:
        log.exception("no.not_noted")  # it is recorded and holds: whoever said it is not told otherwise
