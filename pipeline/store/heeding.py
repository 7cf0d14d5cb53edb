"""From when a no was received to when the ledger had it (U-16). No column is kept for it: `consent_event` has both.

`recorded_at` is stamped by a trigger with the database's clock as the row is written, once its subscriber is locked.
The commit comes after it, and how long after is not in the figure.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from pipeline.core.consent.heeding import DOORS, NOES, Delays, Door

# Numbers are given out in the order in which entries are written, so a seal from well before the window says below
# which none can be in it: the ledger is not read from its beginning.
_DELAYS = """
WITH door AS (SELECT * FROM unnest(%(methods)s::text[], %(doors)s::text[]) AS d(method, name)),
said AS (
    SELECT door.name, greatest(e.recorded_at - e.occurred_at, interval '0') AS delay
      FROM consent_event e JOIN door USING (method)
     WHERE e.seq > coalesce((SELECT to_seq FROM ledger_seal WHERE sealed_at < %(since)s - interval '1 hour'
                              ORDER BY number DESC LIMIT 1), 0)
       AND e.recorded_at > %(since)s AND e.recorded_at <= %(until)s AND e.kind = ANY(%(kinds)s))
SELECT name, count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY delay),
       percentile_disc(0.99) WITHIN GROUP (ORDER BY delay), max(delay)
  FROM said GROUP BY GROUPING SETS ((), (name))
"""


def delays(since: datetime, until: datetime) -> dict[Door | None, Delays]:
    """Of the noes that took effect in a span of time: by door, and of all of them under None."""
    with connection.cursor() as cursor:
        cursor.execute(
            _DELAYS,
            {
                "methods": [method.value for method in DOORS],
                "doors": [door.value for door in DOORS.values()],
                "kinds": [kind.value for kind in NOES],
                "since": since,
                "until": until,
            },
        )
        rows = cursor.fetchall()
    found: dict[Door | None, Delays] = dict.fromkeys((None, *Door), Delays())
    for name, count, p50, p99, longest in rows:
        if count:
            found[Door(name) if name else None] = Delays(count, _span(p50), _span(p99), _span(longest))
    return found


def _span(found: timedelta | None) -> timedelta:
    return found or timedelta(0)
