"""Write what an import that was started brings, from where it is to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pipeline.actions.import_subscribers import Progress, import_subscribers
from pipeline.actions.record_audit import record
from pipeline.actions.survey_list import Survey, Tell, claim_of, options_of
from pipeline.core.consent.lists.progress import ImportReport, ImportState, report_of
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.store import list_imports
from pipeline.store.list_imports import StoredImport


def run_import(
    found: StoredImport,
    survey: Survey,
    refused: Path,
    now: datetime,
    *,
    tell: Tell,
    stopping: Callable[[], bool] = lambda: False,
) -> ImportReport | None:
    """Go on behind the last line that is committed. None where it was `stopping` before its end.

    Raises BadInput for a file that is not the one that was started.
    """
    if survey.file.sha256 != found.file_sha256:
        raise BadInput("The file has changed since it was checked. Begin again with the file as it is.")
    claim = claim_of(options_of(found.purpose, dict(found.options)), now.date())
    progress = Progress(found.uid, found.line, found.rows_done, found.refused_size, report_of(found.counts))

    def save(far: Progress) -> None:
        list_imports.note(
            found.uid,
            line=far.line,
            rows_done=far.rows_done,
            refused_size=far.refused_size,
            counts=far.report.counts(),
        )

    report = import_subscribers(
        survey, claim, now, refused=refused, progress=progress, save=save, tell=tell, stopping=stopping
    )
    if report is not None:
        list_imports.move(found.uid, ImportState.IMPORTING, ImportState.DONE, ended_at=now)
        detail = {"rows": report.rows, "imported": report.imported, "deficient": report.deficient}
        record(Event.IMPORT_ENDED, member=found.started_by, about=str(found.uid), detail=detail)
    return report
