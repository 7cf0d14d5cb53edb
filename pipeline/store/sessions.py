"""The sessions of members: listed, kept alive, ended. Their keys are never here, only hashes of them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from pipeline.core.accounts.session import Session
from pipeline.settings import current
from pipeline.store import known_browsers
from pipeline.store.models import MemberSession
from pipeline.store.session_engine import MEMBER, SessionStore, row_key

NETWORK, BROWSER = "network", "browser"  # in a session's data: where it was begun
STEP = timedelta(minutes=1)  # a session that is in use is marked so once a minute, and not on every page


def of_member(member_id: int) -> list[Session]:
    """Those that are open, the one used last first. One that still waits for its second factor is none."""
    now = timezone.now()
    idle = timedelta(minutes=current().session_minutes)
    rows = MemberSession.objects.filter(
        member_id=member_id, expire_date__gt=now, seen_at__gt=now - idle
    ).order_by("-seen_at")
    opened = ((row, SessionStore().decode(row.session_data)) for row in rows)
    return [
        Session(row.session_key, row.started_at, row.seen_at, data.get(NETWORK, ""), data.get(BROWSER, ""))
        for row, data in opened
        if MEMBER in data
    ]


def id_of(session_key: str | None) -> str:
    """The id under which a session is listed."""
    return row_key(session_key) if session_key else ""


def mark_used(session_key: str) -> None:
    """Put off the end of a session that is in use."""
    now = timezone.now()
    MemberSession.objects.filter(session_key=row_key(session_key), seen_at__lt=now - STEP).update(seen_at=now)


def end(member_id: int, session_id: str) -> bool:
    """End one session of a member. Returns whether there was one."""
    return MemberSession.objects.filter(member_id=member_id, session_key=session_id).delete()[0] > 0


def end_all(member_id: int, *, but: str | None = None) -> int:
    """End the sessions of a member, except the one whose key is `but`. Returns how many there were.

    Where every one ends, no browser is known as the member's any more either.
    """
    if but is None:
        known_browsers.forget(member_id)
    rows = MemberSession.objects.filter(member_id=member_id)
    return (rows.exclude(session_key=row_key(but)) if but else rows).delete()[0]


def forget_ended() -> None:
    """Delete the rows of sessions that are over."""
    now = timezone.now()
    idle = timedelta(minutes=current().session_minutes)
    MemberSession.objects.filter(expire_date__lte=now).delete()
    MemberSession.objects.filter(seen_at__lte=now - idle).delete()
