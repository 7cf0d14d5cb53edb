"""Notes that are queued: one letter to one person (`core.message.note`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from pipeline.core.message.note import NoteKind
from pipeline.store import models, periods, sealing
from pipeline.store.subscribers import random_uid


@dataclass(frozen=True, slots=True)
class StoredNote:
    """`address` is empty where the note goes to the subscriber's own. `purpose`: it goes out only while that is
    consented to.
    """

    id: int
    uid: UUID
    kind: NoteKind
    subscriber_id: int | None
    address: str
    purpose: str | None
    values: Mapping[str, str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


def queue(
    kind: NoteKind,
    values: Mapping[str, str],
    address_key: bytes,
    now: datetime,
    expires_at: datetime,
    *,
    subscriber_id: int | None = None,
    address: str = "",
    purpose: str | None = None,
) -> StoredNote:
    """Keep a note and queue its delivery, in the caller's transaction or one of its own.

    Give a `subscriber_id`, or an `address` where it goes to another than the subscriber's own, or both where such a
    letter is about a subscriber. `address_key` is of the address that gets it.
    """
    with transaction.atomic():
        sealed = None
        if address and subscriber_id is not None:
            person = models.Subscriber.objects.get(pk=subscriber_id)
            sealed, address = sealing.seal_address(person, address), ""
        row = models.Note.objects.create(
            uid=random_uid(),
            kind=kind.value,
            subscriber_id=subscriber_id,
            address=address,
            sealed_address=sealed,
            purpose_id=purpose,
            values=dict(values),
            created_at=now,
            expires_at=expires_at,
        )
        models.Delivery.objects.create(
            period=periods.ready(now),
            uid=random_uid(),
            stream="note",
            note=row,
            subscriber_id=subscriber_id,
            address_key=address_key,
            next_attempt_at=now,
            expires_at=expires_at,
            created_at=now,
        )
        return _stored(row)


def by_uid(uid: UUID, *, lock: bool = False) -> StoredNote | None:
    """By the uid that its button's token names; `lock` holds it for the caller's transaction."""
    rows = models.Note.objects.filter(uid=uid).select_related("subscriber")
    return next((_stored(row) for row in (rows.select_for_update(of=("self",)) if lock else rows)), None)


def was_queued(kind: NoteKind, name: str, value: str) -> bool:
    """Whether there is a note of a kind with this value, sent or not."""
    return models.Note.objects.filter(kind=kind.value, **{f"values__{name}": value}).exists()


def use(note_id: int, now: datetime) -> bool:
    """Use up what a note's link does once. False if that was done before."""
    return bool(models.Note.objects.filter(pk=note_id, used_at=None).update(used_at=now))


def former_addresses(subscriber_id: int) -> list[str]:
    """Those that a person's mail has gone to, where a letter that told of the change, or was confirmed, is still kept.
    The one that it goes to now may be among them.
    """
    told, confirmed = Q(kind=NoteKind.ADDRESS_CHANGED.value), Q(kind=NoteKind.ADDRESS_CONFIRM.value)
    rows = models.Note.objects.filter(
        told | confirmed & Q(used_at__isnull=False), subscriber_id=subscriber_id
    )
    kept = rows.exclude(sealed_address=None).select_related("subscriber").order_by("id")
    return list(dict.fromkeys(note.address for note in map(_stored, kept) if note.address))


def forget_addresses(subscriber_id: int) -> int:
    """Blank the addresses other than their own that a person's notes went to: for their erasure (C-18)."""
    rows = models.Note.objects.filter(subscriber_id=subscriber_id).exclude(sealed_address=None)
    return rows.update(sealed_address=None)


def unused(kind: NoteKind, before: datetime, limit: int = 500) -> list[StoredNote]:
    """Notes of a kind from before that moment whose link nobody used, and whose address is still kept; oldest first."""
    rows = models.Note.objects.filter(kind=kind.value, created_at__lt=before, used_at=None)
    rows = rows.exclude(sealed_address=None).select_related("subscriber")
    return [_stored(row) for row in rows.order_by("id")[:limit]]


def old_with_address(kind: NoteKind, before: datetime, limit: int = 100) -> list[StoredNote]:
    """Notes of a kind from before that moment whose address is still kept, held for the caller's transaction; oldest
    first. Those that another process holds are passed over.
    """
    rows = models.Note.objects.filter(kind=kind.value, created_at__lt=before).exclude(sealed_address=None)
    held = rows.select_related("subscriber").select_for_update(of=("self",), skip_locked=True)
    return [_stored(row) for row in held.order_by("id")[:limit]]


def blank_addresses(note_ids: Sequence[int]) -> None:
    """Blank the addresses that these notes went to."""
    models.Note.objects.filter(pk__in=note_ids).update(sealed_address=None)


def forget_unused_addresses(kind: NoteKind, before: datetime) -> int:
    """Blank the addresses that notes of a kind went to before that moment, and nobody used. Returns how many."""
    rows = models.Note.objects.filter(kind=kind.value, created_at__lt=before, used_at=None)
    return rows.exclude(sealed_address=None).update(sealed_address=None)


def _stored(row: models.Note) -> StoredNote:
    return StoredNote(
        row.pk,
        row.uid,
        NoteKind(row.kind),
        row.subscriber_id,
        _address(row),
        row.purpose_id,
        row.values,
        row.created_at,
        row.expires_at,
        row.used_at,
    )


def _address(row: models.Note) -> str:
    if row.sealed_address is None or row.subscriber is None:
        return row.address
    person = row.subscriber
    return sealing.open_person(person.uid, person.wrapped_key, row.sealed_address, None)[0]
