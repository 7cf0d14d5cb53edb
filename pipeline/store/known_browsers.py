"""The browsers that a member signed in with: which marks still count. A mark that has no row is worth nothing."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.accounts.browser_mark import LASTS, MOST_OF_A_MEMBER
from pipeline.store.models import KnownBrowser


def counts(member_id: int, kept_as: bytes, now: datetime) -> bool:
    """Whether this mark was given to the member, was not revoked, and is not too old."""
    return KnownBrowser.objects.filter(member_id=member_id, mark=kept_as, used_at__gt=now - LASTS).exists()


def remember(member_id: int, kept_as: bytes, now: datetime) -> None:
    """Keep a new mark, or note that one is in use. What is too old is forgotten, and the oldest beyond the most."""
    KnownBrowser.objects.update_or_create(member_id=member_id, mark=kept_as, defaults={"used_at": now})
    theirs = KnownBrowser.objects.filter(member_id=member_id)
    good = theirs.filter(used_at__gt=now - LASTS).order_by("-used_at", "-pk")
    theirs.exclude(pk__in=list(good.values_list("pk", flat=True)[:MOST_OF_A_MEMBER])).delete()


def forget(member_id: int) -> None:
    """Revoke every mark of a member."""
    KnownBrowser.objects.filter(member_id=member_id).delete()
