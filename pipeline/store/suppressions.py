"""The suppression list as a whole, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from pipeline.core.consent.suppression import Reason
from pipeline.store import models, subscribers


@dataclass(frozen=True, slots=True)
class ListedSuppression:
    """`person` and `address` are of the subscriber whose mailbox it is: None and empty where we know none (an import,
    or somebody who was erased).
    """

    key: bytes
    person: UUID | None
    address: str
    scope: str
    reason: Reason
    since: datetime
    until: datetime | None


def page(number: int, size: int, now: datetime, reason: Reason | None = None) -> list[ListedSuppression]:
    """Those in force, the newest first; `number` counts from 1."""
    rows = _in_force(now, reason).order_by("-created_at", "-id")[(number - 1) * size : number * size]
    listed = list(rows)
    people = subscribers.by_keys([bytes(row.address_key) for row in listed])
    found = []
    for row in listed:
        person = people.get(bytes(row.address_key))
        found.append(
            ListedSuppression(
                bytes(row.address_key),
                person.uid if person else None,
                person.address if person else "",
                row.scope,
                Reason(row.reason),
                row.created_at,
                row.until,
            )
        )
    return found


def counts(now: datetime) -> dict[Reason, int]:
    """How many are in force for each reason."""
    rows = _in_force(now, None).values("reason").annotate(n=Count("id")).order_by("reason")
    return {Reason(row["reason"]): row["n"] for row in rows}


def _in_force(now: datetime, reason: Reason | None) -> QuerySet[models.Suppression]:
    rows = models.Suppression.objects.filter(Q(until=None) | Q(until__gt=now))
    return rows.filter(reason=reason.value) if reason else rows
