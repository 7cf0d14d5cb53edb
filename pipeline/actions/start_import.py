"""Let an import that was checked write: the one place from which lists are brought in."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from pipeline.actions.ask_second_pair import ask_second_pair
from pipeline.actions.record_audit import record
from pipeline.actions.second_pair import use_approval
from pipeline.core.consent.lists.progress import ImportState
from pipeline.core.errors import Refused
from pipeline.core.people.audit import Event
from pipeline.core.people.proposal import Proposal, ProposalKind
from pipeline.gateways.queue import Job, ring
from pipeline.store import list_imports
from pipeline.store.list_imports import StoredImport

KIND = ProposalKind.IMPORT_SUBSCRIBERS


def start_import(found: StoredImport, member: str, now: datetime) -> None:
    """Start it, for whoever runs the machine. `found.digest` names the very file and options. Raises Refused where it
    cannot be started any more.
    """
    _start(found, member, now)
    ring(Job.IMPORT)


def start_or_propose_import(found: StoredImport, member: str, now: datetime) -> Proposal | None:
    """The same for a member of the studio. Where a second person has to agree first it is proposed, and the proposal
    returned.
    """
    digest = bytes.fromhex(found.digest)
    said = {"list": found.purpose, "rows": found.rows_total, "import": str(found.uid)}
    if found.state is ImportState.CHECKED and (proposal := ask_second_pair(KIND, said, digest, member, now)):
        return proposal
    with transaction.atomic():
        _start(found, member, now)
        use_approval(KIND, digest, member, now)
    ring(Job.IMPORT)
    return None


def _start(found: StoredImport, member: str, now: datetime) -> None:
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
    record(Event.IMPORT_STARTED, member=member, about=str(found.uid), detail=detail)
