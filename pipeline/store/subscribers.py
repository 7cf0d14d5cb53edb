"""Subscribers, found by the keyed hash of their address."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Now

from pipeline.core.consent.lists.export import ExportedSubscription, ExportedSuppression
from pipeline.store import models

EXPORTED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class StoredSubscriber:
    id: int
    uid: UUID
    address: str
    given_name: str
    zone: str
    created_at: datetime


def random_uid() -> UUID:
    """128 random bits in a uuid's clothes: a version-4 uuid has 122 (S-01)."""
    return UUID(bytes=secrets.token_bytes(16))


def by_key(address_key: bytes) -> StoredSubscriber | None:
    """The subscriber with this address, if it was ever seen."""
    row = models.Subscriber.objects.filter(address_key=address_key).first()
    return _stored(row) if row else None


def by_id(subscriber_id: int) -> StoredSubscriber:
    """A subscriber that is known to exist."""
    return _stored(models.Subscriber.objects.get(pk=subscriber_id))


def ensure(
    address: str, address_key: bytes, now: datetime, *, given_name: str = "", zone: str = ""
) -> StoredSubscriber:
    """The subscriber with this address, made if it is new. What is known already stays as it is."""
    row, _ = models.Subscriber.objects.get_or_create(
        address_key=address_key,
        defaults={
            "uid": random_uid(),
            "address": address,
            "given_name": given_name,
            "zone": zone,
            "created_at": now,
        },
    )
    return _stored(row)


def zones(purpose: str) -> list[str]:
    """The zones that subscribers to a purpose live in; an empty name stands for those not known."""
    rows = models.Subscriber.objects.filter(subscriptions__purpose_id=purpose)
    return sorted(set(rows.order_by().values_list("zone", flat=True).distinct()))


def _stored(row: models.Subscriber) -> StoredSubscriber:
    return StoredSubscriber(row.pk, row.uid, row.address, row.given_name, row.zone, row.created_at)


def exported(purpose: str = "") -> Iterator[ExportedSubscription]:
    """Everybody's standing for one list, or for all, in order of joining. The server's cursor holds the rest."""
    rows = models.Subscription.objects.filter(**({"purpose_id": purpose} if purpose else {}))
    found = rows.select_related("subscriber", "consent_event").order_by("id")
    for row in found.iterator(chunk_size=EXPORTED_AT_ONCE):
        yield ExportedSubscription(
            address=row.subscriber.address,
            given_name=row.subscriber.given_name,
            zone=row.subscriber.zone,
            list=row.purpose_id,
            status=row.status,
            since=row.since,
            notice_id=row.consent_event.notice_id,
            notice_version=row.consent_event.notice_version,
            evidence_grade=row.consent_event.evidence_grade,
        )


def exported_suppressions() -> Iterator[ExportedSuppression]:
    """Every suppression that is in force, by keyed hash."""
    rows = models.Suppression.objects.filter(Q(until=None) | Q(until__gt=Now())).order_by("id")
    for row in rows.iterator(chunk_size=EXPORTED_AT_ONCE):
        yield ExportedSuppression(bytes(row.address_key).hex(), row.scope, row.reason)


def counts_by_list() -> dict[str, dict[str, int]]:
    """For each list, how many stand where."""
    rows = models.Subscription.objects.values_list("purpose_id", "status").annotate(number=Count("id"))
    found: dict[str, dict[str, int]] = {}
    for purpose, status, number in rows:
        found.setdefault(purpose, {})[status] = number
    return found
