"""What a person must know, as sentences: raised once, worded anew as it changes, cleared when its cause is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from pipeline.store import models

LONGEST_SUBJECT = 200

# %(kind)s, %(subject)s, %(sentence)s, %(at)s. Answers with a row if this is news: raised now, and not open before.
RAISE = """
    INSERT INTO alert (kind, subject, sentence, at) VALUES (%(kind)s, %(subject)s, %(sentence)s, %(at)s)
    ON CONFLICT (kind, subject) WHERE cleared_at IS NULL DO UPDATE SET sentence = excluded.sentence
    RETURNING xmax = 0
"""


@dataclass(frozen=True, slots=True)
class Alert:
    """`subject` is a route, a domain, a campaign, or an issue of one as `name/number`."""

    at: datetime
    kind: str
    subject: str
    sentence: str
    cleared_at: datetime | None = None

    @property
    def campaign(self) -> str:
        """The campaign that it may be about: a name without a slash is left as it is."""
        return self.subject.partition("/")[0]


def raised(kind: str, subject: str, sentence: str, now: datetime) -> bool:
    """Raise an alert, or give the open one its newest wording. True if it is news."""
    with connection.cursor() as cursor:
        cursor.execute(
            RAISE, {"kind": kind, "subject": subject[:LONGEST_SUBJECT], "sentence": sentence, "at": now}
        )
        return bool(cursor.fetchone()[0])


def cleared(kinds: Iterable[str], subject: str, now: datetime) -> int:
    """Clear the open alerts of these kinds about a subject. Returns how many there were."""
    rows = models.Alert.objects.filter(
        kind__in=[str(kind) for kind in kinds], subject=subject[:LONGEST_SUBJECT], cleared_at=None
    )
    return rows.update(cleared_at=now)


def open_now(kinds: Iterable[str] | None = None) -> list[Alert]:
    """What is open, the oldest first."""
    rows = models.Alert.objects.filter(cleared_at=None)
    if kinds is not None:
        rows = rows.filter(kind__in=[str(kind) for kind in kinds])
    return [_alert(row) for row in rows.order_by("at", "id")]


def of_campaign(name: str) -> list[Alert]:
    """What is open about a campaign and its issues."""
    return [alert for alert in open_now() if alert.campaign == name]


def latest(limit: int) -> list[Alert]:
    """The newest alerts, cleared ones too."""
    return [_alert(row) for row in models.Alert.objects.order_by("-at", "-id")[:limit]]


def last_cleared(kind: str, subject: str) -> datetime | None:
    """When an alert of this kind about a subject was last cleared."""
    rows = models.Alert.objects.filter(kind=kind, subject=subject[:LONGEST_SUBJECT], cleared_at__isnull=False)
    return rows.order_by("-cleared_at").values_list("cleared_at", flat=True).first()


def _alert(row: models.Alert) -> Alert:
    return Alert(row.at, row.kind, row.subject, row.sentence, row.cleared_at)
