"""What dead senders leave behind, and what nobody knows the outcome of (delivery.md B4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.settlement import Settlement


@dataclass(frozen=True, slots=True)
class InFlight:
    """A delivery that some sender holds. `overdue` is true when its lease has run out on the database's clock."""

    id: int
    period: date
    token: UUID
    state: DeliveryState
    attempt_no: int
    ambiguous_attempts: int
    crashes: int
    stream: str
    policy: str
    expires_at: datetime
    overdue: bool


def in_flight() -> list[InFlight]:
    """All leased and sending deliveries, by their lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.period, d.lease_token, d.state, d.attempt_no, d.ambiguous_attempts, d.crashes, d.stream,
                   coalesce(c.policy, 'always_resend'), d.expires_at, d.lease_until < clock_timestamp()
              FROM outbox o JOIN delivery d ON d.id = o.delivery_id AND d.period = o.period
              LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
             WHERE NOT o.waiting AND d.state IN (%s, %s) ORDER BY d.lease_token, d.id
            """,
            [DeliveryState.LEASED, DeliveryState.SENDING],
        )
        return [InFlight(*r[:3], DeliveryState(r[3]), *r[4:]) for r in cursor.fetchall()]


def give_back(row: InFlight, state: DeliveryState, reason: str = "") -> bool:
    """A dead sender had leased it and not begun. `state` is where it goes. False if somebody else was first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery SET state = %s, reason = %s, lease_token = NULL, lease_until = NULL, crashes = crashes + 1,
                   done_at = CASE WHEN %s THEN clock_timestamp() END
             WHERE id = %s AND period = %s AND state = %s AND lease_token = %s
            """,
            [state, reason, state >= 10, row.id, row.period, DeliveryState.LEASED, row.token],
        )
        return bool(cursor.rowcount == 1)


def settle(row: InFlight, end: Settlement) -> bool:
    """Record what became of a delivery that a dead sender was sending. False if somebody else was first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH settled AS (
                UPDATE delivery
                   SET state = %(state)s, cause = %(cause)s, reason = %(reason)s, code = %(code)s, enhanced = '',
                       reply = '', next_attempt_at = coalesce(%(next)s::timestamptz, next_attempt_at),
                       ambiguous_attempts = ambiguous_attempts + %(ambiguous)s, crashes = crashes + 1,
                       done_at = CASE WHEN %(open)s THEN NULL ELSE clock_timestamp() END,
                       lease_token = NULL, lease_until = NULL
                 WHERE id = %(id)s AND period = %(period)s AND state = %(sending)s AND lease_token = %(token)s
                RETURNING id, period, attempt_no, route)
            , told AS (
                INSERT INTO attempt (period, delivery_id, at, attempt_no, route, stage, verdict, cause, code, reply)
                SELECT period, id, clock_timestamp(), attempt_no, route, %(stage)s, %(verdict)s, %(cause)s, %(code)s, ''
                  FROM settled WHERE %(verdict)s <> 'accepted')
            SELECT id FROM settled
            """,
            {
                "state": end.state,
                "verdict": end.verdict,
                "stage": end.stage,
                "cause": end.cause,
                "reason": end.reason,
                "code": end.code,
                "next": end.next_attempt_at,
                "ambiguous": int(end.ambiguous),
                "open": end.state in (DeliveryState.QUEUED, DeliveryState.UNKNOWN),
                "id": row.id,
                "period": row.period,
                "sending": DeliveryState.SENDING,
                "token": row.token,
            },
        )
        return cursor.fetchone() is not None


def acceptance_at_the_dot() -> tuple[int, int]:
    """(accepted, answered) over the last minutes that hold 1,000 answered dots: how far the relay is to be trusted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(accepted), 0), coalesce(sum(answered), 0)
              FROM (SELECT accepted, accepted + deferred + refused AS answered,
                           sum(accepted + deferred + refused) OVER (ORDER BY minute DESC, route) AS so_far
                      FROM route_tally) last
             WHERE so_far - answered < 1000
            """
        )
        accepted, answered = cursor.fetchone()
        return int(accepted), int(answered)


@dataclass(frozen=True, slots=True)
class UnknownDelivery:
    """A delivery whose outcome nobody knows, with what the policy needs."""

    id: int
    period: date
    cause: str
    policy: str
    ambiguous_attempts: int
    stream: str


def unknown(limit: int = 1000) -> list[UnknownDelivery]:
    """Deliveries of unknown outcome, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.period, d.cause, coalesce(c.policy, 'always_resend'), d.ambiguous_attempts, d.stream
              FROM outbox o JOIN delivery d ON d.id = o.delivery_id AND d.period = o.period
              LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
             WHERE NOT o.waiting AND d.state = %s ORDER BY d.id LIMIT %s
            """,
            [DeliveryState.UNKNOWN, limit],
        )
        return [UnknownDelivery(*row) for row in cursor.fetchall()]


def resolve(row: UnknownDelivery, state: DeliveryState, next_attempt_at: datetime) -> bool:
    """Settle an unknown outcome by policy. False if evidence or somebody else was first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET state = %s, next_attempt_at = %s,"
            " done_at = CASE WHEN %s THEN NULL ELSE clock_timestamp() END"
            " WHERE id = %s AND period = %s AND state = %s",
            [
                state,
                next_attempt_at,
                state == DeliveryState.QUEUED,
                row.id,
                row.period,
                DeliveryState.UNKNOWN,
            ],
        )
        return bool(cursor.rowcount == 1)
