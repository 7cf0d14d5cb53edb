"""Think better of an import before it writes: its file goes at once."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.queue_import import list_of, refused_of
from pipeline.actions.record_audit import record
from pipeline.core.consent.lists.progress import ImportState
from pipeline.core.errors import Refused
from pipeline.core.people.audit import Event
from pipeline.store import list_imports
from pipeline.store.list_imports import StoredImport


def drop_import(found: StoredImport, member: str, now: datetime) -> None:
    """Drop it. Raises Refused for one that writes already, or has ended."""
    for state in (ImportState.CHECKED, ImportState.CHECKING):
        if list_imports.move(found.uid, state, ImportState.DROPPED, ended_at=now):
            break
    else:
        raise Refused("This import writes already, or has ended: there is nothing to drop.")
    list_of(found.uid).unlink(missing_ok=True)
    refused_of(found.uid).unlink(missing_ok=True)
    list_imports.note(found.uid, files_gone=True)
    record(Event.IMPORT_DROPPED, member=member, about=str(found.uid))
