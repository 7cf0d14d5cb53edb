"""Let an import that was checked write: the one place from which lists are brought in."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pipeline.actions.record_audit import record
from pipeline.core.consent.lists.progress import ImportState
from pipeline.core.errors import Refused
from pipeline.gateways.queue import Job, ring
from pipeline.store import list_imports
from pipeline.store.list_imports import StoredImport


def start_import(found: StoredImport, member: str, now: datetime) -> None:
    """Start it. `found.digest` names the very file and options. Raises Refused where it cannot be started any more."""
    moved = list_imports.move(
        found.uid,
        ImportState.CHECKED,
        ImportState.IMPORTING,
        started_by=member[:150],
        started_at=now,
        rows_done=0,
        line=0,
        refused_size=0,
    )
    if not moved:
        raise Refused("This import was started, dropped or ended already. Look at its page again.")
    decision = str(found.options.get("decision", ""))
    detail: dict[str, object] = {"digest": found.digest, "rows": found.rows_total}
    if decision:
        detail["decision_sha256"] = hashlib.sha256(decision.encode()).hexdigest()
    record("import.started", member=member, about=str(found.uid), detail=detail)
    ring(Job.IMPORT)
