"""Deliveries as a whole: queued, withdrawn, cancelled, expired, counted. Sending them is `store.sending`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.store import models, periods
from pipeline.store.prepared import run
from pipeline.store.subscribers import random_uid

TEST_LASTS = timedelta(hours=1)
SHORTEST_LIFE = timedelta(hours=1)  # no issue goes stale sooner: a young mailing is not looked at
LATEST_START = timedelta(hours=2)  # an issue may open so long after the moment that its life is counted from
PAGE = 10_000  # deliveries that one statement changes

# 128 random bits as a uuid: a version-4 uuid has 122 only (S-01).
RANDOM_UID = (
    "encode(substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) for 16),"
    " 'hex')::uuid"
)


def withdraw_lists(subscriber_id: int, noes: Mapping[str, str]) -> None:
    """Suppress what waits for a subscriber who has said no to lists. `noes` maps each to the reason.

    Called in the ledger's transaction, after the subscription was locked: the lock order is the same everywhere.
    """
    run(_WITHDRAW, [list(noes), list(noes.values()), subscriber_id])


_WITHDRAW = f"""
UPDATE delivery d SET state = {DeliveryState.SUPPRESSED:d}, reason = no.reason, done_at = clock_timestamp(),
       lease_token = NULL, lease_until = NULL
  FROM mailing m JOIN campaign c ON c.id = m.campaign_id
  JOIN unnest(%s::text[], %s::text[]) no (purpose, reason) ON no.purpose = c.purpose_id
 WHERE d.mailing_id = m.id AND d.subscriber_id = %s::bigint
   AND d.state IN ({DeliveryState.QUEUED:d}, {DeliveryState.LEASED:d})
"""


def forget(subscriber_id: int, address_key: bytes, mailbox: str, reason: str) -> None:
    """Suppress whatever waits for a person who is erased, and take them out of what is kept of their deliveries.

    A host's reply may name the mailbox or its local part. The rows stay: a campaign's counts are no secret of theirs.
    """
    values: dict[str, Any] = {
        "suppressed": DeliveryState.SUPPRESSED,
        "queued": DeliveryState.QUEUED,
        "leased": DeliveryState.LEASED,
        "reason": reason,
        "subscriber": subscriber_id,
        "key": address_key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUPPRESS_ISSUES, values)
        cursor.execute(_SUPPRESS_LETTERS, values)
    _forget_mailbox(subscriber_id, address_key, mailbox, "infinity")


def forget_former(subscriber_id: int, address_key: bytes, mailbox: str, now: datetime) -> None:
    """Take an address that a living person had before out of what is kept of deliveries. Nothing is stopped by it: a
    test that still waits keeps the address that it goes to.
    """
    _forget_mailbox(subscriber_id, address_key, mailbox, now - TEST_LASTS)


def _forget_mailbox(
    subscriber_id: int, address_key: bytes, mailbox: str, tests_before: datetime | str
) -> None:
    values: dict[str, Any] = {
        "subscriber": subscriber_id,
        "key": address_key,
        "mailbox": mailbox,
        "local": mailbox.rpartition("@")[0],
        "before": tests_before,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_TESTS, values)
        away = set(periods.kept_tables("attempt"))
        for delivery in ("delivery", *periods.kept_tables("delivery")):
            attempt = delivery.replace("delivery", "attempt", 1)
            beside = attempt if attempt in away else "attempt"
            cursor.execute(_FORGET_REPLIES.format(delivery=delivery, attempt=beside), values)


_SUPPRESS_ISSUES = """
UPDATE delivery SET state = %(suppressed)s, reason = %(reason)s, done_at = clock_timestamp(),
       lease_token = NULL, lease_until = NULL
 WHERE mailing_id IS NOT NULL AND subscriber_id = %(subscriber)s AND state IN (%(queued)s, %(leased)s)
"""

_SUPPRESS_LETTERS = """
UPDATE delivery SET state = %(suppressed)s, reason = %(reason)s, done_at = clock_timestamp(), lease_token = NULL,
       lease_until = NULL
 WHERE mailing_id IS NULL AND address_key = %(key)s AND state IN (%(queued)s, %(leased)s)
"""
_FORGET_TESTS = """
UPDATE test_send SET address = '' WHERE lower(address) = lower(%(mailbox)s) AND created_at < %(before)s::timestamptz
"""
_FORGET_REPLIES = """
WITH theirs AS (
    SELECT d.id, d.period FROM mailing m JOIN {delivery} d ON d.mailing_id = m.id
     WHERE d.subscriber_id = %(subscriber)s
     UNION ALL
    SELECT d.id, d.period FROM {delivery} d WHERE d.mailing_id IS NULL AND d.address_key = %(key)s
), attempts AS (
    UPDATE {attempt} a SET reply = '' FROM theirs t
     WHERE a.delivery_id = t.id AND a.period = t.period AND position(lower(%(local)s) IN lower(a.reply)) > 0
)
UPDATE {delivery} d SET reply = '' FROM theirs t
 WHERE d.id = t.id AND d.period = t.period AND position(lower(%(local)s) IN lower(d.reply)) > 0
"""


def cancel_rest(campaign_id: int) -> int:
    """Cancel what has not been handed over of a campaign that is cancelled. Returns how many deliveries.

    Page by page, each in a transaction of its own: what somebody does to one of a million meanwhile, such as to
    unsubscribe, waits for one page at most. Whoever is interrupted leaves the rest to `cancel_stranded`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM mailing WHERE campaign_id = %s ORDER BY id", [campaign_id])
        mailings = [row[0] for row in cursor.fetchall()]
    return sum(_cancel_leased(mailing) + _cancel_waiting(mailing) for mailing in mailings)


def cancel_stranded() -> int:
    """Cancel what was on the wire when its campaign was cancelled, and came back. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.id FROM mailing m JOIN campaign c ON c.id = m.campaign_id
             CROSS JOIN LATERAL (SELECT 1 FROM outbox o WHERE o.waiting AND o.mailing_id = m.id LIMIT 1) waiting
             WHERE 'cancelled' IN (c.state, m.state) ORDER BY m.id
            """
        )
        mailings = [row[0] for row in cursor.fetchall()]
    return sum(_cancel_waiting(mailing) for mailing in mailings)


def _cancel_waiting(mailing_id: int) -> int:
    return _page_by_page(
        f"""
        WITH page AS (SELECT delivery_id, period FROM outbox WHERE waiting AND mailing_id = %(mailing)s
                       ORDER BY next_attempt_at, delivery_id LIMIT {PAGE})
        UPDATE delivery d SET state = %(cancelled)s, reason = 'campaign_cancelled', done_at = clock_timestamp()
          FROM page WHERE d.id = page.delivery_id AND d.period = page.period AND d.state = %(queued)s
        """,
        {
            "mailing": mailing_id,
            "cancelled": DeliveryState.CANCELLED,
            "queued": DeliveryState.QUEUED,
        },
    )


def _cancel_leased(mailing_id: int) -> int:
    """A sender that holds one finds so at its intent. They are as many as the senders have in hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery d SET state = %s, reason = 'campaign_cancelled', done_at = clock_timestamp(),
                   lease_token = NULL, lease_until = NULL
              FROM outbox o WHERE NOT o.waiting AND o.mailing_id = %s AND d.id = o.delivery_id
               AND d.period = o.period AND d.state = %s
            """,
            [DeliveryState.CANCELLED, mailing_id, DeliveryState.LEASED],
        )
        return int(cursor.rowcount)


def expire_overdue(now: datetime, lasts: timedelta = SHORTEST_LIFE) -> int:
    """Settle queued deliveries whose time has passed: stale news is not worth sending. Returns how many.

    `lasts` is how long an issue is worth sending: a delivery that nobody has tried yet cannot be overdue sooner, and
    so a list of a million that is being sent is not looked through at each tick. One of a course that was tried is
    found when it is next claimed, or by this once nobody has claimed it for as long.
    What a paused campaign holds does not age, nor what waits for a clinician: going on moves its expiry by as much.
    """
    return _page_by_page(
        f"""
        WITH old AS (
            SELECT o.delivery_id, o.period FROM outbox o WHERE o.waiting AND o.mailing_id IS NULL
            UNION ALL
            SELECT o.delivery_id, o.period
              FROM mailing m JOIN campaign c ON c.id = m.campaign_id AND c.state = 'running'
             CROSS JOIN LATERAL (
                SELECT delivery_id, period FROM outbox
                 WHERE waiting AND mailing_id = m.id
                   AND next_attempt_at <= CASE c.mode WHEN 'calendar' THEN %(now)s ELSE %(stale)s END) o
             WHERE m.state = 'sending' AND m.waits_for = '' AND m.opened_at <= %(young)s
        ), page AS (
            SELECT d.id, d.period FROM old JOIN delivery d ON d.id = old.delivery_id AND d.period = old.period
             WHERE d.state = %(queued)s AND d.expires_at <= %(now)s LIMIT {PAGE})
        UPDATE delivery d SET state = %(expired)s, reason = 'expired', done_at = clock_timestamp()
          FROM page WHERE d.id = page.id AND d.period = page.period AND d.state = %(queued)s
        """,
        {
            "expired": DeliveryState.EXPIRED,
            "queued": DeliveryState.QUEUED,
            "now": now,
            "stale": now - lasts,
            "young": now - max(lasts - LATEST_START, SHORTEST_LIFE),
        },
    )


def _page_by_page(statement: str, values: Mapping[str, Any]) -> int:
    """Run a statement that changes at most PAGE deliveries until it finds no more. Returns how many it changed."""
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            total += int(cursor.rowcount)
            if not cursor.rowcount:
                return total


def extend_expiry(campaign_id: int, by: timedelta) -> int:
    """Give back to what waits in a campaign the time that a pause has cost. Returns how many deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery d SET expires_at = d.expires_at + make_interval(secs => %s) FROM mailing m"
            " WHERE m.id = d.mailing_id AND m.campaign_id = %s AND d.state IN (%s, %s)",
            [by.total_seconds(), campaign_id, DeliveryState.QUEUED, DeliveryState.LEASED],
        )
        return int(cursor.rowcount)


def counts_by_state(mailing_ids: Iterable[int]) -> Mapping[int, Mapping[DeliveryState, int]]:
    """For each mailing, how many deliveries stand in each state, those of months that were put away among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT mailing_id, key, sum(n)::bigint FROM (
                SELECT mailing_id, state::text AS key, count(*) AS n
                  FROM delivery WHERE mailing_id = ANY(%(mailings)s) GROUP BY 1, 2
                UNION ALL SELECT mailing_id, key, n FROM ({periods.counts_kept}) kept WHERE what = 'states') every
             GROUP BY 1, 2
            """,
            {"mailings": list(mailing_ids)},
        )
        counts: dict[int, dict[DeliveryState, int]] = {}
        for mailing_id, state, count in cursor.fetchall():
            counts.setdefault(mailing_id, {})[DeliveryState(int(state))] = count
        return counts


def suppressed_by_reason(mailing_ids: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """For each mailing, why deliveries were suppressed after it opened: reason, count. Those put away count too."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT mailing_id, key, sum(n)::bigint FROM (
                SELECT mailing_id, reason AS key, count(*) AS n
                  FROM delivery WHERE mailing_id = ANY(%(mailings)s) AND state = %(suppressed)s GROUP BY 1, 2
                UNION ALL SELECT mailing_id, key, n FROM ({periods.counts_kept}) kept WHERE what = 'suppressed') every
             GROUP BY 1, 2
            """,
            {"mailings": list(mailing_ids), "suppressed": DeliveryState.SUPPRESSED},
        )
        found: dict[int, dict[str, int]] = {}
        for mailing_id, reason, count in cursor.fetchall():
            found.setdefault(mailing_id, {})[reason] = count
        return found


def recipient(uid: UUID) -> tuple[int, datetime] | None:
    """Whom a delivery was for, as (subscriber id, when it was made). None if there is no such delivery.

    One that was put away with its month still answers: a link in a letter works for as long as its row is anywhere.
    """
    found = _recipient(uid, "delivery")
    if found is None:
        kept = (_recipient(uid, table) for table in periods.kept_tables("delivery"))
        found = next((one for one in kept if one is not None), None)
    return found


def _recipient(uid: UUID, table: str) -> tuple[int, datetime] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subscriber_id, created_at FROM {table} WHERE uid = %s AND subscriber_id IS NOT NULL",
            [uid],
        )
        found: tuple[int, datetime] | None = cursor.fetchone()
        return found


def queue_test(revision_id: int, address: str, address_key: bytes, asked_by: str, now: datetime) -> None:
    """Queue a test of one rendered issue to one address."""
    with transaction.atomic():
        test = models.TestSend.objects.create(
            revision_id=revision_id, address=address, asked_by=asked_by, created_at=now
        )
        models.Delivery.objects.create(
            period=periods.ready(now),
            uid=random_uid(),
            stream="test",
            test_send=test,
            address_key=address_key,
            next_attempt_at=now,
            expires_at=now + TEST_LASTS,
            created_at=now,
        )
