"""What a worker does for lists that wait: look at those that were uploaded, and write those that were confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from pipeline.actions.check_secret import secret_refused
from pipeline.actions.import_subscribers import import_subscribers
from pipeline.actions.queue_import import list_of, refused_of
from pipeline.actions.run_import import run_import
from pipeline.actions.survey_list import Survey, claim_of, digest_of, options_of, survey_list
from pipeline.core.consent.lists.progress import ImportState
from pipeline.core.errors import BadInput, RoundsError
from pipeline.gateways import clock
from pipeline.gateways.queue import stopping
from pipeline.store import list_imports, locks
from pipeline.store.list_imports import StoredImport

log = structlog.get_logger()


def run_imports() -> int:
    """One list after the other, until none waits or this process is to stop. Returns how many it ended a step of.

    One worker at a time; a second leaves at once. A list whose file is on another host is that host's to read. Under a
    secret that is not the database's no list is read: nobody who said no would be found.
    """
    if secret_refused(clock.now()):
        return 0
    ended = 0
    with locks.only_one("imports") as mine:
        while mine and not stopping():
            found = next((each for each in list_imports.waiting() if list_of(each.uid).is_file()), None)
            if found is None:
                break
            if not _step(found, clock.now()):
                break
            ended += 1
    return ended


def _step(found: StoredImport, now: datetime) -> bool:
    """Check it, or import it. False where this process is to stop before the end: the next goes on."""
    log.info("import.at_work", about=str(found.uid), state=found.state.value, line=found.line)
    try:
        survey = survey_list(list_of(found.uid), str(found.options["all_are"]))
        act = _check if found.state is ImportState.CHECKING else _write
        return act(found, survey, now)
    except RoundsError as error:
        told = _said(error, list_of(found.uid).name)
        list_imports.move(found.uid, found.state, ImportState.FAILED, error=told, ended_at=now)
        log.warning("import.failed", about=str(found.uid))
        return True


def _check(found: StoredImport, survey: Survey, now: datetime) -> bool:
    options = options_of(found.purpose, dict(found.options))
    list_imports.note(found.uid, rows_total=survey.rows, reading=survey.reading)
    refused = refused_of(found.uid)
    report = import_subscribers(
        survey,
        claim_of(options, now.date()),
        now,
        dry_run=True,
        refused=refused,
        tell=_telling(found),
        stopping=stopping,
    )
    if report is None:
        return False
    list_imports.move(
        found.uid,
        ImportState.CHECKING,
        ImportState.CHECKED,
        checked=report.counts(),
        file_sha256=survey.file.sha256,
        digest=digest_of(survey.file.sha256, options),
        rows_done=report.rows,
    )
    return True


def _write(found: StoredImport, survey: Survey, now: datetime) -> bool:
    def nothing(what: str, done: int, total: int) -> None:
        """Each chunk writes down how far it is."""

    report = run_import(found, survey, refused_of(found.uid), now, tell=nothing, stopping=stopping)
    if report is None:
        return False
    list_of(found.uid).unlink(missing_ok=True)
    return True


def _telling(found: StoredImport) -> Callable[[str, int, int], None]:
    def tell(what: str, done: int, total: int) -> None:
        if total:
            list_imports.note(found.uid, rows_done=done)

    return tell


def _said(error: RoundsError, file_name: str) -> str:
    """The sentence for somebody who never saw the name that the file has here."""
    said = str(error)
    if isinstance(error, BadInput) and error.line:
        return said.replace(f"{error.place}:{error.line}: ", f"Line {error.line}: ")
    return said.replace(f"{file_name}: ", "")
