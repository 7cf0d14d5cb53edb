"""What was heard about deliveries: kept once, found again, and what could not be attributed laid aside (B-02).

Hand-written SQL where a statement's condition is the promise: nothing here moves a delivery out of a settled state, and
nothing leaves `accepted`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from pipeline.core.delivery.bounce_class import bounce_class
from pipeline.core.delivery.lifecycle import DeliveryState, sources
from pipeline.core.feedback.event import FeedbackEvent, Kind
from pipeline.core.feedback.policy import IssueOutcome
from pipeline.core.feedback.traces import names
from pipeline.store import models

LONGEST_KEPT = 256 * 1024  # octets of a report that is laid aside: enough to see what it was
MOST_LAID_ASIDE = 2000  # the oldest make room: whoever floods the mailbox fills no disk
A_LITTLE_BEHIND = (
    5000  # attempts: a process that begins looks back as far, and commits may come out of their order
)
# How an attempt may end that says something of the recipient or of the message. The others are about us or the relay.
OF_THE_RECIPIENT = frozenset({"bad_address", "policy", "permanent", "too_large", "temporary", "greylisted"})
HISTORY = 60  # of the newest issues of one subscriber


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and what an event is about. Without a delivery it is about a person alone."""

    subscriber_id: int | None
    address_key: bytes
    delivery_id: int | None = None
    period: date | None = None
    delivery_uid: UUID | None = None
    mailing_id: int | None = None
    stream: str = ""
    purpose: str | None = None
    created_at: datetime | None = None  # when the delivery was made
    state: DeliveryState | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether nobody knows yet that the next hop took the message."""
        return self.state not in (None, DeliveryState.ACCEPTED)


_DELIVERY = """
    SELECT d.subscriber_id, d.address_key, d.id, d.period, d.uid, d.mailing_id, d.stream, c.purpose_id,
           d.created_at, d.state
      FROM delivery d LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
"""


def of_delivery(uid: UUID) -> Subject | None:
    """By the uid that a return path names. None for one that is not there, or was put away with its month."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_DELIVERY} WHERE d.uid = %s", [uid])
        return _subject(cursor.fetchone())


def of_deliveries(ids: Sequence[int], period: date) -> list[Subject]:
    """By the ids of deliveries of one month."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_DELIVERY} WHERE d.id = ANY(%s) AND d.period = %s ORDER BY d.id", [list(ids), period]
        )
        return [subject for row in cursor.fetchall() if (subject := _subject(row)) is not None]


def of_subscription(uid: UUID) -> Subject | None:
    """By the uid that an unsubscribe link names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.address_key, u.purpose_id FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id"
            " WHERE u.uid = %s",
            [uid],
        )
        row = cursor.fetchone()
    return Subject(row[0], bytes(row[1]), purpose=row[2]) if row else None


def _subject(row: tuple[Any, ...] | None) -> Subject | None:
    if row is None:
        return None
    subscriber_id, key, delivery_id, period, uid, mailing_id, stream, purpose, created_at, state = row
    return Subject(
        subscriber_id,
        bytes(key),
        delivery_id,
        period,
        uid,
        mailing_id,
        stream,
        purpose,
        created_at,
        DeliveryState(state),
    )


def keep(event: FeedbackEvent, subject: Subject, now: datetime) -> bool:
    """Keep an event. False when it is kept already: `(source, external_id)` is its name (C 50, C 77).

    A date in the future, or none, is taken for now: what a stranger writes does not decide the order of things.
    """
    occurred = event.occurred_at if event.occurred_at and event.occurred_at <= now else now
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO delivery_event (delivery_id, period, delivery_uid, subscriber_id, mailing_id, kind, source,
                                        external_id, occurred_at, recorded_at, code, enhanced, detail)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            [
                subject.delivery_id,
                subject.period,
                subject.delivery_uid,
                subject.subscriber_id,
                subject.mailing_id,
                event.kind.value,
                event.source,
                event.external_id[:200],
                occurred,
                now,
                event.code,
                event.enhanced[:12],
                json.dumps({"said": event.said} if event.said else {}),
            ],
        )
        return bool(cursor.rowcount == 1)


# --- evidence


def prove_accepted(delivery_uid: UUID) -> bool:
    """Somebody heard of this message from beyond the next hop, so the next hop took it: settle it as accepted.

    True if that was in doubt until now. A delivery that a sender still holds is left to its sender.
    """
    return bool(_accept("d.uid = %s", [delivery_uid]))


def settle_proven() -> int:
    """The same for every unknown delivery about which something has been heard: what the resolver asks before any
    policy acts (delivery.md B4). Returns how many.
    """
    return _accept(
        "d.id IN (SELECT delivery_id FROM outbox WHERE NOT waiting)"
        " AND EXISTS (SELECT 1 FROM delivery_event e WHERE e.delivery_id = d.id AND e.source <> 'smtp')",
        [],
    )


def _accept(which: str, values: Sequence[Any]) -> int:
    # `sending` may become accepted too, but it is its sender's.
    doubtful = [int(state) for state in sources(DeliveryState.ACCEPTED) if state is not DeliveryState.SENDING]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE delivery d SET state = %s, reason = 'evidence', lease_token = NULL, lease_until = NULL,
                   done_at = coalesce(done_at, clock_timestamp())
             WHERE {which} AND d.state = ANY(%s)
            """,
            [DeliveryState.ACCEPTED, *values, doubtful],
        )
        return int(cursor.rowcount)


# --- history


def history(subscriber_id: int, since: datetime | None) -> list[IssueOutcome]:
    """How the newest issues, of those made since `since`, fared at one mailbox: in the words of the host that refused
    them, or of a later report.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.created_at, d.state, d.cause, d.code, d.enhanced, d.reply,
                   array_remove(array_agg(e.kind), NULL)
              FROM (SELECT * FROM delivery WHERE subscriber_id = %s AND stream = 'newsletter'
                       AND (%s::timestamptz IS NULL OR created_at >= %s)
                     ORDER BY created_at DESC, id DESC LIMIT %s) d
              LEFT JOIN delivery_event e ON e.delivery_id = d.id
             GROUP BY d.id, d.period, d.created_at, d.state, d.cause, d.code, d.enhanced, d.reply
            """,
            [subscriber_id, since, since, HISTORY],
        )
        return [_outcome(*row) for row in cursor.fetchall()]


def _outcome(
    delivery_id: int,
    at: datetime,
    state: int,
    cause: str,
    code: int | None,
    enhanced: str,
    reply: str,
    kinds: list[str],
) -> IssueOutcome:
    heard = [Kind(kind) for kind in kinds]
    if state == DeliveryState.FAILED and code is not None and cause in OF_THE_RECIPIENT:
        heard.append(Kind.of_bounce(bounce_class(code, enhanced, reply)))
    bounces = [kind for kind in heard if kind.is_bounce]
    handed_over = state in (DeliveryState.ACCEPTED, DeliveryState.PRESUMED_ACCEPTED)
    return IssueOutcome(
        delivery_id,
        at,
        soft=any(kind.counts_as_soft for kind in bounces),
        arrived=handed_over and not bounces,
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A delivery that failed for good during SMTP, and what was said last."""

    delivery_id: int
    period: date
    code: int
    enhanced: str
    reply: str


def refusals(after: int, limit: int) -> tuple[list[Refusal], int]:
    """Deliveries that failed and are not among the events yet, and the attempt to go on from the next time.

    `after` is that attempt, 0 at first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM attempt")
        newest = int(cursor.fetchone()[0])
        begin = (after or newest) - A_LITTLE_BEHIND
        cursor.execute(
            """
            SELECT max(a.id), d.id, d.period, d.code, d.enhanced, d.reply
              FROM attempt a JOIN delivery d ON d.id = a.delivery_id AND d.period = a.period
             WHERE a.id > %s AND d.state = %s AND d.code IS NOT NULL AND d.cause = ANY(%s)
               AND NOT EXISTS (SELECT 1 FROM delivery_event e WHERE e.delivery_id = d.id AND e.source = 'smtp')
             GROUP BY d.id, d.period, d.code, d.enhanced, d.reply ORDER BY 1 LIMIT %s
            """,
            [begin, DeliveryState.FAILED, list(OF_THE_RECIPIENT), limit],
        )
        rows = cursor.fetchall()
    place = int(rows[-1][0]) if len(rows) == limit else newest
    return [Refusal(*row[1:]) for row in rows], place


@dataclass(frozen=True, slots=True)
class Objections:
    """How many mailboxes of an issue's audience refused it for its form."""

    campaign: str
    number: int
    refused: int
    audience: int


def objections(mailing_id: int) -> Objections:
    """What is weighed before an issue is stopped for its form."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.name, m.number,
                   (SELECT count(DISTINCT delivery_id) FROM delivery_event
                     WHERE mailing_id = m.id AND kind = 'content'),
                   m.audience_count
              FROM mailing m JOIN campaign c ON c.id = m.campaign_id WHERE m.id = %s
            """,
            [mailing_id],
        )
        return Objections(*cursor.fetchone())


# --- reports that nobody could be found for


@dataclass(frozen=True, slots=True)
class LaidAside:
    id: int
    source: str
    received_at: datetime
    why: str
    octets: int


def lay_aside(raw: bytes, source: str, why: str, now: datetime) -> bool:
    """Keep a report for a person to look at, once. False when it is kept already."""
    _, created = models.QuarantinedReport.objects.get_or_create(
        sha256=hashlib.sha256(raw).hexdigest(),
        defaults={"source": source, "received_at": now, "why": why[:200], "raw": raw[:LONGEST_KEPT]},
    )
    if created:
        newest = models.QuarantinedReport.objects.order_by("-id").values("id")[:MOST_LAID_ASIDE]
        models.QuarantinedReport.objects.exclude(id__in=newest).delete()
    return created


def forget(mailboxes: Sequence[str]) -> None:
    """Delete the reports laid aside that name one of them. There are few, and each is read: they may be encoded."""
    rows = models.QuarantinedReport.objects.values_list("id", "raw").iterator(chunk_size=50)
    models.QuarantinedReport.objects.filter(
        pk__in=[number for number, raw in rows if any(names(bytes(raw), mailbox) for mailbox in mailboxes)]
    ).delete()


def laid_aside(limit: int) -> list[LaidAside]:
    """The newest reports that wait for a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, source, received_at, why, octet_length(raw) FROM quarantined_report ORDER BY id DESC LIMIT %s",
            [limit],
        )
        return [LaidAside(*row) for row in cursor.fetchall()]


def raw_report(report_id: int) -> bytes | None:
    """The first octets of a report that was laid aside."""
    raw = models.QuarantinedReport.objects.filter(pk=report_id).values_list("raw", flat=True).first()
    return bytes(raw) if raw is not None else None


@dataclass(frozen=True, slots=True)
class KeptEvent:
    recorded_at: datetime
    occurred_at: datetime
    kind: str
    source: str
    campaign: str | None
    issue: int | None
    delivery: UUID | None
    code: int | None
    enhanced: str
    said: str


@dataclass(frozen=True, slots=True)
class ReportOf:
    """One event about one person."""

    occurred_at: datetime
    kind: str
    source: str
    delivery: UUID | None
    code: int | None
    enhanced: str
    said: str


def of_subscriber(subscriber_id: int) -> list[ReportOf]:
    """What was heard of one person's letters, in order."""
    rows = models.DeliveryEvent.objects.filter(subscriber_id=subscriber_id).order_by("occurred_at", "id")
    return [
        ReportOf(
            row.occurred_at,
            row.kind,
            row.source,
            row.delivery_uid,
            row.code,
            row.enhanced,
            str(row.detail.get("said", "")),
        )
        for row in rows
    ]


def events(limit: int) -> list[KeptEvent]:
    """The newest events, for people."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.recorded_at, e.occurred_at, e.kind, e.source, c.name, m.number, e.delivery_uid, e.code, e.enhanced,
                   coalesce(e.detail ->> 'said', '')
              FROM delivery_event e LEFT JOIN mailing m ON m.id = e.mailing_id
              LEFT JOIN campaign c ON c.id = m.campaign_id ORDER BY e.id DESC LIMIT %s
            """,
            [limit],
        )
        return [KeptEvent(*row) for row in cursor.fetchall()]
