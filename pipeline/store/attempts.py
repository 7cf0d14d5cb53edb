"""Tries at the door that have not succeeded, for all web processes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline.core.accounts.attempt_limits import LONGEST, Limit, too_many
from pipeline.store.models import SignInAttempt


def begin(limits: Mapping[bytes, Sequence[Limit]], now: datetime) -> list[int] | None:
    """Count a try under each key, and give the rows' ids; None, and nothing counted, if one has had too many.

    The try is written before it is judged, so that many at once cannot all be the last that is allowed.
    """
    SignInAttempt.objects.filter(at__lte=now - LONGEST).delete()
    rows = SignInAttempt.objects.bulk_create(SignInAttempt(key=key, at=now) for key in limits)
    ids = [row.pk for row in rows]
    for key, each in limits.items():
        times = SignInAttempt.objects.filter(key=key, at__gt=now - LONGEST).values_list("at", flat=True)
        if too_many(list(times), each, now):
            take_back(ids)
            return None
    return ids


def take_back(ids: Sequence[int]) -> None:
    """A try that succeeded does not count."""
    SignInAttempt.objects.filter(pk__in=ids).delete()


def forget(key: bytes) -> None:
    """A success clears what failed under the same name before."""
    SignInAttempt.objects.filter(key=key).delete()
