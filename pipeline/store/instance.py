"""Whether this database may send: everything stopped, the hosts that it knows, and how far it has come (B8)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import connection

from pipeline.core.delivery.fence import Counters
from pipeline.store.prepared import run

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Host:
    """A data folder that may send from this database. `confirmed` is the epoch it was last vouched for in."""

    mark: str
    name: str
    since: datetime
    confirmed: int


@dataclass(frozen=True, slots=True)
class Instance:
    """`needs_confirm`: the fence stopped it, so that a start is not enough."""

    uid: UUID
    epoch: int
    sending_enabled: bool
    needs_confirm: bool
    reason: str
    changed_by: str
    changed_at: datetime
    hosts: tuple[Host, ...]
    counters: Counters

    def knows(self, mark: str) -> bool:
        return any(host.mark == mark for host in self.hosts)


_COUNTERS = "(SELECT last_value FROM delivery_number), (SELECT coalesce(max(seq), 0) FROM consent_event)"
_COLUMNS = (
    "uid, epoch, sending_enabled, needs_confirm, reason, changed_by, changed_at, hosts::text, pulse, "
    + _COUNTERS
)


def read() -> Instance:
    """As it is now."""
    return _one(f"SELECT {_COLUMNS} FROM instance")


def uid() -> UUID:
    """Which database this is."""
    [(found,)] = run("SELECT uid FROM instance")
    return cast("UUID", found)


def pulse() -> Instance:
    """One more sign of life, on the disk before this returns. A copy made before it is behind from now on."""
    return _one(f"UPDATE instance SET pulse = pulse + 1 RETURNING {_COLUMNS}")


def clock() -> datetime:
    """What the clock of the database's machine says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cast("datetime", cursor.fetchone()[0])


def _one(statement: str) -> Instance:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        uid, epoch, enabled, needs, reason, by, at, hosts, beat, delivery, consent = cursor.fetchone()
    known = tuple(
        Host(mark, said["name"], datetime.fromisoformat(said["since"]), said["confirmed"])
        for mark, said in json.loads(hosts).items()
    )
    return Instance(
        uid, epoch, enabled, needs, reason, by, at, known, Counters(epoch, beat, delivery, consent)
    )


def stop(reason: str, by: str, now: datetime, *, needs_confirm: bool = False) -> bool:
    """Let no intent of anybody be recorded from now on. False if that was so already, for as good a reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE instance SET sending_enabled = false, epoch = epoch + 1, reason = %(reason)s, changed_by = %(by)s,
                   changed_at = %(now)s, needs_confirm = needs_confirm OR %(needs)s
             WHERE sending_enabled OR (%(needs)s AND NOT needs_confirm)
            """,
            {"reason": reason[:LONGEST_REASON], "by": by[:150], "now": now, "needs": needs_confirm},
        )
        return bool(cursor.rowcount)


def start(by: str, now: datetime) -> bool:
    """Send again. False if nothing was stopped, or if the fence stopped it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE instance SET sending_enabled = true, reason = '', changed_by = %s, changed_at = %s"
            " WHERE NOT sending_enabled AND NOT needs_confirm",
            [by[:150], now],
        )
        return bool(cursor.rowcount)


def vouch(host: Host) -> None:
    """Know a host: new, or vouched for anew."""
    said = {"name": host.name, "since": host.since.isoformat(), "confirmed": host.confirmed}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE instance SET hosts = hosts || jsonb_build_object(%s::text, %s::jsonb)",
            [host.mark, json.dumps(said)],
        )


def forget(marks: Collection[str]) -> None:
    """Hosts that are gone for good."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE instance SET hosts = hosts - %s::text[]", [list(marks)])


def confirm(by: str, now: datetime, above: int) -> None:
    """The database is the one to send from: with an epoch that no sender ever had, higher than `above` too.

    What a person has stopped stays stopped.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE instance SET sending_enabled = sending_enabled OR needs_confirm, needs_confirm = false,"
            " epoch = greatest(epoch, %s) + 1, changed_by = %s, changed_at = %s,"
            " reason = CASE WHEN sending_enabled OR needs_confirm THEN '' ELSE reason END",
            [above, by[:150], now],
        )


def attempts(deliveries: Collection[int]) -> Mapping[int, int]:
    """How many attempts the database knows of, for those of the deliveries that it knows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, attempt_no FROM delivery WHERE id = ANY(%s)", [list(deliveries)])
        return dict(cursor.fetchall())


def number_deliveries_above(highest: int) -> None:
    """Give no delivery a number that another one had, in a past that the database does not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('delivery_number', greatest((SELECT last_value FROM delivery_number), %s))",
            [highest],
        )
