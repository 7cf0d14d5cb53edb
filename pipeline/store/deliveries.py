"""Deliveries: claimed, let go, judged and settled, in the statements of delivery.md B3.

Hand-written SQL, since what each statement reads and locks is the promise. Leases run on the database's clock alone;
`now` is the product's clock and decides only what is due and what has expired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.settlement import Settlement
from pipeline.store import models
from pipeline.store.subscribers import random_uid

LEASE = "60 seconds"  # from the claim to the intent
INTENT_LEASE = "660 seconds"  # the ten minutes that RFC 5321 gives the final dot, and one more

TEST_LASTS = timedelta(hours=1)

# 128 random bits as a uuid: a version-4 uuid has 122 only (S-01).
RANDOM_UID = (
    "encode(substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) for 16),"
    " 'hex')::uuid"
)


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
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        cursor.execute(
            f"WITH ok AS ({allowed}) {_INTENT}",
            {
                "id": delivery_id,
                "now": now,
                "sending": DeliveryState.SENDING,
                "leased": DeliveryState.LEASED,
                "token": token,
                "lease": INTENT_LEASE,
            },
        )
        return cursor.fetchone() is not None


_INTENT = """
    UPDATE delivery d
       SET state = %(sending)s, attempt_no = attempt_no + 1, consent_event_id = ok.consent_event_id,
           intent_at = clock_timestamp(), lease_until = clock_timestamp() + %(lease)s::interval
      FROM ok
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
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery
               SET state = %(state)s, cause = %(cause)s, reason = %(reason)s, code = %(code)s,
                   enhanced = %(enhanced)s, reply = %(reply)s,
                   next_attempt_at = coalesce(%(next)s, next_attempt_at),
                   attempt_no = attempt_no + CASE WHEN %(before_intent)s THEN 1 ELSE 0 END,
                   ambiguous_attempts = ambiguous_attempts + %(ambiguous)s,
                   done_at = CASE WHEN %(open)s THEN NULL ELSE clock_timestamp() END,
                   lease_token = NULL, lease_until = NULL
             WHERE id = %(id)s AND state = %(held)s AND lease_token = %(token)s
            """,
            {
                "state": end.state,
                "cause": end.cause,
                "reason": end.reason,
                "code": end.code,
                "enhanced": end.enhanced,
                "reply": end.reply,
                "next": end.next_attempt_at,
                "before_intent": held == DeliveryState.LEASED,
                "ambiguous": int(end.ambiguous),
                "open": end.state in (DeliveryState.QUEUED, DeliveryState.UNKNOWN),
                "id": delivery_id,
                "held": held,
                "token": token,
            },
        )
        if cursor.rowcount != 1:
            return False
        cursor.execute(
            """
            INSERT INTO attempt (delivery_id, at, attempt_no, stage, verdict, cause, code, reply)
            VALUES (%s, clock_timestamp(), %s, %s, %s, %s, %s, %s)
            """,
            [delivery_id, attempt_no, end.stage, end.verdict, end.cause, end.code, end.reply],
        )
        return True


def release(token: UUID) -> int:
    """Give back what `token` has leased and not begun to send. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET state = %s, lease_token = NULL, lease_until = NULL"
            " WHERE lease_token = %s AND state = %s",
            [DeliveryState.QUEUED, token, DeliveryState.LEASED],
        )
        return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class InFlight:
    """A delivery that some sender holds. `overdue` is true when its lease has run out on the database's clock."""

    id: int
    token: UUID
    state: DeliveryState
    attempt_no: int
    ambiguous_attempts: int
    stream: str
    policy: str
    expires_at: datetime
    overdue: bool


def in_flight() -> list[InFlight]:
    """All leased and sending deliveries, by their lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.lease_token, d.state, d.attempt_no, d.ambiguous_attempts, d.stream,
                   coalesce(c.policy, 'always_resend'), d.expires_at, d.lease_until < clock_timestamp()
              FROM delivery d LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
             WHERE d.state IN (%s, %s) ORDER BY d.lease_token, d.id
            """,
            [DeliveryState.LEASED, DeliveryState.SENDING],
        )
        return [InFlight(r[0], r[1], DeliveryState(r[2]), *r[3:]) for r in cursor.fetchall()]


def acceptance_at_the_dot() -> tuple[int, int]:
    """(accepted, answered) over the last 1,000 dots that got a complete reply: how far the relay is to be trusted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE verdict = 'accepted'), count(*)
              FROM (SELECT verdict FROM attempt WHERE stage = 'dot' AND verdict <> 'unknown'
                     ORDER BY id DESC LIMIT 1000) last
            """
        )
        accepted, answered = cursor.fetchone()
        return accepted, answered


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


def withdraw_pending(subscriber_id: int, purposes: Sequence[str] | None, reason: str) -> int:
    """Suppress what waits for a subscriber who has just said no (`purposes` None: to everything). Returns how many.

    Called in the ledger's transaction, after the subscription was locked: the lock order is the same everywhere.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery d SET state = %(suppressed)s, reason = %(reason)s, done_at = clock_timestamp(),
                   lease_token = NULL, lease_until = NULL
              FROM mailing m JOIN campaign c ON c.id = m.campaign_id
             WHERE d.mailing_id = m.id AND d.subscriber_id = %(subscriber)s AND d.state IN (%(queued)s, %(leased)s)
               AND (%(purposes)s::text[] IS NULL OR c.purpose_id = ANY(%(purposes)s))
            """,
            {
                "suppressed": DeliveryState.SUPPRESSED,
                "queued": DeliveryState.QUEUED,
                "leased": DeliveryState.LEASED,
                "reason": reason,
                "subscriber": subscriber_id,
                "purposes": list(purposes) if purposes is not None else None,
            },
        )
        return int(cursor.rowcount)


def cancel_queued(campaign_id: int) -> int:
    """Cancel what has not been handed over of a campaign. Returns how many deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery d SET state = %s, reason = 'campaign_cancelled', done_at = clock_timestamp(),
                   lease_token = NULL, lease_until = NULL
              FROM mailing m WHERE d.mailing_id = m.id AND m.campaign_id = %s AND d.state IN (%s, %s)
            """,
            [DeliveryState.CANCELLED, campaign_id, DeliveryState.QUEUED, DeliveryState.LEASED],
        )
        return int(cursor.rowcount)


def cancel_stranded() -> int:
    """Cancel what was on the wire when its campaign was cancelled, and came back. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery d SET state = %s, reason = 'campaign_cancelled', done_at = clock_timestamp()
              FROM mailing m JOIN campaign c ON c.id = m.campaign_id
             WHERE d.mailing_id = m.id AND d.state = %s AND 'cancelled' IN (c.state, m.state)
            """,
            [DeliveryState.CANCELLED, DeliveryState.QUEUED],
        )
        return int(cursor.rowcount)


def expire_overdue(now: datetime) -> int:
    """Settle queued deliveries whose time has passed: stale news is not worth sending. Returns how many.

    What a paused campaign holds does not age: resuming moves its expiry by the length of the pause.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery SET state = %s, reason = 'expired', done_at = clock_timestamp()
             WHERE state = %s AND expires_at <= %s
               AND (mailing_id IS NULL OR mailing_id IN (
                    SELECT m.id FROM mailing m JOIN campaign c ON c.id = m.campaign_id
                     WHERE c.state = 'running' AND m.state = 'sending'))
            """,
            [DeliveryState.EXPIRED, DeliveryState.QUEUED, now],
        )
        return int(cursor.rowcount)


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
    """For each mailing, how many deliveries stand in each state."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mailing_id, state, count(*) FROM delivery WHERE mailing_id = ANY(%s) GROUP BY 1, 2",
            [list(mailing_ids)],
        )
        counts: dict[int, dict[DeliveryState, int]] = {}
        for mailing_id, state, count in cursor.fetchall():
            counts.setdefault(mailing_id, {})[DeliveryState(state)] = count
        return counts


def suppressed_by_reason(mailing_ids: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """For each mailing, why deliveries were suppressed after it opened: reason, count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mailing_id, reason, count(*) FROM delivery WHERE mailing_id = ANY(%s) AND state = %s GROUP BY 1, 2",
            [list(mailing_ids), DeliveryState.SUPPRESSED],
        )
        found: dict[int, dict[str, int]] = {}
        for mailing_id, reason, count in cursor.fetchall():
            found.setdefault(mailing_id, {})[reason] = count
        return found


def recipient(uid: UUID) -> tuple[int, datetime] | None:
    """Whom a delivery was for, as (subscriber id, when it was made). None if there is no such delivery."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subscriber_id, created_at FROM delivery WHERE uid = %s AND subscriber_id IS NOT NULL",
            [uid],
        )
        found: tuple[int, datetime] | None = cursor.fetchone()
        return found


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


@dataclass(frozen=True, slots=True)
class UnknownDelivery:
    """A delivery whose outcome nobody knows, with what the policy needs."""

    id: int
    cause: str
    policy: str
    ambiguous_attempts: int
    stream: str


def unknown(limit: int = 1000) -> list[UnknownDelivery]:
    """Deliveries of unknown outcome, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.cause, coalesce(c.policy, 'always_resend'), d.ambiguous_attempts, d.stream
              FROM delivery d LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
             WHERE d.state = %s ORDER BY d.id LIMIT %s
            """,
            [DeliveryState.UNKNOWN, limit],
        )
        return [UnknownDelivery(*row) for row in cursor.fetchall()]


def resolve(delivery_id: int, state: DeliveryState, next_attempt_at: datetime) -> bool:
    """Settle an unknown outcome by policy. False if evidence or somebody else was first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET state = %s, next_attempt_at = %s,"
            " done_at = CASE WHEN %s THEN NULL ELSE clock_timestamp() END WHERE id = %s AND state = %s",
            [state, next_attempt_at, state == DeliveryState.QUEUED, delivery_id, DeliveryState.UNKNOWN],
        )
        return bool(cursor.rowcount == 1)


def queue_test(revision_id: int, address: str, address_key: bytes, asked_by: str, now: datetime) -> None:
    """Queue a test of one rendered issue to one address."""
    with transaction.atomic():
        test = models.TestSend.objects.create(
            revision_id=revision_id, address=address, asked_by=asked_by, created_at=now
        )
        models.Delivery.objects.create(
            uid=random_uid(),
            stream="test",
            test_send=test,
            address_key=address_key,
            next_attempt_at=now,
            expires_at=now + TEST_LASTS,
            created_at=now,
        )
