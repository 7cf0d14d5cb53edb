"""Subscribers, found by the keyed hash of their address. Who they are is sealed, each under a key of their own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Now

from pipeline.core.consent.lists.export import ExportedSubscription, ExportedSuppression
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.suppression import ALL
from pipeline.store import models, sealing

EXPORTED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class StoredSubscriber:
    """`address` and `given_name` are empty for somebody who was erased."""

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


def subject_key(subscriber_id: int) -> bytes | None:
    """The key that a person's evidence is sealed under, None for somebody who was erased."""
    return sealing.subject_key(models.Subscriber.objects.get(pk=subscriber_id))


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
    """The subscriber with this address, made if it is new. What is known already stays as it is.

    Somebody who was erased is not written down anew while the suppression that this left is in force: their address
    stays empty. Afterwards they are, under a new key.
    """
    row = models.Subscriber.objects.filter(address_key=address_key).first()
    if row is None:
        uid = random_uid()
        _, person = sealing.new_person(uid, address, given_name)
        row, made = models.Subscriber.objects.get_or_create(
            address_key=address_key,
            defaults={
                "uid": uid,
                "wrapped_key": person.wrapped_key,
                "sealed_address": person.address,
                "sealed_name": person.name,
                "zone": zone,
                "created_at": now,
            },
        )
        if made:
            return _stored(row)
    if row.wrapped_key is None and not _kept_away(address_key, now):
        _, person = sealing.new_person(row.uid, address, given_name)
        models.Subscriber.objects.filter(pk=row.pk, wrapped_key=None).update(
            wrapped_key=person.wrapped_key,
            sealed_address=person.address,
            sealed_name=person.name,
            zone=zone,
        )
        row.refresh_from_db()
    return _stored(row)


def change_address(subscriber_id: int, address: str, address_key: bytes) -> bool:
    """Give a subscriber another address. False where it is somebody else's. The caller holds the subscriber."""
    row = models.Subscriber.objects.get(pk=subscriber_id)
    if row.wrapped_key is None:
        return False  # erased: there is nobody to give it to
    row.address_key, row.sealed_address = address_key, sealing.seal_address(row, address)
    try:
        with transaction.atomic():
            row.save(update_fields=["address_key", "sealed_address"])
            return True
    except IntegrityError:
        return False


def _kept_away(address_key: bytes, now: datetime) -> bool:
    rows = models.Suppression.objects.filter(address_key=address_key, scope=ALL)
    closed = Q(door_since=None) | Q(door_since__gt=now) | Q(door_until__lte=now)
    return rows.filter(closed, Q(until=None) | Q(until__gt=now)).exists()


def forget(subscriber_id: int) -> None:
    """Destroy a subscriber's key, and with it whatever is sealed under it here and in the ledger (C-18).

    The row stays, with its keyed hash and its pseudonym: the ledger refers to it.
    """
    models.Subscriber.objects.filter(pk=subscriber_id).update(
        wrapped_key=None, sealed_address=None, sealed_name=None, zone=""
    )
    models.Confirmation.objects.filter(subscriber_id=subscriber_id).update(evidence={}, network_key=None)


def forget_unheard(since: datetime, before: datetime) -> int:
    """Delete those written down between the two moments of whom nothing was kept: neither a word in the ledger nor a
    request. Returns how many. Whoever is being written to just now is passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM subscriber WHERE id IN (
                SELECT s.id FROM subscriber s WHERE s.created_at >= %s AND s.created_at < %s
                   AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.subscriber_id = s.id)
                   AND NOT EXISTS (SELECT 1 FROM confirmation c WHERE c.subscriber_id = s.id)
                   AND NOT EXISTS (SELECT 1 FROM note n WHERE n.subscriber_id = s.id)
                   AND NOT EXISTS (SELECT 1 FROM rights_request r WHERE r.subscriber_id = s.id)
                   FOR UPDATE SKIP LOCKED)
            """,
            [since, before],
        )
        return int(cursor.rowcount)


def sealed_by_another() -> bool:
    """Whether the keys of this database were wrapped under another secret than this host has. Looks at the newest."""
    row = (
        models.Subscriber.objects.exclude(wrapped_key=None)
        .order_by("-id")
        .values_list("wrapped_key", "uid")
        .first()
    )
    return row is not None and not sealing.ours(*row)


def zones(purpose: str) -> list[str]:
    """The zones that subscribers to a purpose live in; an empty name stands for those not known."""
    rows = models.Subscriber.objects.filter(subscriptions__purpose_id=purpose)
    return sorted(set(rows.order_by().values_list("zone", flat=True).distinct()))


def _stored(row: models.Subscriber) -> StoredSubscriber:
    address, given_name = sealing.opened(row)
    return StoredSubscriber(row.pk, row.uid, address, given_name, row.zone, row.created_at)


def exported(purpose: str = "") -> Iterator[ExportedSubscription]:
    """Everybody's standing for one list, or for all, in order of joining. The server's cursor holds the rest."""
    rows = models.Subscription.objects.exclude(purpose_id=OPEN_TRACKING)
    rows = rows.filter(purpose_id=purpose) if purpose else rows
    found = rows.select_related("subscriber", "consent_event").order_by("id")
    for row in found.iterator(chunk_size=EXPORTED_AT_ONCE):
        address, given_name = sealing.opened(row.subscriber)
        if not address:
            continue  # erased: nobody knows whose it was
        yield ExportedSubscription(
            address=address,
            given_name=given_name,
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
