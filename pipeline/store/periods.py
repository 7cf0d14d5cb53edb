"""The months that deliveries are kept by, one partition each, so that old ones can be put away whole.

All deliveries of one mailing that could meet (the same subscriber, the same mailbox) lie in the same month, or the
unique keys would not hold them apart: the month in which a calendar mailing opened, or in which a member joined a
course; letters lie in the month they were made in.

A month that is put away leaves `delivery` and `attempt`. Its tables stay, as `kept_delivery_2024_10` and
`kept_attempt_2024_10`, until a person drops them; nothing refers to them, and they to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.store.prepared import run

ATTACHING = 7_368_655  # the advisory lock of `make_period`
PATIENCE = "5s"  # how long a detachment waits for what still reads the month; the next one goes on from there
PAIR = ("delivery", "attempt")

_NAME = re.compile(r"(?P<kept>kept_)?(?P<table>delivery|attempt)_(?P<year>\d{4})_(?P<month>\d\d)(_\d+)?")


def period(moment: datetime) -> date:
    """The month of a moment, as its first day in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


def ready(moment: datetime) -> date:
    """The month of a moment, with a partition to put its rows in."""
    first = period(moment)
    run("SELECT make_period(%s)", [first])
    return first


def prepare(now: datetime, ahead: int = 2) -> None:
    """Make the partitions of this month and of the next `ahead`, before anybody has to wait for one."""
    first = period(now)
    for step in range(ahead + 1):
        month = after(first, step)
        ready(datetime(month.year, month.month, 1, tzinfo=UTC))


def after(month: date, months: int) -> date:
    """The month that is `months` later, or earlier where that is negative."""
    years, number = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(years, number + 1, 1)


# --- what there is


class Place(StrEnum):
    """Where the rows of a month are."""

    IN_USE = "in_use"
    LEAVING = "leaving"  # taken out by halves: the next attempt goes on from there
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of deliveries. `rows` is PostgreSQL's estimate, of deliveries alone; `octets` is all of it on disk, with
    its attempts and its indexes.
    """

    first: date
    place: Place
    tables: tuple[str, ...]
    rows: int
    octets: int


@dataclass(frozen=True, slots=True)
class _Part:
    """One table of a month. `attached` to its parent; `pending` where taking it out was begun and interrupted."""

    name: str
    table: str
    first: date
    kept: bool
    attached: bool
    pending: bool
    rows: int
    octets: int


def months() -> list[Month]:
    """All months there are, the oldest first; those put away stand beside those in use."""
    found: dict[tuple[date, Place], list[_Part]] = {}
    parts = _parts()
    leaving = {part.first for part in parts if not part.kept and (part.pending or not part.attached)}
    for part in parts:
        place = Place.KEPT if part.kept else Place.LEAVING if part.first in leaving else Place.IN_USE
        found.setdefault((part.first, place), []).append(part)
    return [
        Month(
            first,
            place,
            tuple(part.name for part in group),
            sum(part.rows for part in group if part.table == "delivery"),
            sum(part.octets for part in group),
        )
        for (first, place), group in sorted(found.items())
    ]


def _parts() -> list[_Part]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, i.inhrelid IS NOT NULL, coalesce(i.inhdetachpending, false),
                   greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)
              FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
             WHERE c.relkind = 'r' AND c.relname ~ '^(kept_)?(delivery|attempt)_[0-9]{4}_[0-9]{2}'
               AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'delivery'::regclass)
             ORDER BY c.relname
            """
        )
        rows = cursor.fetchall()
    return [
        _Part(
            row[0],
            name["table"],
            date(int(name["year"]), int(name["month"]), 1),
            name["kept"] is not None,
            *row[1:],
        )
        for row in rows
        if (name := _NAME.fullmatch(row[0]))
    ]


def in_the_way(month: date) -> str | None:
    """Why a month has to stay, as a sentence; None where nothing of it is under way.

    A course's members each have their own month: it may go when none of them has an issue to come.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox WHERE period = %s", [month])
        under_way = cursor.fetchone()[0]
        if under_way:
            return f"{under_way} of its deliveries are not settled yet."
        cursor.execute(
            f"""
            SELECT c.name, m.number FROM mailing m JOIN campaign c ON c.id = m.campaign_id
             WHERE c.mode = 'calendar' AND m.state NOT IN ('finished', 'cancelled', 'scheduled', 'held_late')
               AND EXISTS (SELECT 1 FROM {_table("delivery", month)} d WHERE d.mailing_id = m.id)
             ORDER BY m.id LIMIT 1
            """
        )
        if open_mailing := cursor.fetchone():
            return f"Issue {open_mailing[1]} of {open_mailing[0]!r} is not finished."
        cursor.execute(
            """
            SELECT c.name, count(*) FROM campaign c JOIN enrolment e ON e.campaign_id = c.id
              JOIN subscription s ON s.subscriber_id = e.subscriber_id AND s.purpose_id = c.purpose_id
             WHERE c.mode = 'course' AND c.state NOT IN ('finished', 'cancelled')
               AND e.next_due_at IS NOT NULL AND s.status IN ('given', 'renewed')
               AND e.joined_at >= %s::timestamp AT TIME ZONE 'UTC' AND e.joined_at < %s::timestamp AT TIME ZONE 'UTC'
             GROUP BY c.id, c.name ORDER BY c.id LIMIT 1
            """,
            [month, after(month, 1)],
        )
        if members := cursor.fetchone():
            return f"{members[1]} who joined the course {members[0]!r} in it have issues to come."
    return None


# --- putting away


def ours() -> bool:
    """Whether the role that is connected may take a month out: only the one that owns the tables may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'delivery'::regclass")
        return bool(cursor.fetchone()[0])


def put_away(month: date) -> bool:
    """Take a month out of `delivery` and `attempt`, its counts kept with its mailings. May be interrupted anywhere and
    repeated. False where something still reads the month, or has just put a row there: another time, then.

    Nobody who sends waits for it: a partition is detached concurrently, which no transaction may enclose.
    """
    parts = [part for part in _parts() if part.first == month and not part.kept]
    if any(part.table == "delivery" and part.attached and not part.pending for part in parts):
        _keep_counts(_table("delivery", month), _table("delivery", month))
    for part in parts:
        if part.attached and not _detach(part):
            return False
    return not parts or _rename(month, [part.table for part in parts])


def _detach(part: _Part) -> bool:
    how = "FINALIZE" if part.pending else "CONCURRENTLY"
    with _patience(), connection.cursor() as cursor:
        try:
            cursor.execute(f"ALTER TABLE {part.table} DETACH PARTITION {part.name} {how}")
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                return False
            raise
    return True


@contextmanager
def _patience() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [PATIENCE])
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")


def _rename(month: date, tables: list[str]) -> bool:
    """The last step, in one transaction: the counts are final now, since nobody can reach the rows any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ATTACHING])
        cursor.execute("SELECT EXISTS (SELECT 1 FROM outbox WHERE period = %s)", [month])
        if cursor.fetchone()[0]:  # opened in between: it has to be sent, so the month comes back
            for table in tables:
                cursor.execute(
                    f"ALTER TABLE {table} ATTACH PARTITION {_table(table, month)} FOR VALUES FROM (%s) TO (%s)",
                    [month, after(month, 1)],
                )
            return False
        for table in tables:
            name = _table(table, month)
            kept = _free_name(f"kept_{name}")
            if table == "delivery":
                _keep_counts(name, kept)
                cursor.execute(
                    "UPDATE mailing SET kept_counts = kept_counts - %s WHERE kept_counts ? %s", [name, name]
                )
            for constraint in _foreign_keys(name):
                cursor.execute(f'ALTER TABLE {name} DROP CONSTRAINT "{constraint}"')
            cursor.execute(f"ALTER TABLE {name} ALTER COLUMN id DROP DEFAULT")  # so that it stands alone
            cursor.execute(f"ALTER TABLE {name} RENAME TO {kept}")
    return True


def _keep_counts(table: str, name: str) -> None:
    """Write what became of a month's deliveries to their mailings, under `name`; again is the same as once.

    A count under the name of a partition counts from the moment that this is no longer attached: see `counts_kept`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH counted AS (
                SELECT mailing_id, state, CASE WHEN state = %(suppressed)s THEN reason ELSE '' END AS reason,
                       count(*) AS n
                  FROM {table} WHERE mailing_id IS NOT NULL GROUP BY 1, 2, 3
            ), states AS (
                SELECT mailing_id, jsonb_object_agg(state, n) AS found
                  FROM (SELECT mailing_id, state, sum(n) AS n FROM counted GROUP BY 1, 2) by_state GROUP BY 1
            ), reasons AS (
                SELECT mailing_id, jsonb_object_agg(reason, n) AS found FROM counted
                 WHERE state = %(suppressed)s GROUP BY 1)
            UPDATE mailing m
               SET kept_counts = coalesce(m.kept_counts, '{{}}') || jsonb_build_object(%(name)s::text,
                       jsonb_build_object('states', s.found, 'suppressed', coalesce(r.found, '{{}}')))
              FROM states s LEFT JOIN reasons r USING (mailing_id)
             WHERE m.id = s.mailing_id
            """,
            {"suppressed": DeliveryState.SUPPRESSED, "name": name},
        )


# What stands in `kept_counts` and holds now, as (mailing_id, what, key, n). While its partition is still attached the
# rows are counted themselves.
counts_kept = """
    SELECT m.id AS mailing_id, kind.key AS what, counted.key AS key, counted.value::bigint AS n
      FROM mailing m CROSS JOIN LATERAL jsonb_each(m.kept_counts) AS month(name, counts)
     CROSS JOIN LATERAL jsonb_each(month.counts) AS kind(key, value)
     CROSS JOIN LATERAL jsonb_each(kind.value) AS counted(key, value)
     WHERE m.id = ANY(%(mailings)s) AND m.kept_counts IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                        WHERE i.inhparent = 'delivery'::regclass AND NOT i.inhdetachpending
                          AND c.relname = month.name)
"""


def kept_tables(table: str) -> list[str]:
    """The tables of months that were put away and are still there, the newest first."""
    return [part.name for part in reversed(_parts()) if part.kept and part.table == table]


def drop(month: date) -> list[str]:
    """Drop what was put away of a month, for good. Returns the names of the tables."""
    names = [part.name for part in _parts() if part.kept and part.first == month]
    with transaction.atomic(), connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TABLE {name}")
    return names


def _table(table: str, month: date) -> str:
    return f"{table}_{month:%Y_%m}"


def _free_name(wanted: str) -> str:
    """A month may be put away twice: when somebody comes back to a course that they joined in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE %s", [wanted.replace("_", r"\_") + "%"]
        )
        taken = {row[0] for row in cursor.fetchall()}
    return next(n for n in (wanted, *(f"{wanted}_{i}" for i in range(2, 100))) if n not in taken)


def _foreign_keys(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass ORDER BY 1",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]
