"""Import a file that an operator names on the command line; or say what that would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pipeline.actions.import_subscribers import import_subscribers
from pipeline.actions.run_import import run_import
from pipeline.actions.start_import import start_import
from pipeline.actions.survey_list import ImportOptions, Survey, Tell, claim_of, digest_of, survey_list
from pipeline.core.consent.lists.progress import ImportReport, ImportState
from pipeline.core.errors import Refused
from pipeline.store import list_imports, locks
from pipeline.store.list_imports import StoredImport


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of it. `refused` is the file with the rows to correct, None where there are none."""

    survey: Survey
    report: ImportReport
    refused: Path | None
    uid: UUID | None = None
    resumed_after: int = 0  # the last line that an import which was cut short had committed


def import_file(
    path: Path,
    options: ImportOptions,
    member: str,
    now: datetime,
    *,
    dry_run: bool = False,
    refused: Path | None = None,
    tell: Tell,
) -> ImportedFile:
    """Import a list for one purpose. One that was cut short is gone on with when it is asked for again.

    Raises BadInput and NotFound with a sentence, before anything is written; Refused where it is under way elsewhere.
    """
    claim = claim_of(options, now.date())
    survey = survey_list(path, options.all_are, tell)
    if dry_run:
        report = import_subscribers(survey, claim, now, dry_run=True, refused=refused, tell=tell)
        assert report is not None  # nobody stops it
        return ImportedFile(survey, report, refused if report.refused else None)
    digest = digest_of(survey.file.sha256, options)
    with locks.only_one(f"import {digest}") as mine:
        if not mine:
            raise Refused("This very import is under way already, in another process.")
        found = list_imports.unfinished(digest) or _started(survey, options, digest, member, now)
        beside = refused or path.with_name(f"{path.stem}.refused.csv")
        report = run_import(found, survey, beside, now, tell=tell)
        assert report is not None
    return ImportedFile(survey, report, beside if report.refused else None, found.uid, found.line)


def _started(survey: Survey, options: ImportOptions, digest: str, member: str, now: datetime) -> StoredImport:
    made = list_imports.add(
        options.purpose,
        options.as_data(),
        member,
        now,
        file=str(survey.path.absolute())[:500],
        file_sha256=survey.file.sha256,
        digest=digest,
        rows_total=survey.rows,
        reading=survey.reading,
    )
    list_imports.move(made.uid, ImportState.CHECKING, ImportState.CHECKED)
    start_import(made, member, now)
    started = list_imports.by_uid(made.uid)
    assert started is not None
    return started
