"""Take a list that somebody uploads, and let a worker look at it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pipeline.actions.record_audit import record
from pipeline.actions.survey_list import ImportOptions, claim_of
from pipeline.core.consent.lists.dialects import Said, said_by_name
from pipeline.core.errors import BadInput, Unavailable
from pipeline.core.people.audit import Event
from pipeline.gateways import list_file
from pipeline.gateways.queue import Job, ring
from pipeline.settings import current
from pipeline.store import list_imports
from pipeline.store.list_imports import StoredImport
from pipeline.store.subscribers import random_uid


def list_of(uid: UUID) -> Path:
    """Where an uploaded list waits. Its own name is not kept: it may say what the list is about."""
    return current().data_dir / "imports" / f"{uid.hex}.csv"


def refused_of(uid: UUID) -> Path:
    """Where the rows that were refused are."""
    return current().data_dir / "imports" / f"{uid.hex}.refused.csv"


def queue_import(
    blocks: Iterable[bytes], name: str, options: ImportOptions, member: str, now: datetime
) -> StoredImport:
    """Keep the list, readable by the service alone, and ring for a worker, which writes nothing but its report.

    Raises BadInput or NotFound for what was said of it, BadInput for one that is too large, and Unavailable where it
    cannot be kept.
    """
    claim_of(options, now.date())
    if options.all_are == Said.YES:
        options = replace(options, all_are=said_by_name(name).value)
    uid = random_uid()
    path = list_of(uid)
    try:
        _keep(blocks, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    made = list_imports.add(options.purpose, options.as_data(), member, now, uid=uid)
    record(Event.IMPORT_UPLOADED, member=member, about=str(uid))
    ring(Job.IMPORT)
    return made


def _keep(blocks: Iterable[bytes], path: Path) -> None:
    limit = current().import_mb * 1024 * 1024
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = 0
    with os.fdopen(list_file.private(path), "wb") as file:
        try:
            for block in blocks:
                size += len(block)
                if size > limit:
                    raise BadInput(
                        f"The file is larger than {current().import_mb} MB, which is the limit here"
                        " (ROUNDS_IMPORT_MB). Split it, or import it on the server: rounds subscribers import.",
                        field="list",
                    )
                file.write(block)
        except OSError as error:
            raise Unavailable(f"The list could not be kept ({error.strerror}).") from error
    if not size:
        raise BadInput("Choose the file of the list. What came was empty.", field="list")
