"""What dead senders leave behind, and what nobody knows the outcome of (delivery.md B4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.recovery import Replayed
from pipeline.core.delivery.settlement import Settlement
from pipeline.store import sealing

ENOUGH = 1000  # answered dots that a relay is judged by


@dataclass(frozen=True, slots=True)
class InFlight:
    """A delivery that some sender holds. `beat` is the sender's sign of life, None where it never entered itself."""

    id: int
    period: date
    token: UUID
    state: DeliveryState
    attempt_no: int
    crashes: int
    expires_at: datetime
    beat: int | None


def in_flight() -> list[InFlight]:
    """All leased and sending deliveries, by their lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.period, d.lease_token, d.state, d.attempt_no, d.crashes, d.expires_at, s.beat
              FROM outbox o JOIN delivery d ON d.id = o.delivery_id AND d.period = o.period
              LEFT JOIN sender s ON s.token = d.lease_token
             WHERE NOT o.waiting AND d.state IN (%s, %s) ORDER BY d.lease_token, d.id
            """,
            [DeliveryState.LEASED, DeliveryState.SENDING],
        )
        return [
            InFlight(id_, period, token, DeliveryState(state), *rest)
            for id_, period, token, state, *rest in cursor.fetchall()
        ]


def give_back(row: InFlight, *, blamed: bool) -> bool:
    """A dead sender had leased it and not begun. `blamed`: writing its message may be what the sender died of.

    False if somebody else was first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET state = %s, lease_token = NULL, lease_until = NULL, crashes = crashes + %s"
            " WHERE id = %s AND period = %s AND state = %s AND lease_token = %s",
            [DeliveryState.QUEUED, int(blamed), row.id, row.period, DeliveryState.LEASED, row.token],
        )
        return bool(cursor.rowcount == 1)


def set_aside(row: InFlight, reason: str) -> bool:
    """Its message has killed too many senders: a person looks at it. False if somebody else was first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET state = %s, reason = %s, lease_token = NULL, lease_until = NULL,"
            " crashes = crashes + 1, done_at = clock_timestamp()"
            " WHERE id = %s AND period = %s AND state = %s AND lease_token = %s",
            [DeliveryState.HELD_UNKNOWN, reason, row.id, row.period, DeliveryState.LEASED, row.token],
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
                       ambiguous_attempts = ambiguous_attempts + %(ambiguous)s,
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


def acceptance_at_the_dot(route: str) -> tuple[int, int]:
    """(accepted, answered) over the last minutes that hold 1,000 answered dots: how far a route is to be trusted.

    Empty, where it is not known by which route a delivery left: over all of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(accepted), 0), coalesce(sum(answered), 0)
              FROM (SELECT accepted, answered, sum(answered) OVER (ORDER BY minute DESC) AS so_far
                      FROM (SELECT minute, sum(accepted) AS accepted, sum(accepted + deferred + refused) AS answered
                              FROM route_tally WHERE %(route)s IN (route, '')
                             GROUP BY minute ORDER BY minute DESC LIMIT %(enough)s) newest) last
             WHERE so_far - answered < %(enough)s
            """,
            {"route": route, "enough": ENOUGH},
        )
        accepted, answered = cursor.fetchone()
        return int(accepted), int(answered)


# --- unknown outcomes


@dataclass(frozen=True, slots=True)
class UnknownDelivery:
    """A delivery whose outcome nobody knows, with what the policy needs. `for_seconds`: since its last intent, by the
    database's clock.
    """

    id: int
    period: date
    uid: UUID
    cause: str
    policy: str
    ambiguous_attempts: int
    stream: str
    route: str
    for_seconds: float


def unknown(limit: int = 10_000) -> list[UnknownDelivery]:
    """Deliveries of unknown outcome, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.period, d.uid, d.cause, coalesce(c.policy, 'always_resend'), d.ambiguous_attempts, d.stream,
                   d.route, extract(epoch FROM clock_timestamp() - coalesce(d.intent_at, d.created_at))::float
              FROM outbox o JOIN delivery d ON d.id = o.delivery_id AND d.period = o.period
              LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
             WHERE NOT o.waiting AND d.state = %s ORDER BY d.intent_at, d.id LIMIT %s
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


def prove(row: UnknownDelivery, evidence: str) -> bool:
    """The next hop took it after all: `evidence` says how we know. False if somebody else was first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET state = %s, reason = 'evidence', reply = %s, done_at = clock_timestamp()"
            " WHERE id = %s AND period = %s AND state = %s",
            [DeliveryState.ACCEPTED, evidence, row.id, row.period, DeliveryState.UNKNOWN],
        )
        return bool(cursor.rowcount == 1)


# --- what an operator decides


@dataclass(frozen=True, slots=True)
class HeldDelivery:
    """A delivery that waits for a person. `reason` is empty, `poison`, or `left` once somebody has left it so."""

    uid: UUID
    address: str
    campaign: str
    issue: int | None
    cause: str
    reason: str
    attempts: int
    ambiguous_attempts: int
    last_attempt_at: datetime | None


LEFT = "left"


def held(campaign: str | None, *, left_too: bool = False) -> list[HeldDelivery]:
    """Held deliveries of a campaign, or of the last two months, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.uid, t.address, s.uid, s.wrapped_key, s.sealed_address, s.sealed_name, coalesce(c.name, ''),
                   i.number, d.cause, d.reason, d.attempt_no, d.ambiguous_attempts, d.intent_at
              FROM delivery d
              LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
              LEFT JOIN issue_revision r ON r.id = m.revision_id LEFT JOIN issue i ON i.id = r.issue_id
              LEFT JOIN subscriber s ON s.id = d.subscriber_id LEFT JOIN test_send t ON t.id = d.test_send_id
             WHERE d.state = %(held)s AND (%(left_too)s OR d.reason <> %(left)s)
               AND CASE WHEN %(campaign)s::text IS NULL THEN d.period >= current_date - 62
                        ELSE d.mailing_id IN (SELECT m.id FROM mailing m JOIN campaign c ON c.id = m.campaign_id
                                               WHERE c.name = %(campaign)s) END
             ORDER BY d.id
            """,
            {
                "held": DeliveryState.HELD_UNKNOWN,
                "left_too": left_too,
                "left": LEFT,
                "campaign": campaign,
            },
        )
        return [_held(*row) for row in cursor.fetchall()]


def _held(delivery: UUID, test: str | None, uid: UUID | None, *rest: Any) -> HeldDelivery:
    sealed, more = rest[:3], rest[3:]
    address = test if test is not None or uid is None else sealing.open_person(uid, *sealed)[0]
    return HeldDelivery(delivery, address or "", *more)


def held_by_mailing(mailings: Collection[int]) -> Mapping[int, int]:
    """How many deliveries of each mailing wait for a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mailing_id, count(*) FROM delivery WHERE mailing_id = ANY(%s) AND state = %s AND reason <> %s"
            " GROUP BY 1",
            [list(mailings), DeliveryState.HELD_UNKNOWN, LEFT],
        )
        return dict(cursor.fetchall())


def held_among(uids: Collection[UUID]) -> set[UUID]:
    """Those of the deliveries that wait for a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uid FROM delivery WHERE uid = ANY(%s) AND state = %s",
            [list(uids), DeliveryState.HELD_UNKNOWN],
        )
        return {row[0] for row in cursor.fetchall()}


def decide(uids: Collection[UUID], *, delivered: bool) -> set[UUID]:
    """A person has found out: it was delivered; or stays as it is and is asked about no more. Returns those it took."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery SET state = CASE WHEN %(delivered)s THEN %(accepted)s ELSE state END,
                   reason = CASE WHEN %(delivered)s THEN 'operator' ELSE %(left)s END, done_at = clock_timestamp()
             WHERE uid = ANY(%(uids)s) AND state = %(held)s RETURNING uid
            """,
            {
                "delivered": delivered,
                "accepted": DeliveryState.ACCEPTED,
                "held": DeliveryState.HELD_UNKNOWN,
                "left": LEFT,
                "uids": list(uids),
            },
        )
        return {row[0] for row in cursor.fetchall()}


# --- what a restored database is told by the journals (B8)


def known(deliveries: Collection[int]) -> Mapping[int, tuple[DeliveryState, int]]:
    """State and number of attempts of those of the deliveries that there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, state, attempt_no FROM delivery WHERE id = ANY(%s)", [list(deliveries)])
        return {row[0]: (DeliveryState(row[1]), row[2]) for row in cursor.fetchall()}


def replay(token: UUID, cause: str, found: Mapping[int, Replayed]) -> int:
    """Bring deliveries to where a journal says they are, by the moves that a sender would have made.

    `cause` is that of the unknown ones. Returns how many.
    """
    ids = list(found)
    rows: Sequence[Replayed] = list(found.values())
    with transaction.atomic(), connection.cursor() as cursor:
        for before, after in (
            (DeliveryState.QUEUED, DeliveryState.LEASED),
            (DeliveryState.LEASED, DeliveryState.SENDING),
        ):
            cursor.execute(
                "UPDATE delivery SET state = %s, lease_token = %s, intent_at = coalesce(intent_at, clock_timestamp())"
                " WHERE id = ANY(%s) AND state = %s",
                [after, token, ids, before],
            )
        cursor.execute(
            """
            WITH told AS (
                SELECT * FROM unnest(%(ids)s::bigint[], %(states)s::smallint[], %(attempts)s::smallint[],
                                     %(codes)s::smallint[], %(doubts)s::smallint[])
                    AS r(id, state, attempt_no, code, ambiguous)
            ), moved AS (
                UPDATE delivery d
                   SET state = r.state, attempt_no = r.attempt_no, code = coalesce(r.code, d.code), reason = '',
                       cause = CASE r.state WHEN 10 THEN 'accepted' WHEN 3 THEN %(cause)s WHEN 12 THEN 'permanent'
                                            ELSE '' END,
                       ambiguous_attempts = d.ambiguous_attempts + r.ambiguous, lease_token = NULL, lease_until = NULL,
                       done_at = CASE WHEN r.state >= 10 THEN clock_timestamp() END
                  FROM told r WHERE d.id = r.id AND (d.state < 10 OR r.state = 10)
                RETURNING d.id, d.period, d.route, r.state, r.attempt_no, r.code, d.cause
            ), lines AS (
                INSERT INTO attempt (period, delivery_id, at, attempt_no, route, stage, verdict, cause, code, reply)
                SELECT period, id, clock_timestamp(), attempt_no, route, 'crash',
                       CASE state WHEN 3 THEN 'unknown' WHEN 12 THEN 'refused' ELSE 'deferred' END, cause, code, ''
                  FROM moved WHERE state <> 10)
            SELECT count(*) FROM moved
            """,
            {
                "cause": cause,
                "ids": ids,
                "states": [int(row.state) for row in rows],
                "attempts": [row.attempt_no for row in rows],
                "codes": [row.code for row in rows],
                "doubts": [row.ambiguous for row in rows],
            },
        )
        return int(cursor.fetchone()[0])


# --- old senders


def forget_senders(older_than: timedelta) -> int:
    """Remove the rows of senders that are long gone and hold nothing. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM sender s WHERE s.beat_at < clock_timestamp() - make_interval(secs => %s)
               AND NOT EXISTS (SELECT 1 FROM outbox o JOIN delivery d ON d.id = o.delivery_id AND d.period = o.period
                                WHERE NOT o.waiting AND d.lease_token = s.token)
            """,
            [older_than.total_seconds()],
        )
        return int(cursor.rowcount)
