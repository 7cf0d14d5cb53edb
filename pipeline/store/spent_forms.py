"""Forms that were sent: a stamp is good once, and so is the puzzle that is bound to it (D-08)."""

from __future__ import annotations

from datetime import datetime

from pipeline.store import models
from pipeline.store.prepared import run


def spend(stamp: bytes, told: bytes, now: datetime) -> bytes | None:
    """Keep a stamp of 16 bytes with the keyed hash of what its form said, in the caller's transaction.

    None if it is new. Otherwise what was said when it was spent; of two at once the second waits for the first.
    """
    if run(_SPEND, [stamp, told, now]):
        return None
    return bytes(models.SpentForm.objects.get(pk=stamp).told)


_SPEND = """
INSERT INTO spent_form (stamp, told, spent_at) VALUES (%s, %s, %s) ON CONFLICT (stamp) DO NOTHING RETURNING true
"""


def forget_before(moment: datetime) -> int:
    """Returns how many went. What was spent before is too old to be sent again anyhow."""
    count, _ = models.SpentForm.objects.filter(spent_at__lt=moment).delete()
    return count
