"""Requests to confirm an address, and the letters that ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from pipeline.core.consent.limits import Counts
from pipeline.store import models, periods
from pipeline.store.subscribers import random_uid


@dataclass(frozen=True, slots=True)
class AskedFor:
    """One purpose that a sign-up named, and the notice that was on the page."""

    purpose: str
    notice_id: str
    notice_version: int


@dataclass(frozen=True, slots=True)
class StoredConfirmation:
    id: int
    uid: UUID
    subscriber_id: int
    address: str
    purposes: tuple[AskedFor, ...]
    state: str  # pending | confirmed | refused | expired
    evidence: Mapping[str, object]
    created_at: datetime
    expires_at: datetime


def request(
    subscriber_id: int,
    address_key: bytes,
    purposes: Sequence[AskedFor],
    evidence: Mapping[str, object],
    network_key: bytes | None,
    now: datetime,
    expires_at: datetime,
) -> StoredConfirmation:
    """Keep a request and queue its letter, in the caller's transaction."""
    row = models.Confirmation.objects.create(
        uid=random_uid(),
        subscriber_id=subscriber_id,
        purposes=[
            {"purpose": p.purpose, "notice_id": p.notice_id, "notice_version": p.notice_version}
            for p in purposes
        ],
        state="pending",
        evidence=dict(evidence),
        network_key=network_key,
        created_at=now,
        expires_at=expires_at,
    )
    models.Delivery.objects.create(
        period=periods.ready(now),
        uid=random_uid(),
        stream="confirmation",
        confirmation=row,
        subscriber_id=subscriber_id,
        address_key=address_key,
        next_attempt_at=now,
        expires_at=expires_at,
        created_at=now,
    )
    return _stored(row)


def by_uid(uid: UUID, *, lock: bool = False) -> StoredConfirmation | None:
    """By the uid of a link; `lock` holds it for the caller's transaction."""
    rows = models.Confirmation.objects.filter(uid=uid).select_related("subscriber")
    return next((_stored(row) for row in (rows.select_for_update(of=("self",)) if lock else rows)), None)


def by_id(confirmation_id: int) -> StoredConfirmation:
    """One that is known to exist."""
    return _stored(models.Confirmation.objects.select_related("subscriber").get(pk=confirmation_id))


def of_subscriber(subscriber_id: int) -> list[StoredConfirmation]:
    """All of one person's, in order."""
    rows = models.Confirmation.objects.filter(subscriber_id=subscriber_id).select_related("subscriber")
    return [_stored(row) for row in rows.order_by("created_at", "id")]


def close(confirmation_id: int, state: str) -> None:
    """End a request that still waits: `confirmed` or `expired`."""
    models.Confirmation.objects.filter(pk=confirmation_id, state="pending").update(state=state)


def refuse(confirmation_id: int) -> None:
    """The owner of the address said no, whatever had become of the request."""
    models.Confirmation.objects.filter(pk=confirmation_id).update(state="refused")


def expired(now: datetime, limit: int = 500) -> list[StoredConfirmation]:
    """Requests whose time is over and that still wait."""
    rows = models.Confirmation.objects.filter(state="pending", expires_at__lte=now).select_related(
        "subscriber"
    )
    return [_stored(row) for row in rows.order_by("id")[:limit]]


def counts(subscriber_id: int, purposes: Sequence[str], network_key: bytes | None, now: datetime) -> Counts:
    """What the limits of D-06 are measured against. The subscriber must be locked by the caller."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE subscriber_id = %(who)s AND created_at > %(day)s AND same_list),
                   count(*) FILTER (WHERE subscriber_id = %(who)s AND same_list),
                   count(*) FILTER (WHERE network_key = %(network)s AND created_at > %(hour)s AND state = 'pending'),
                   count(*) FILTER (WHERE created_at > %(hour)s)
              FROM (SELECT c.*, EXISTS (SELECT 1 FROM jsonb_array_elements(c.purposes) p
                                         WHERE p->>'purpose' = ANY(%(purposes)s)) AS same_list
                      FROM confirmation c
                     WHERE (c.subscriber_id = %(who)s AND c.created_at > %(month)s) OR c.created_at > %(hour)s) recent
            """,
            {
                "who": subscriber_id,
                "network": network_key,
                "purposes": list(purposes),
                "hour": now - timedelta(hours=1),
                "day": now - timedelta(days=1),
                "month": now - timedelta(days=30),
            },
        )
        day, month, network, everywhere = cursor.fetchone()
    return Counts(list_day=day, list_month=month, network_hour=network, everywhere_hour=everywhere)


def _stored(row: models.Confirmation) -> StoredConfirmation:
    return StoredConfirmation(
        id=row.pk,
        uid=row.uid,
        subscriber_id=row.subscriber_id,
        address=row.subscriber.address,
        purposes=tuple(AskedFor(p["purpose"], p["notice_id"], p["notice_version"]) for p in row.purposes),
        state=row.state,
        evidence=row.evidence,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
