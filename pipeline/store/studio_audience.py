"""How many people a campaign would write to, if it opened now."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from pipeline.store.standing import CARRIES, must_renew_sql


def on_list(purpose: str, now: datetime) -> tuple[int, int]:
    """(everyone who ever asked for this list, those whom it may be sent to now)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), count(*) FILTER (WHERE {CARRIES} AND NOT EXISTS (
                       SELECT 1 FROM suppression x
                        WHERE x.address_key = p.address_key AND (x.until IS NULL OR x.until > %(now)s)
                          AND x.scope IN ('all', 'marketing', 'list:' || %(purpose)s)))
              FROM subscription s JOIN subscriber p ON p.id = s.subscriber_id
             {must_renew_sql("%(purpose)s").strip()}
             WHERE s.purpose_id = %(purpose)s
            """,
            {"purpose": purpose, "now": now},
        )
        total, reachable = cursor.fetchone()
        return total, reachable
