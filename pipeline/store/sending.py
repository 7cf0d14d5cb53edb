"""What a sender asks of the database: claim, commit the intent, settle (delivery.md B3).

Hand-written SQL, since what each statement reads and locks is the promise. Leases run on the database's clock alone;
`now` is the product's clock and decides only what is due and what has expired.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.settlement import Settlement

# Eleven minutes: a slow relay may take its time, as RFC 5321 lets it, and still find the lease good at the dot. A
# sender that dies is found by its journal long before (docs/decisions/0002).
LEASE = "660 seconds"


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A leased delivery with all that its message needs. `uid` is 16 random bytes."""

    id: int
    uid: UUID
    stream: str
    address: str
    given_name: str
    attempt_no: int
    ambiguous_attempts: int
    created_at: datetime
    expires_at: datetime
    mailing_id: int | None
    revision_id: int | None
    confirmation_id: int | None
    subscription_uid: UUID | None
    subscribed_since: datetime | None
    policy: str


def claim(token: UUID, limit: int, now: datetime) -> list[ClaimedDelivery]:
    """Lease up to `limit` due deliveries to `token`. Letters that somebody waits for go before issues."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH letters AS (
                SELECT id, 0 AS turn, next_attempt_at FROM delivery
                 WHERE mailing_id IS NULL AND state = %(queued)s AND next_attempt_at <= %(now)s
                 ORDER BY next_attempt_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
            ), issues AS (
                SELECT d.id, 1 AS turn, d.next_attempt_at FROM mailing m
                  JOIN campaign c ON c.id = m.campaign_id AND c.state = 'running'
                 CROSS JOIN LATERAL (
                    SELECT id, next_attempt_at FROM delivery
                     WHERE mailing_id = m.id AND state = %(queued)s AND next_attempt_at <= %(now)s
                     ORDER BY next_attempt_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) d
                 WHERE m.state = 'sending'
            ), chosen AS (
                SELECT id FROM (SELECT * FROM letters UNION ALL SELECT * FROM issues) due
                 ORDER BY turn, next_attempt_at, id LIMIT %(limit)s
            )
            UPDATE delivery d
               SET state = %(leased)s, lease_token = %(token)s,
                   lease_until = clock_timestamp() + %(lease)s::interval
              FROM chosen WHERE d.id = chosen.id RETURNING d.id
            """,
            {
                "queued": DeliveryState.QUEUED,
                "leased": DeliveryState.LEASED,
                "now": now,
                "limit": limit,
                "token": token,
                "lease": LEASE,
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return []
        cursor.execute(
            """
            SELECT d.id, d.uid, d.stream, coalesce(t.address, s.address), coalesce(s.given_name, ''), d.attempt_no,
                   d.ambiguous_attempts, d.created_at, d.expires_at, d.mailing_id,
                   coalesce(m.revision_id, t.revision_id),
                   d.confirmation_id, u.uid, u.since, coalesce(c.policy, 'always_resend')
              FROM delivery d
              LEFT JOIN mailing m ON m.id = d.mailing_id
              LEFT JOIN campaign c ON c.id = m.campaign_id
              LEFT JOIN test_send t ON t.id = d.test_send_id
              LEFT JOIN subscriber s ON s.id = d.subscriber_id
              LEFT JOIN subscription u ON u.subscriber_id = d.subscriber_id AND u.purpose_id = c.purpose_id
             WHERE d.id = ANY(%s) ORDER BY d.mailing_id NULLS FIRST, d.id
            """,
            [ids],
        )
        return [ClaimedDelivery(*row) for row in cursor.fetchall()]


def record_intent(delivery_id: int, stream: str, token: UUID, now: datetime) -> bool:
    """Commit that the final dot is about to be sent, if consent and the campaign still allow it (B3, step 3).

    `FOR SHARE` on the subscription orders this against an unsubscribe: whichever commits first is seen by the other.
    False means that no dot may be sent. The commit is synchronous.
    """
    allowed = _NEWSLETTER_ALLOWED if stream == "newsletter" else _OTHER_ALLOWED
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {_DURABLE}, ok AS ({allowed}) {_INTENT}",
            {
                "id": delivery_id,
                "now": now,
                "sending": DeliveryState.SENDING,
                "leased": DeliveryState.LEASED,
                "token": token,
                "lease": LEASE,
            },
        )
        return cursor.fetchone() is not None


# Whatever the server's own setting, this commit waits for the disk; and it is one round trip with its statement.
_DURABLE = "durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))"

_INTENT = """
    UPDATE delivery d
       SET state = %(sending)s, attempt_no = attempt_no + 1, consent_event_id = ok.consent_event_id,
           intent_at = clock_timestamp(), lease_until = clock_timestamp() + %(lease)s::interval
      FROM ok, durable
     WHERE d.id = ok.id AND d.state = %(leased)s AND d.lease_token = %(token)s
       AND d.lease_until > clock_timestamp()
    RETURNING d.id
"""


_NEWSLETTER_ALLOWED = """
    SELECT d.id, s.consent_event_id
      FROM delivery d
      JOIN mailing m ON m.id = d.mailing_id AND m.state = 'sending'
      JOIN campaign c ON c.id = m.campaign_id AND c.state = 'running'
      JOIN subscription s ON s.subscriber_id = d.subscriber_id AND s.purpose_id = c.purpose_id
                         AND s.status IN ('given', 'renewed')
     WHERE d.id = %(id)s AND d.expires_at > %(now)s
       AND NOT EXISTS (SELECT 1 FROM suppression x
                        WHERE x.address_key = d.address_key AND (x.until IS NULL OR x.until > %(now)s)
                          AND x.scope IN ('all', 'marketing', 'list:' || c.purpose_id))
       FOR SHARE OF s
"""


# A confirmation is stopped by `all` and by "this was not me" alone (B-30); a test goes to the staff who asked for it.
_OTHER_ALLOWED = """
    SELECT d.id, NULL::bigint AS consent_event_id
      FROM delivery d LEFT JOIN confirmation f ON f.id = d.confirmation_id
     WHERE d.id = %(id)s AND d.expires_at > %(now)s AND (d.stream = 'test' OR f.state = 'pending')
       AND NOT EXISTS (SELECT 1 FROM suppression x
                        WHERE x.address_key = d.address_key AND (x.until IS NULL OR x.until > %(now)s)
                          AND x.scope IN ('all', 'confirmation'))
"""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an intent was not recorded: the state the delivery belongs in now, and the reason in a word."""

    state: DeliveryState
    reason: str


def obstacle(delivery_id: int, now: datetime) -> Obstacle:
    """Say why `record_intent` answered no. A delivery that nothing stands against goes back to the queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.expires_at <= %(now)s, m.state, c.state, s.status, f.state,
                   (SELECT x.reason FROM suppression x
                     WHERE x.address_key = d.address_key AND (x.until IS NULL OR x.until > %(now)s)
                       AND (x.scope = 'all'
                            OR (d.stream = 'newsletter' AND x.scope IN ('marketing', 'list:' || c.purpose_id))
                            OR (d.stream = 'confirmation' AND x.scope = 'confirmation'))
                     ORDER BY x.id LIMIT 1)
              FROM delivery d
              LEFT JOIN mailing m ON m.id = d.mailing_id
              LEFT JOIN campaign c ON c.id = m.campaign_id
              LEFT JOIN subscription s ON s.subscriber_id = d.subscriber_id AND s.purpose_id = c.purpose_id
              LEFT JOIN confirmation f ON f.id = d.confirmation_id
             WHERE d.id = %(id)s
            """,
            {"id": delivery_id, "now": now},
        )
        expired, mailing, campaign, status, confirmation, suppressed = cursor.fetchone()
    if suppressed:
        return Obstacle(DeliveryState.SUPPRESSED, suppressed)
    if mailing is not None and status not in ("given", "renewed"):
        return Obstacle(DeliveryState.SUPPRESSED, status or "no_consent")
    if confirmation is not None and confirmation != "pending":
        return Obstacle(DeliveryState.CANCELLED, f"already_{confirmation}")
    if "cancelled" in (mailing, campaign):
        return Obstacle(DeliveryState.CANCELLED, "campaign_cancelled")
    if expired:
        return Obstacle(DeliveryState.EXPIRED, "expired")
    return Obstacle(DeliveryState.QUEUED, "")


def leave_unsent(delivery_id: int, token: UUID, obstacle: Obstacle) -> bool:
    """Settle a leased delivery that must not or cannot go now. False if the lease was no longer ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery SET state = %s, reason = %s, lease_token = NULL, lease_until = NULL,
                   done_at = CASE WHEN %s THEN clock_timestamp() END
             WHERE id = %s AND state = %s AND lease_token = %s
            """,
            [
                obstacle.state,
                obstacle.reason,
                obstacle.state != DeliveryState.QUEUED,
                delivery_id,
                DeliveryState.LEASED,
                token,
            ],
        )
        return bool(cursor.rowcount == 1)


def settle(delivery_id: int, token: UUID, held: DeliveryState, attempt_no: int, end: Settlement) -> bool:
    """Record the end of an attempt, fenced by the lease: a zombie's late result and the reaper cannot both win.

    `held` is the state the delivery must still be in, `leased` before the intent and `sending` after it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {_DURABLE}, {_SETTLE}",
            {
                "state": end.state,
                "verdict": end.verdict,
                "stage": end.stage,
                "cause": end.cause,
                "reason": end.reason,
                "code": end.code,
                "enhanced": end.enhanced,
                "reply": end.reply,
                "next": end.next_attempt_at,
                "attempt": attempt_no,
                "before_intent": held == DeliveryState.LEASED,
                "ambiguous": int(end.ambiguous),
                "open": end.state in (DeliveryState.QUEUED, DeliveryState.UNKNOWN),
                "id": delivery_id,
                "held": held,
                "token": token,
            },
        )
        return bool(cursor.rowcount == 1)


_SETTLE = """
    settled AS (
        UPDATE delivery
           SET state = %(state)s, cause = %(cause)s, reason = %(reason)s, code = %(code)s, enhanced = %(enhanced)s,
               reply = %(reply)s, next_attempt_at = coalesce(%(next)s::timestamptz, next_attempt_at),
               attempt_no = attempt_no + CASE WHEN %(before_intent)s THEN 1 ELSE 0 END,
               ambiguous_attempts = ambiguous_attempts + %(ambiguous)s,
               done_at = CASE WHEN %(open)s THEN NULL ELSE clock_timestamp() END,
               lease_token = NULL, lease_until = NULL
          FROM durable
         WHERE id = %(id)s AND state = %(held)s AND lease_token = %(token)s
        RETURNING id
    )
    INSERT INTO attempt (delivery_id, at, attempt_no, stage, verdict, cause, code, reply)
    SELECT id, clock_timestamp(), %(attempt)s, %(stage)s, %(verdict)s, %(cause)s, %(code)s, %(reply)s FROM settled
"""


def release(token: UUID) -> int:
    """Give back what `token` has leased and not begun to send. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET state = %s, lease_token = NULL, lease_until = NULL"
            " WHERE lease_token = %s AND state = %s",
            [DeliveryState.QUEUED, token, DeliveryState.LEASED],
        )
        return int(cursor.rowcount)


def suppress_address_of(delivery_id: int, now: datetime) -> None:
    """Stop all mail to a mailbox that the next hop says does not exist (B-10)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO suppression (address_key, scope, reason, created_at)
            SELECT address_key, 'all', 'hard_bounce', %s FROM delivery WHERE id = %s
            ON CONFLICT DO NOTHING
            """,
            [now, delivery_id],
        )


def anything_due(now: datetime) -> bool:
    """Whether a sender would find work at `now`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT 1 FROM delivery WHERE mailing_id IS NULL AND state = %(q)s
                            AND next_attempt_at <= %(now)s)
                OR EXISTS (SELECT 1 FROM mailing m JOIN campaign c ON c.id = m.campaign_id AND c.state = 'running'
                            CROSS JOIN LATERAL (SELECT 1 FROM delivery WHERE mailing_id = m.id AND state = %(q)s
                                                   AND next_attempt_at <= %(now)s LIMIT 1) d
                           WHERE m.state = 'sending')
            """,
            {"q": DeliveryState.QUEUED, "now": now},
        )
        return bool(cursor.fetchone()[0])
