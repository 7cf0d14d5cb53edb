"""Imports of lists: what was asked, how far each has come, and what it saw in its file on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from pipeline.core.consent.lists.progress import AT_WORK, MAY_BECOME, ImportState
from pipeline.store import models
from pipeline.store.subscribers import random_uid


@dataclass(frozen=True, slots=True)
class StoredImport:
    """One import. `checked` and `counts` are what `core.consent.lists.progress.report_of` reads."""

    id: int
    uid: UUID
    purpose: str
    state: ImportState
    file: str
    file_sha256: str
    digest: str
    options: Mapping[str, Any]
    reading: Mapping[str, Any]
    rows_total: int
    rows_done: int
    line: int
    refused_size: int
    counts: Mapping[str, Any]
    checked: Mapping[str, Any]
    error: str
    asked_by: str
    started_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    files_gone: bool


def add(
    purpose: str,
    options: Mapping[str, Any],
    member: str,
    now: datetime,
    *,
    file: str = "",
    uid: UUID | None = None,
    **known: Any,
) -> StoredImport:
    """Begin one, to be checked. `known`: what is known of its file already."""
    row = models.ListImport.objects.create(
        uid=uid or random_uid(),
        purpose_id=purpose,
        state=ImportState.CHECKING.value,
        file=file,
        options=dict(options),
        asked_by=member[:150],
        created_at=now,
        **known,
    )
    return _stored(row)


def by_uid(uid: UUID) -> StoredImport | None:
    """The import with this uid."""
    row = models.ListImport.objects.filter(uid=uid).first()
    return _stored(row) if row else None


def of_purpose(purpose: str, most: int = 10) -> list[StoredImport]:
    """The last imports into a list, the newest first."""
    return [
        _stored(row) for row in models.ListImport.objects.filter(purpose_id=purpose).order_by("-id")[:most]
    ]


def unfinished(digest: str) -> StoredImport | None:
    """The import of the same file with the same options that was begun and never ended."""
    row = (
        models.ListImport.objects.filter(digest=digest, state=ImportState.IMPORTING.value)
        .order_by("id")
        .first()
    )
    return _stored(row) if row else None


def work_waits() -> bool:
    """Whether a worker has anything to read."""
    return _waiting().exists()


def waiting() -> list[StoredImport]:
    """What workers have to read, the oldest first. Imports from the command line are that command's to end."""
    return [_stored(row) for row in _waiting().order_by("id")]


def _waiting() -> QuerySet[models.ListImport]:
    return models.ListImport.objects.filter(state__in=[state.value for state in AT_WORK], file="")


def move(uid: UUID, before: ImportState, after: ImportState, **facts: Any) -> bool:
    """Change the state, if it is still `before`. False where somebody else was first."""
    if after not in MAY_BECOME[before]:
        raise ValueError(f"an import may not go from {before} to {after}")
    found = models.ListImport.objects.filter(uid=uid, state=before.value)
    return bool(found.update(state=after.value, **facts))


def note(uid: UUID, **facts: Any) -> None:
    """Write down how far it is, in the caller's transaction."""
    models.ListImport.objects.filter(uid=uid).update(**facts)


def with_files(before: datetime) -> list[StoredImport]:
    """Those whose files are still there although they ended or were made before a moment."""
    rows = models.ListImport.objects.filter(files_gone=False, file="").exclude(
        state=ImportState.IMPORTING.value
    )
    return [_stored(row) for row in rows.filter(created_at__lt=before).order_by("id")]


def _stored(row: models.ListImport) -> StoredImport:
    return StoredImport(
        id=row.pk,
        uid=row.uid,
        purpose=row.purpose_id,
        state=ImportState(row.state),
        file=row.file,
        file_sha256=row.file_sha256,
        digest=row.digest,
        options=row.options,
        reading=row.reading,
        rows_total=row.rows_total,
        rows_done=row.rows_done,
        line=row.line,
        refused_size=row.refused_size,
        counts=row.counts,
        checked=row.checked,
        error=row.error,
        asked_by=row.asked_by,
        started_by=row.started_by,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        files_gone=row.files_gone,
    )


def begin_reading() -> None:
    """Forget what this connection saw in a list before. Its tables are its own, and go with it.

    They are PostgreSQL's temporary ones, which it keeps in a few megabytes and on the disk: a million keys in Python
    would take more than a hundred.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS list_seen (address_key bytea PRIMARY KEY, line int NOT NULL)"
        )
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS list_no (address_key bytea PRIMARY KEY)")
        cursor.execute("TRUNCATE list_seen, list_no")


def first_lines(keys: Sequence[bytes], lines: Sequence[int]) -> dict[bytes, int]:
    """The first line of this reading on which each mailbox stood, these among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO list_seen SELECT DISTINCT ON (key) key, line FROM unnest(%s::bytea[], %s::int[]) AS r(key, line)
             ORDER BY key, line ON CONFLICT DO NOTHING
            """,
            [list(keys), list(lines)],
        )
        cursor.execute("SELECT address_key, line FROM list_seen WHERE address_key = ANY(%s)", [list(keys)])
        return {bytes(key): line for key, line in cursor.fetchall()}


def remember_noes(keys: Iterable[bytes]) -> None:
    """These mailboxes say no somewhere in the list that is being read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO list_no SELECT DISTINCT unnest(%s::bytea[]) ON CONFLICT DO NOTHING", [list(keys)]
        )


def which_said_no(keys: Sequence[bytes]) -> set[bytes]:
    """Those of `keys` that say no somewhere in the list."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT address_key FROM list_no WHERE address_key = ANY(%s)", [list(keys)])
        return {bytes(row[0]) for row in cursor.fetchall()}
