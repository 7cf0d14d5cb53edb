"""Where each subscriber stands in a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.store import deliveries, periods
from pipeline.store.standing import CARRIES, must_renew_sql


@dataclass(frozen=True, slots=True)
class NewMember:
    """A subscriber to a course's list who is not in the course yet. `since` is when consent was given."""

    subscription_id: int
    subscriber_id: int
    zone: str
    since: datetime


def not_enrolled(campaign_id: int, purpose: str, after: int = 0, size: int = 5_000) -> list[NewMember]:
    """Confirmed subscribers whom the course does not know yet, from the subscription after `after` on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.id, s.subscriber_id, p.zone, s.since
              FROM subscription s JOIN subscriber p ON p.id = s.subscriber_id
             WHERE s.purpose_id = %s AND s.id > %s AND s.status IN ('given', 'renewed')
               AND NOT EXISTS (SELECT 1 FROM enrolment e
                                WHERE e.campaign_id = %s AND e.subscriber_id = s.subscriber_id)
             ORDER BY s.id LIMIT %s
            """,
            [purpose, after, campaign_id, size],
        )
        return [NewMember(*row) for row in cursor.fetchall()]


def enrol(campaign_id: int, members: Sequence[tuple[int, datetime]], now: datetime) -> None:
    """Add (subscriber, when the first issue is due). Somebody who is in the course already is left alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO enrolment (campaign_id, subscriber_id, next_number, next_due_at, joined_at)
            SELECT %s, m.subscriber_id, 1, m.due, %s
              FROM unnest(%s::bigint[], %s::timestamptz[]) AS m(subscriber_id, due)
            ON CONFLICT DO NOTHING
            """,
            [campaign_id, now, [m[0] for m in members], [m[1] for m in members]],
        )


@dataclass(frozen=True, slots=True)
class DueMember:
    """A subscriber whose next issue is due."""

    enrolment_id: int
    subscriber_id: int
    address_key: bytes
    consent_event_id: int
    zone: str
    next_number: int
    next_due_at: datetime
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What to do for a due member. `mailing_id` None opens nothing and only moves the date; `next_due_at` None ends
    the course.
    """

    member: DueMember
    mailing_id: int | None
    next_number: int
    next_due_at: datetime | None


def due(
    campaign_id: int, purpose: str, now: datetime, after: DueMember | None = None, size: int = 5_000
) -> list[DueMember]:
    """Members who still consent and whose issue is due, from the one after `after` on, locked for the caller's
    transaction.

    Whoever has left keeps their place, and goes on from it if they come back; so does whoever has to say yes anew.
    Nobody is due unless the campaign runs, and it is locked too: a pause or a cancel waits for what is being opened,
    and then finds it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.id, e.subscriber_id, p.address_key, s.consent_event_id, p.zone, e.next_number, e.next_due_at,
                   e.joined_at
              FROM enrolment e
              JOIN campaign c ON c.id = e.campaign_id AND c.state = 'running'{must_renew_sql("%(purpose)s")}
              JOIN subscription s ON s.subscriber_id = e.subscriber_id AND s.purpose_id = %(purpose)s
                                 AND {CARRIES}
              JOIN subscriber p ON p.id = e.subscriber_id
             WHERE e.campaign_id = %(campaign)s AND e.next_due_at <= %(now)s
               AND (e.next_due_at, e.id) > (%(after)s, %(after_id)s)
               AND NOT EXISTS (SELECT 1 FROM suppression x
                                WHERE x.address_key = p.address_key AND (x.until IS NULL OR x.until > %(now)s)
                                  AND x.scope IN ('all', 'marketing', 'list:' || %(purpose)s))
             ORDER BY e.next_due_at, e.id LIMIT %(size)s
               FOR UPDATE OF e SKIP LOCKED FOR SHARE OF c
            """,
            {
                "campaign": campaign_id,
                "purpose": purpose,
                "now": now,
                "after": after.next_due_at if after else datetime.min.replace(tzinfo=UTC),
                "after_id": after.enrolment_id if after else 0,
                "size": size,
            },
        )
        return [DueMember(row[0], row[1], bytes(row[2]), *row[3:]) for row in cursor.fetchall()]


def take(steps: Sequence[Step], lasts: timedelta, now: datetime) -> int:
    """Open the deliveries of `steps` and move each member on. Returns how many deliveries were new.

    The unique key on (mailing, subscriber) keeps the promise that nobody gets the same issue twice.
    """
    opening = [step for step in steps if step.mailing_id is not None]
    with transaction.atomic(), connection.cursor() as cursor:
        for joined_at in {periods.period(s.member.joined_at): s.member.joined_at for s in opening}.values():
            periods.ready(joined_at)
        cursor.execute(
            f"""
            INSERT INTO delivery (period, uid, stream, mailing_id, subscriber_id, address_key, state, consent_event_id,
                                  next_attempt_at, expires_at, created_at)
            SELECT n.period, {deliveries.RANDOM_UID}, 'newsletter', n.mailing, n.subscriber, n.key, %(queued)s, n.event,
                   %(now)s, %(now)s + make_interval(secs => %(lasts)s), %(now)s
              FROM unnest(%(mailings)s::bigint[], %(subscribers)s::bigint[], %(keys)s::bytea[], %(events)s::bigint[],
                          %(periods)s::date[]) AS n(mailing, subscriber, key, event, period)
            ON CONFLICT DO NOTHING
            """,
            {
                "queued": DeliveryState.QUEUED,
                "now": now,
                "lasts": lasts.total_seconds(),
                "mailings": [step.mailing_id for step in opening],
                "subscribers": [step.member.subscriber_id for step in opening],
                "keys": [step.member.address_key for step in opening],
                "events": [step.member.consent_event_id for step in opening],
                "periods": [periods.period(step.member.joined_at) for step in opening],
            },
        )
        opened = int(cursor.rowcount)
        cursor.execute(
            """
            UPDATE enrolment e SET next_number = n.number, next_due_at = n.due
              FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) AS n(id, number, due) WHERE e.id = n.id
            """,
            [
                [step.member.enrolment_id for step in steps],
                [step.next_number for step in steps],
                [step.next_due_at for step in steps],
            ],
        )
        return opened


def postpone(campaign_id: int, moments: Mapping[str, datetime], home: datetime, due_before: datetime) -> int:
    """Move members who wait for an issue that is open already, and whose next is due before `due_before`.

    `moments` maps a subscriber's zone to their new moment, `home` is that of all others. Returns how many moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE enrolment e SET next_due_at = coalesce(z.moment, %(home)s)
              FROM subscriber p
              LEFT JOIN unnest(%(zones)s::text[], %(moments)s::timestamptz[]) AS z(zone, moment) ON z.zone = p.zone
             WHERE p.id = e.subscriber_id AND e.campaign_id = %(campaign)s AND e.next_due_at < %(before)s
               AND EXISTS (SELECT 1 FROM delivery d JOIN mailing m ON m.id = d.mailing_id
                            WHERE m.campaign_id = e.campaign_id AND d.subscriber_id = e.subscriber_id AND d.state < 10)
            """,
            {
                "campaign": campaign_id,
                "home": home,
                "zones": list(moments),
                "moments": list(moments.values()),
                "before": due_before,
            },
        )
        return int(cursor.rowcount)


def standing(campaign_id: int) -> dict[int, int]:
    """How many members wait for each issue number; those who have had them all stand under 0."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN next_due_at IS NULL THEN 0 ELSE next_number END, count(*) FROM enrolment"
            " WHERE campaign_id = %s GROUP BY 1",
            [campaign_id],
        )
        return dict(cursor.fetchall())


def next_due(campaign_id: int) -> datetime | None:
    """When the next issue is due to somebody who still consents; None where nobody waits for one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(e.next_due_at)
              FROM enrolment e JOIN campaign c ON c.id = e.campaign_id
              JOIN subscription s ON s.subscriber_id = e.subscriber_id AND s.purpose_id = c.purpose_id
                                 AND s.status IN ('given', 'renewed')
             WHERE e.campaign_id = %s
            """,
            [campaign_id],
        )
        moment: datetime | None = cursor.fetchone()[0]
        return moment
