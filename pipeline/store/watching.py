"""The figures that circuit breakers go by, read every few seconds while mail goes out; so each of these is cheap.

Nothing here reads all deliveries of a mailing. What went wrong stands in `attempt` and `delivery_event`, which are
small as long as all is well; what went right is the audience less the outbox, or the tally of the minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.store.rescue import LEFT

LOOK_BACK = timedelta(days=7)  # complaints come for days
STREAK = 200  # of the newest attempts, for those in a row


@dataclass(frozen=True, slots=True)
class Watched:
    """A mailing that may still do harm. `running` is its campaign's state, `sending` its own: one that waits for a
    clinician does not send.
    """

    id: int
    campaign: str
    number: int
    running: bool
    sending: bool

    @property
    def subject(self) -> str:
        return f"{self.campaign}/{self.number}"


def watched(now: datetime) -> list[Watched]:
    """Mailings that go out, are paused, or went out in the last week."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.id, c.name, m.number, c.state = 'running', m.state = 'sending' AND m.waits_for = ''
              FROM mailing m JOIN campaign c ON c.id = m.campaign_id
             WHERE c.state IN ('running', 'paused')
               AND (m.state IN ('sending', 'paused') OR (m.state = 'finished' AND m.opened_at > %s))
             ORDER BY m.id
            """,
            [now - LOOK_BACK],
        )
        return [Watched(*row) for row in cursor.fetchall()]


def over() -> set[str]:
    """The names of campaigns that are over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM campaign WHERE state IN ('finished', 'cancelled')")
        return {row[0] for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Harm:
    """What went wrong with a mailing since a moment."""

    bounced: int = 0
    complained: int = 0
    unwritable: int = 0
    last_words: str = ""


def harm(since: Mapping[int, datetime | None]) -> dict[int, Harm]:
    """For each mailing: distinct deliveries that bounced (while sent or later), brought a complaint, or could not be
    written, after its moment. Mailings without any are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH w AS (SELECT * FROM unnest(%(ids)s::bigint[], %(since)s::timestamptz[]) AS w(mailing_id, since)),
            bad AS (
                SELECT d.mailing_id, a.delivery_id, a.at, a.reply,
                       CASE WHEN a.cause = 'unwritable' THEN 'unwritable' ELSE 'bounced' END AS kind
                  FROM attempt a JOIN delivery d ON d.id = a.delivery_id AND d.period = a.period
                  JOIN w ON w.mailing_id = d.mailing_id
                 WHERE a.verdict = 'refused' AND (w.since IS NULL OR a.at > w.since)
                UNION ALL
                SELECT e.mailing_id, e.delivery_id, e.recorded_at, coalesce(e.detail ->> 'said', ''),
                       CASE WHEN e.kind IN ('complaint', 'fraud', 'virus') THEN 'complained' ELSE 'bounced' END
                  FROM delivery_event e JOIN w ON w.mailing_id = e.mailing_id
                 WHERE e.kind IN ('complaint', 'fraud', 'virus', 'hard', 'full', 'soft', 'content', 'sender_fault',
                                  'unknown')
                   AND (w.since IS NULL OR e.recorded_at > w.since))
            SELECT mailing_id, count(DISTINCT delivery_id) FILTER (WHERE kind = 'bounced'),
                   count(DISTINCT delivery_id) FILTER (WHERE kind = 'complained'),
                   count(DISTINCT delivery_id) FILTER (WHERE kind = 'unwritable'),
                   coalesce((array_agg(reply ORDER BY at DESC) FILTER (WHERE reply <> ''))[1], '')
              FROM bad GROUP BY mailing_id
            """,
            {"ids": list(since), "since": list(since.values())},
        )
        return {row[0]: Harm(*row[1:]) for row in cursor.fetchall()}


def settled(mailing_id: int, since: datetime | None) -> int:
    """How many of a mailing have an outcome. Since a moment: by the tally of all mail, which is no less."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (CASE WHEN m.local_date IS NULL THEN (SELECT count(*) FROM delivery WHERE mailing_id = m.id)
                         ELSE m.audience_count
                              - coalesce((SELECT sum(value::bigint) FROM jsonb_each_text(m.left_out)), 0) END)
                   - (SELECT count(*) FROM outbox o WHERE o.mailing_id = m.id AND o.waiting)
                   - (SELECT count(*) FROM outbox o WHERE o.mailing_id = m.id AND NOT o.waiting),
                   (SELECT coalesce(sum(accepted + refused), 0) FROM route_tally WHERE minute >= %(since)s)
              FROM mailing m WHERE m.id = %(id)s
            """,
            {"id": mailing_id, "since": since},
        )
        whole, lately = cursor.fetchone()
    return max(0, int(whole if since is None else min(whole, lately)))


def sender_streaks(since: Mapping[int, datetime | None]) -> dict[int, tuple[int, str]]:
    """For each mailing: how many of its newest attempts in a row were refused at MAIL, and what was said last."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.mailing_id, a.cause, a.at, a.reply
              FROM (SELECT * FROM attempt ORDER BY id DESC LIMIT %s) a
              JOIN delivery d ON d.id = a.delivery_id AND d.period = a.period
             WHERE d.mailing_id = ANY(%s) ORDER BY a.id DESC
            """,
            [STREAK, list(since)],
        )
        rows = cursor.fetchall()
    found: dict[int, list[tuple[datetime, str]]] = {}
    ended: set[int] = set()
    for mailing_id, cause, at, reply in rows:
        before = since[mailing_id]
        if mailing_id in ended or cause != "sender" or (before is not None and at <= before):
            ended.add(mailing_id)
            continue
        found.setdefault(mailing_id, []).append((at, reply))
    return {
        mailing_id: (len(streak), streak[0][1])
        for mailing_id, streak in found.items()
        if not _accepted_since(mailing_id, streak[-1][0])
    }


def _accepted_since(mailing_id: int, moment: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM delivery WHERE mailing_id = %s AND state = %s AND done_at > %s)",
            [mailing_id, DeliveryState.ACCEPTED, moment],
        )
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is due of one mailing, or of the letters where `mailing_id` is None."""

    mailing_id: int | None
    oldest: datetime
    waiting: int


def backlogs(mailing_ids: Sequence[int], now: datetime, older_than: timedelta) -> list[Backlog]:
    """Of those mailings and of the letters: where the oldest due delivery has waited for longer."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT w.mailing_id, oldest.next_attempt_at,
                   (SELECT count(*) FROM outbox o WHERE o.waiting AND o.mailing_id = w.mailing_id
                       AND o.next_attempt_at <= %(now)s)
              FROM unnest(%(ids)s::bigint[]) AS w(mailing_id)
             CROSS JOIN LATERAL (
                SELECT next_attempt_at FROM outbox o
                 WHERE o.waiting AND o.mailing_id = w.mailing_id ORDER BY next_attempt_at LIMIT 1) oldest
             WHERE oldest.next_attempt_at < %(then)s
             UNION ALL
            SELECT NULL, oldest.next_attempt_at,
                   (SELECT count(*) FROM outbox o WHERE o.waiting AND o.mailing_id IS NULL
                       AND o.next_attempt_at <= %(now)s)
              FROM (SELECT next_attempt_at FROM outbox o
                     WHERE o.waiting AND o.mailing_id IS NULL ORDER BY next_attempt_at LIMIT 1) oldest
             WHERE oldest.next_attempt_at < %(then)s
            """,
            {"ids": list(mailing_ids), "now": now, "then": now - older_than},
        )
        return [Backlog(*row) for row in cursor.fetchall()]


def since_accepted() -> timedelta | None:
    """How long ago a route took a message last, to the minute; None where that is on no record."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp() - max(minute) - interval '1 minute' FROM route_tally WHERE accepted > 0"
        )
        found: timedelta | None = cursor.fetchone()[0]
        return found


def held_unknown(mailing_ids: Sequence[int]) -> dict[int, int]:
    """How many of each mailing's deliveries wait for a person, their outcome unknown."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.mailing_id, count(DISTINCT d.id)
              FROM attempt a JOIN delivery d ON d.id = a.delivery_id AND d.period = a.period
             WHERE a.verdict = 'unknown' AND d.mailing_id = ANY(%s) AND d.state = %s AND d.reason <> %s GROUP BY 1
            """,
            [list(mailing_ids), DeliveryState.HELD_UNKNOWN, LEFT],
        )
        return dict(cursor.fetchall())


def may_send() -> bool:
    """Whether sending as a whole is not stopped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(bool_and(sending_enabled), true) FROM instance")
        return bool(cursor.fetchone()[0])
