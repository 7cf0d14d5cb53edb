"""Subscribers, found by the keyed hash of their address."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from pipeline.store import models


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


def by_uid(uid: UUID) -> StoredSubscriber | None:
    """The subscriber with this pseudonym."""
    row = models.Subscriber.objects.filter(uid=uid).first()
    return _stored(row) if row else None


def by_keys(address_keys: Iterable[bytes]) -> dict[bytes, StoredSubscriber]:
    """Those of the mailboxes that are a subscriber's, by their keys."""
    rows = models.Subscriber.objects.filter(address_key__in=list(address_keys))
    return {bytes(row.address_key): _stored(row) for row in rows}


def address_key(subscriber_id: int) -> bytes:
    """The keyed hash of a subscriber's address, also of one who was erased."""
    return bytes(models.Subscriber.objects.values_list("address_key", flat=True).get(pk=subscriber_id))


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


def change_address(subscriber_id: int, address: str, address_key: bytes) -> bool:
    """Give a subscriber another address. False where it is somebody else's. The caller holds the subscriber."""
    try:
        with transaction.atomic():
            row = models.Subscriber.objects.filter(pk=subscriber_id)
            return bool(row.update(address=address, address_key=address_key))
    except IntegrityError:
        return False


def forget(subscriber_id: int) -> None:
    """Blank who a subscriber is. The row stays, with its keyed hash and its pseudonym: the ledger refers to it."""
    models.Subscriber.objects.filter(pk=subscriber_id).update(address="", given_name="", zone="")
    models.Confirmation.objects.filter(subscriber_id=subscriber_id).update(evidence={}, network_key=None)


def zones(purpose: str) -> list[str]:
    """The zones that subscribers to a purpose live in; an empty name stands for those not known."""
    rows = models.Subscriber.objects.filter(subscriptions__purpose_id=purpose)
    return sorted(set(rows.order_by().values_list("zone", flat=True).distinct()))


def _stored(row: models.Subscriber) -> StoredSubscriber:
    return StoredSubscriber(row.pk, row.uid, row.address, row.given_name, row.zone, row.created_at)
