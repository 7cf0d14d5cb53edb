"""The daily walk along a list, which looks for yeses that end, or that are outdated (C-09, C-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import connection, transaction

from pipeline.core.consent.notice_change import InForce
from pipeline.core.consent.renewal import Duty, asked_until
from pipeline.core.message.note import NoteKind
from pipeline.store import models
from pipeline.store.standing import UP_TO_DATE, must_renew_sql

LOOKS_AT, ACTS_ON = 5_000, 200  # subscriptions in one step of a walk: read, and done something about


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose yes asks something of us. `subscription_id` is their place in the walk."""

    subscription_id: int
    subscriber_id: int
    address_key: bytes
    duty: Duty


@dataclass(frozen=True, slots=True)
class Step:
    """What a walk found on its next stretch. It stands at `upto` once that is done, and is `ended` then or not.

    `ask_until`: yeses that end by then are asked for, where somebody wanted that; else None.
    """

    due: tuple[Due, ...]
    upto: int
    ended: bool
    ask_until: datetime | None = None


def begin_anew(purpose: str) -> None:
    """Walk along a list from its beginning, although it was walked along today: a notice was published."""
    models.ConsentWalk.objects.update_or_create(purpose_id=purpose, defaults=_ANEW)


def ask_until(purpose: str, until: datetime) -> None:
    """Begin anew, and ask everybody whose yes to the list ends by then. An earlier wish for a later day stands."""
    with transaction.atomic():
        row, _ = models.ConsentWalk.objects.select_for_update().get_or_create(purpose_id=purpose)
        wanted = max(until, row.ask_until or until)
        models.ConsentWalk.objects.filter(pk=row.pk).update(**_ANEW, ask_until=wanted)


_ANEW = {"day": None, "cursor": 0, "ended": False}


def next_step(purpose: str, now: datetime, reworded: InForce | None) -> Step | None:
    """The next stretch of today's walk, None where it has ended. Yesterday's goes on if it has not."""
    today = now.astimezone(UTC).date()
    if models.ConsentWalk.objects.filter(purpose_id=purpose, day=today, ended=True).exists():
        return None
    row = _standing(purpose, today)
    if row.ended:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            _STEP,
            {
                "purpose": purpose,
                "cursor": row.cursor,
                "size": LOOKS_AT,
                "acts": ACTS_ON,
                **_moments(now, row.ask_until, reworded),
            },
        )
        found = cursor.fetchall()
    seen, last = found[0][4], found[0][5]
    due = tuple(Due(r[0], r[1], bytes(r[2]), Duty(r[3])) for r in found if r[0] is not None)
    if len(due) == ACTS_ON:
        return Step(due, due[-1].subscription_id, ended=False, ask_until=row.ask_until)
    return Step(due, last or row.cursor, ended=seen < LOOKS_AT, ask_until=row.ask_until)


def _standing(purpose: str, today: date) -> models.ConsentWalk:
    """Where today's walk stands. Its row is held, so that of a wish to begin anew nothing is lost meanwhile."""
    with transaction.atomic():
        rows = models.ConsentWalk.objects.select_for_update()
        row, _ = rows.get_or_create(purpose_id=purpose, defaults={"day": today})
        if row.day is None or (row.ended and row.day != today):
            row.day, row.cursor, row.ended = today, 0, False
            row.save(update_fields=["day", "cursor", "ended"])
        return row


def _moments(
    now: datetime, early: datetime | None, reworded: InForce | None
) -> dict[str, datetime | int | None]:
    return {
        "now": now,
        "soon": asked_until(now, early),
        "version": reworded.version if reworded else None,
        "reworded": reworded.in_force_since if reworded else None,
    }


def stand_at(purpose: str, step: Step) -> None:
    """What a step found is done."""
    models.ConsentWalk.objects.filter(purpose_id=purpose).update(cursor=step.upto, ended=step.ended)


def _asked(kind: NoteKind, more: str = "") -> str:
    return (
        "EXISTS (SELECT 1 FROM note y WHERE y.subscriber_id = s.subscriber_id AND y.purpose_id = s.purpose_id"
        f" AND y.kind = '{kind.value}' AND y.created_at >= e.occurred_at{more})"
    )


# What `core.consent.renewal.duty` says of each, but for what was done already and for whom nothing is sent (C-08).
# Yeses alone are looked up further, and most of them rest.
_DUE = f"""
judged AS (
    SELECT s.*,
           CASE WHEN s.valid_until <= %(now)s THEN '{Duty.EXPIRE.value}'
                WHEN NOT {UP_TO_DATE} THEN '{Duty.ASK_AGAIN.value}'
                WHEN s.valid_until <= %(soon)s THEN '{Duty.RECONFIRM.value}'
                WHEN coalesce(s.notice_version < %(version)s::int, s.since < %(reworded)s::timestamptz)
                     THEN '{Duty.INFORM.value}' END AS duty
      FROM page s{must_renew_sql("%(purpose)s")}
     WHERE s.status IN ('given', 'renewed')
), due AS (
    SELECT s.id, s.subscriber_id, p.address_key, s.duty
      FROM judged s
      JOIN subscriber p ON p.id = s.subscriber_id
      JOIN consent_event e ON e.seq = s.consent_event_id
     WHERE s.duty = '{Duty.EXPIRE.value}'
        OR s.duty IS NOT NULL
           AND NOT CASE s.duty
                   WHEN '{Duty.ASK_AGAIN.value}' THEN {_asked(NoteKind.ASK_AGAIN)}
                   WHEN '{Duty.RECONFIRM.value}' THEN {_asked(NoteKind.RECONFIRM)}
                   ELSE {_asked(NoteKind.NOTICE_CHANGED, " AND y.values->>'version' = %(version)s::text")} END
           AND NOT EXISTS (SELECT 1 FROM suppression x
                            WHERE x.address_key = p.address_key AND (x.until IS NULL OR x.until > %(now)s)
                              AND x.scope IN ('all', 'marketing', 'confirmation', 'list:' || s.purpose_id))
"""
_LOOKED_AT = """
    SELECT s.id, s.subscriber_id, s.purpose_id, s.status, s.valid_until, s.notice_version, s.since, s.consent_event_id
      FROM subscription s WHERE s.purpose_id = %(purpose)s"""
_STEP = f"""
WITH page AS ({_LOOKED_AT} AND s.id > %(cursor)s ORDER BY s.id LIMIT %(size)s), {_DUE}
     ORDER BY s.id LIMIT %(acts)s
)
SELECT due.id, due.subscriber_id, due.address_key, due.duty, seen.count, seen.last
  FROM (SELECT count(*) AS count, max(id) AS last FROM page) seen LEFT JOIN due ON true
 ORDER BY due.id
"""
_COUNT = f"""
WITH page AS ({_LOOKED_AT} AND s.status IN ('given', 'renewed')), {_DUE})
SELECT duty, count(*) FROM due GROUP BY 1
"""


def count_due(
    purpose: str, now: datetime, reworded: InForce | None, early: datetime | None = None
) -> dict[Duty, int]:
    """How many people of a list a whole walk would do something for, by what. Reads the yeses of the list once."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"purpose": purpose, **_moments(now, early, reworded)})
        return {Duty(duty): count for duty, count in cursor.fetchall()}


def count_before(purpose: str, version: int, effective_from: date, now: datetime) -> int:
    """How many may be mailed for a list today whose yes is to an earlier version than this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM subscription s
             WHERE s.purpose_id = %s AND s.status IN ('given', 'renewed') AND s.valid_until > %s
               AND coalesce(s.notice_version < %s, s.since < %s)
            """,
            [purpose, now, version, datetime.combine(effective_from, time(), UTC)],
        )
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Ending:
    """How many yeses to a list end in a month, which is named by its first day."""

    purpose: str
    month: date
    count: int


def ending(until: datetime) -> list[Ending]:
    """Those that end by then, and those that have ended and nobody wrote it down yet; by list and month."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT purpose_id, date_trunc('month', valid_until AT TIME ZONE 'UTC')::date, count(*)
              FROM subscription WHERE status IN ('given', 'renewed') AND valid_until <= %s
             GROUP BY 1, 2 ORDER BY 1, 2
            """,
            [until],
        )
        return [Ending(*row) for row in cursor.fetchall()]


def first_ending(until: datetime, limit: int) -> list[tuple[int, str, datetime]]:
    """(subscriber, purpose, end) of those that end first."""
    rows = models.Subscription.objects.filter(status__in=["given", "renewed"], valid_until__lte=until)
    return [
        (row.subscriber_id, row.purpose_id, row.valid_until)
        for row in rows.order_by("valid_until", "id")[:limit]
        if row.valid_until is not None
    ]
