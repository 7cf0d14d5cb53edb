"""Lists are other people's data: no copy of one outlives its import by a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from pipeline.actions.queue_import import list_of, refused_of
from pipeline.core.consent.lists.progress import ImportState
from pipeline.store import list_imports

KEPT = timedelta(hours=24)  # from the upload; an import under way keeps its file

log = structlog.get_logger()


def tidy_imports(now: datetime) -> int:
    """Delete the files that are a day old, and drop what nobody confirmed. Returns how many imports."""
    old = list_imports.with_files(now - KEPT)
    for found in old:
        for state in (ImportState.CHECKING, ImportState.CHECKED):
            list_imports.move(found.uid, state, ImportState.DROPPED, ended_at=now)
        list_of(found.uid).unlink(missing_ok=True)
        refused_of(found.uid).unlink(missing_ok=True)
        list_imports.note(found.uid, files_gone=True)
        log.info("import.files_gone", about=str(found.uid))
    return len(old)
