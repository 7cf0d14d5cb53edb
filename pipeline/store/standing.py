"""Whether a yes still carries a mail, in SQL: it has not ended (C-09), and is not a yes to something else (C-10).

The pure rules are `PurposeConsent.lapsed` and `InForce.is_newer_than`. Statements name the subscription `s` and give
`%(now)s`.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from pipeline.core.consent.notice_change import ChangeKind, InForce
from pipeline.store import models
from pipeline.store.consent import StoredNotice


def must_renew_sql(purpose: str) -> str:
    """To join: `must`, with the newest material version in force for the purpose, or nulls. A dozen rows at most."""
    return f"""
      LEFT JOIN LATERAL (SELECT n.version, n.effective_from::timestamp AT TIME ZONE 'UTC' AS since
                           FROM notice_version n
                          WHERE n.purpose_id = {purpose} AND n.change = '{ChangeKind.MATERIAL.value}'
                            AND n.effective_from <= (%(now)s::timestamptz AT TIME ZONE 'UTC')::date
                          ORDER BY n.version DESC LIMIT 1) must ON true"""


# A yes that names no notice is as old as it says it is.
UP_TO_DATE = "(must.version IS NULL OR coalesce(s.notice_version >= must.version, s.since >= must.since))"
CARRIES = f"s.status IN ('given', 'renewed') AND s.valid_until > %(now)s AND {UP_TO_DATE}"


def must_renew(purpose: str, now: datetime) -> InForce | None:
    """The newest material version in force, None where there was none: an older yes does not carry the list (C-10)."""
    return _newest(purpose, ChangeKind.MATERIAL, now)


def reworded(purpose: str, now: datetime) -> InForce | None:
    """The newest version in force that changed words only: whoever said yes before is told of it."""
    return _newest(purpose, ChangeKind.WORDING, now)


def _newest(purpose: str, kind: ChangeKind, now: datetime) -> InForce | None:
    rows = models.NoticeVersion.objects.filter(
        purpose_id=purpose, change=kind.value, effective_from__lte=now.astimezone(UTC).date()
    )
    row = rows.order_by("-version").first()
    return in_force(row) if row else None


def in_force(notice: models.NoticeVersion | StoredNotice) -> InForce:
    """A version, and the moment from which it is in force."""
    return InForce(notice.version, datetime.combine(notice.effective_from, time(), UTC))
