"""The audit log: written a line at a time, each after the last, and read in pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from pipeline.core.people.audit import Line, line
from pipeline.store import models
from pipeline.store.locks import key_of

PAGE = 5_000  # lines that are read at once


def append(
    event: str,
    *,
    member: str,
    about: str,
    outcome: str,
    network: str,
    request_id: str,
    detail: Mapping[str, object],
) -> Line:
    """Write the next line, by the database's clock, and give it back.

    One writer at a time, until the transaction ends: whoever writes many rows writes this one last.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key_of("audit")])
        cursor.execute("SELECT clock_timestamp()")
        [at] = cursor.fetchone()
        made = line(
            last(),
            at,
            event,
            member=member,
            about=about,
            outcome=outcome,
            network=network,
            request_id=request_id,
            detail=detail,
        )
        models.AuditEvent.objects.create(
            seq=made.seq,
            at=made.at,
            event=made.event,
            member=made.member,
            about=made.about,
            outcome=made.outcome,
            network=made.network,
            request_id=made.request_id,
            detail=dict(made.detail),
            previous=made.previous,
            hash=made.hash,
        )
    return made


def last() -> Line | None:
    """The newest line."""
    row = models.AuditEvent.objects.order_by("-seq").first()
    return _line(row) if row else None


def every() -> Iterator[Line]:
    """From the first to the last."""
    for row in models.AuditEvent.objects.order_by("seq").iterator(chunk_size=PAGE):
        yield _line(row)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines to show. What is empty does not count; `since` and `until` are moments, the latter not included."""

    member: str = ""
    event: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None  # seq, for the next page


def newest(wanted: Wanted, limit: int) -> list[Line]:
    """The newest lines of these, newest first."""
    rows = models.AuditEvent.objects.order_by("-seq")
    equal = {"member": wanted.member, "event": wanted.event, "about": wanted.about}
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.before is not None:
        rows = rows.filter(seq__lt=wanted.before)
    return [_line(row) for row in rows[:limit]]


def _line(row: models.AuditEvent) -> Line:
    detail = row.detail if isinstance(row.detail, dict) else {"not a detail": json.dumps(row.detail)}
    return Line(
        seq=row.seq,
        at=row.at,
        event=row.event,
        member=row.member,
        about=row.about,
        outcome=row.outcome,
        network=row.network,
        request_id=row.request_id,
        detail=detail,
        previous=bytes(row.previous),
        hash=bytes(row.hash),
    )
