"""The letters of one person, those of months that were put away among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.store import models, periods


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """`campaign` and `number` are of an issue; any other letter has None for both. `note_kind` and `note_values` are of
    a note (`core.message.note`).
    """

    uid: UUID
    stream: str
    campaign: str | None
    number: int | None
    title: str
    created_at: datetime
    state: DeliveryState
    reason: str
    done_at: datetime | None
    code: int | None
    reply: str
    note_kind: str | None = None
    note_values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredCourse:
    campaign: str
    joined_at: datetime
    next_number: int
    next_due_at: datetime | None


def of_subscriber(subscriber_id: int) -> list[StoredLetter]:
    """Every letter that was made for this person, in the order in which they were made."""
    found = [
        letter
        for table in ("delivery", *periods.kept_tables("delivery"))
        for letter in _of(subscriber_id, table)
    ]
    return sorted(found, key=lambda letter: letter.created_at)


def _of(subscriber_id: int, table: str) -> list[StoredLetter]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT d.uid, d.stream, c.name, m.number, coalesce(i.title, ''), d.created_at, d.state, d.reason, d.done_at,
                   d.code, d.reply, y.kind, coalesce(y.values, '{{}}')
              FROM {table} d LEFT JOIN mailing m ON m.id = d.mailing_id
              LEFT JOIN campaign c ON c.id = m.campaign_id LEFT JOIN issue_revision r ON r.id = m.revision_id
              LEFT JOIN issue i ON i.id = r.issue_id LEFT JOIN note y ON y.id = d.note_id
             WHERE d.subscriber_id = %s ORDER BY d.id
            """,
            [subscriber_id],
        )
        rows = cursor.fetchall()
    return [
        StoredLetter(
            *(uid, stream, campaign, number, title, at, DeliveryState(state), reason, done_at, code, reply),
            note_kind=note,
            note_values=json.loads(values),
        )
        for uid, stream, campaign, number, title, at, state, reason, done_at, code, reply, note, values in rows
    ]


def courses_of(subscriber_id: int) -> list[StoredCourse]:
    """The series that this person follows at their own pace."""
    rows = models.Enrolment.objects.filter(subscriber_id=subscriber_id).select_related("campaign")
    return [
        StoredCourse(row.campaign.name, row.joined_at, row.next_number, row.next_due_at)
        for row in rows.order_by("joined_at", "id")
    ]
