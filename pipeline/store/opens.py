"""The day on which somebody who agreed to it last opened an email, and nothing else of any opening (C-31 to C-33)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection

from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.store import models
from pipeline.store.standing import CARRIES, must_renew_sql

# The yes `s` of the person `p` carries, they are on some list, and nothing keeps us from writing to them.
_STANDS = f"""
    s.purpose_id = '{OPEN_TRACKING}' AND {CARRIES}
    AND EXISTS (SELECT 1 FROM subscription l
                 WHERE l.subscriber_id = s.subscriber_id AND l.purpose_id <> s.purpose_id
                   AND l.status IN ('given', 'renewed') AND l.valid_until > %(now)s)
    AND NOT EXISTS (SELECT 1 FROM suppression x
                     WHERE x.address_key = p.address_key AND (x.until IS NULL OR x.until > %(now)s)
                       AND x.scope IN ('all', 'marketing', 'confirmation'))"""
_MUST = must_renew_sql(f"'{OPEN_TRACKING}'").strip()

# The yes is held until the commit: a withdrawal comes after, and takes the day away, or before, and none is written.
# Of a day that is noted already no row is found, so that none is held and nothing is written.
_NOTE = f"""
INSERT INTO last_open (subscriber_id, opened_on)
SELECT s.subscriber_id, %(day)s
  FROM subscription s JOIN subscriber p ON p.id = s.subscriber_id {_MUST}
 WHERE s.uid = %(yes)s AND {_STANDS}
   AND NOT EXISTS (SELECT 1 FROM last_open o WHERE o.subscriber_id = s.subscriber_id AND o.opened_on >= %(day)s)
   FOR SHARE OF s
ON CONFLICT (subscriber_id) DO UPDATE SET opened_on = excluded.opened_on
 WHERE last_open.opened_on < excluded.opened_on
"""
_FORGET = f"""
DELETE FROM last_open o
 WHERE NOT EXISTS (SELECT 1 FROM subscription s JOIN subscriber p ON p.id = s.subscriber_id {_MUST}
                    WHERE s.subscriber_id = o.subscriber_id AND {_STANDS})
"""


def note(yes: UUID, day: date, now: datetime) -> bool:
    """Put `day` in the place of the day before, where the yes with this uid still carries. Returns whether it did."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"yes": yes, "day": day, "now": now})
        return bool(cursor.rowcount)


def last_open(subscriber_id: int) -> date | None:
    """The day, None where none is kept."""
    rows = models.LastOpen.objects.filter(subscriber_id=subscriber_id)
    return rows.values_list("opened_on", flat=True).first()


def forget_without_use(now: datetime) -> int:
    """Forget the days of those whose yes carries nothing any more, or who are on no list. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"now": now})
        return int(cursor.rowcount)
