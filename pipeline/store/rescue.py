"""What dead senders leave behind, and what nobody knows the outcome of (delivery.md B4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from pipeline.core.delivery.lifecycle import DeliveryState


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
