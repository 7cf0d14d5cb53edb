"""Forms that were sent: a stamp is good once, and so is the puzzle that is bound to it (D-08)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from pipeline.store import models


def spend(stamp: bytes, told: bytes, now: datetime) -> bytes | None:
    """Keep a stamp of 16 bytes with the keyed hash of what its form said, in the caller's transaction.

    None if it is new. Otherwise what was said when it was spent; of two at once the second waits for the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO spent_form (stamp, told, spent_at) VALUES (%s, %s, %s) ON CONFLICT (stamp) DO NOTHING",
            [stamp, told, now],
        )
        if cursor.rowcount:
            return None
    return bytes(models.SpentForm.objects.get(pk=stamp).told)


def forget_before(moment: datetime) -> int:
    """Returns how many went. What was spent before is too old to be sent again anyhow."""
    count, _ = models.SpentForm.objects.filter(spent_at__lt=moment).delete()
    return count
