"""Ask, before anything is sent, whether this is the database that this host sends from (delivery.md B8, G15).

A copy of the database must send nothing until a person says so. Two things can be wrong. The database may be behind
what this host has seen in it: it was put back, and everybody is stopped. Or the database and this host may not know
each other: one of them is a copy, or the host is new; then nothing leaves from here, and other hosts go on.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import structlog
from django.db import DatabaseError, connection, transaction

from pipeline.actions.check_clock import clock_refusal
from pipeline.actions.check_secret import take_up_secret
from pipeline.actions.replay_goodbyes import goodbyes_wait, replay_goodbyes
from pipeline.core.consent.sealed import UnknownKeyError
from pipeline.core.delivery.fence import behind
from pipeline.gateways import clock, fence, journal
from pipeline.gateways.fence import Mark, Unreadable
from pipeline.settings import current
from pipeline.store import alerts, instance
from pipeline.store.instance import Host, Instance

ALERT = "fence"
GOOD_FOR = 2.0  # seconds that an answer is believed by a sender
NEWEST = 8  # journals whose last dot is looked up: what was sent since the last look at the counters

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Answer:
    """The last full check of this process."""

    at: float
    instance: UUID
    refusal: str | None


_answer: _Answer | None = None


def fence_refusal(epoch: int | None = None) -> str | None:
    """Why nothing may be claimed, as a sentence; None when all is well. For senders, at their start and before claims.

    `epoch`: that of a sender at work. One that began before sending was stopped can send nothing more, and ends; for
    the others this blocks for a look at one row of the database, and every two seconds for the whole check. Raises
    psycopg.Error while the database is away.
    """
    try:
        found = instance.read()
        if not found.sending_enabled:
            return _stopped(found)
        if goodbyes_wait() and not replay_goodbyes(clock.now()) and goodbyes_wait():
            return "Goodbyes that came while the database was away are being applied. Nothing is sent before."
        if epoch is not None and epoch != found.epoch:
            return "Sending was stopped and started since this sender began. Another goes on."
        return _checked(found, anew=epoch is None)
    except (
        UnknownKeyError
    ) as error:  # of a goodbye that waits: a process that has the newer secret applies it
        return str(error)
    except DatabaseError as error:
        connection.close()
        raise psycopg.OperationalError(str(error)) from error


def database_uid() -> UUID:
    """The name of the database, for the journal of a sender. Raises psycopg.Error while it is away."""
    try:
        return instance.read().uid
    except DatabaseError as error:
        connection.close()
        raise psycopg.OperationalError(str(error)) from error


def _checked(found: Instance, *, anew: bool) -> str | None:
    global _answer
    known = _answer
    if anew or known is None or known.instance != found.uid or time.monotonic() - known.at > GOOD_FOR:
        refusal = clock_refusal() or take_up_secret() or check_fence(clock.now(), joining=True)
        known = _Answer(time.monotonic(), found.uid, refusal)
        _answer = known
    return known.refusal


def check_fence(now: datetime, *, joining: bool = False) -> str | None:
    """The same, asked anew. `joining`: this process is about to send, and may be the first of all.

    Others are told what is wrong with this host, and nobody is alarmed: it need not be one that sends.
    """
    folder = fence_folder()
    if not joining and not folder.is_dir():
        found = instance.read()
        return _stopped(found) if not found.sending_enabled else _stranger(None, found) or None
    with fence.only_one(folder):
        found = instance.read()
        if found.needs_confirm:
            return _stopped(found)
        try:
            mark = fence.read(folder, found.uid)
        except Unreadable as error:
            return _not_from_here(str(error), now, alarm=joining)
        if (
            mark is not None
            and mark.ours
            and (lacks := behind(found.counters, mark.counters) or _behind_the_journals(found))
        ):
            return _put_back(lacks, now)
        if stranger := _stranger(mark, found):
            return _not_from_here(stranger, now, alarm=joining)
        if mark is None or not found.knows(mark.host):
            if not joining:
                return None
            if mark is None:
                mark = fence.new_mark(found.counters)
                fence.write(folder, found.uid, mark)
            instance.vouch(Host(mark.host, socket.gethostname(), now, found.epoch))
        fresh = replace(mark, counters=instance.pulse().counters, joining=False)
        transaction.on_commit(partial(fence.write, folder, found.uid, fresh))
        return None if found.sending_enabled else _stopped(found)


def fence_folder() -> Path:
    return current().data_dir / "fence"


def _stopped(found: Instance) -> str:
    by = f" by {found.changed_by}" if found.changed_by else ""
    return found.reason if found.needs_confirm else f"Sending is stopped{by}: {found.reason}"


def _behind_the_journals(found: Instance) -> str:
    """A dot leaves after its intent is on the disk: a database that does not know of the attempt is an older one."""
    folder = current().data_dir / "journal"
    newest = journal.kept(folder)[-NEWEST:]
    dots = dict(filter(None, (journal.last_dot(folder, each.token, found.uid) for each in newest)))
    known = instance.attempts(dots)
    if all(known.get(delivery, 0) >= attempt for delivery, attempt in dots.items()):
        return ""
    return "attempts that the journals of this host speak of"


def _put_back(lacks: str, now: datetime) -> str:
    """Stop everybody: all hosts share what this database has forgotten."""
    reason = (
        f"This database is an older copy: it lacks {lacks}. Nothing is sent until `rounds sending confirm` says that"
        " it is the one to go on with."
    )
    if instance.stop(reason, "the fence", now, needs_confirm=True):
        log.error("fence.put_back", lacks=lacks)
    alerts.raised(ALERT, "database", reason, now)
    return reason


def _stranger(mark: Mark | None, found: Instance) -> str:
    """Why this host and the database are strangers; empty where they are not, or where nobody has ever sent."""
    others = ", ".join(sorted({host.name for host in found.hosts}))
    if mark is not None and not mark.ours:
        return f"The data folder is a copy of one that sends from this database ({others or 'nobody now'})."
    if mark is not None and not mark.joining and not found.knows(mark.host):
        return "The database does not know this data folder any more."
    if others and (mark is None or not found.knows(mark.host)):
        return f"The database is sent from already, by {others}, and does not know this data folder."
    return ""


def _not_from_here(why: str, now: datetime, *, alarm: bool) -> str:
    """Nothing leaves from here. The others may be the ones who are right, so that they go on."""
    reason = (
        f"{why} Nothing is sent from {socket.gethostname()}. If this host is one more beside the others, say so with"
        " `rounds sending join`; if it takes their place, with `rounds sending confirm`."
    )
    if alarm and alerts.raised(ALERT, socket.gethostname(), reason, now):
        log.error("fence.not_from_here")
    return reason
