"""The places where sign-up forms may stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.core.consent.placement import Placement
from pipeline.store import models


@dataclass(frozen=True, slots=True)
class StoredPlacement:
    placement: Placement
    created_at: datetime
    closed_at: datetime | None


def add(placement: Placement, now: datetime) -> bool:
    """Keep a new one. False where the name is taken, by an open one or a closed one: the ledger names it for ever."""
    _, created = models.Placement.objects.get_or_create(
        name=placement.name,
        defaults={
            "page_url": placement.page_url,
            "purposes": list(placement.purposes),
            "created_at": now,
        },
    )
    return created


def find(name: str) -> StoredPlacement | None:
    """By name, whether open or closed."""
    row = models.Placement.objects.filter(pk=name).first()
    return _stored(row) if row else None


def every() -> list[StoredPlacement]:
    """All of them, by name."""
    return [_stored(row) for row in models.Placement.objects.order_by("name")]


def close(name: str, now: datetime) -> bool:
    """No more forms there. False where none is open by this name."""
    return bool(models.Placement.objects.filter(pk=name, closed_at=None).update(closed_at=now))


def _stored(row: models.Placement) -> StoredPlacement:
    return StoredPlacement(
        Placement(row.name, row.page_url, tuple(row.purposes)), row.created_at, row.closed_at
    )
