"""Go on with a database that was put back or copied: a person says that it is the one to send from (delivery.md B8)."""

from __future__ import annotations

import socket
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.check_fence import ALERT, fence_folder
from pipeline.actions.join_sending import mark_of, remember
from pipeline.actions.pause_campaign import pause_campaign
from pipeline.actions.replay_journals import Replay, replay_journals
from pipeline.actions.replay_noes import ReplayedNoes, replay_noes
from pipeline.core.delivery.fence import Counters
from pipeline.core.errors import NotFound, Refused
from pipeline.gateways import fence
from pipeline.gateways.fence import Unreadable
from pipeline.gateways.queue import Job, ring
from pipeline.store import alerts, campaigns, instance, locks
from pipeline.store.instance import Host, Instance

NUMBERS_APART = 1000  # left free between the deliveries that a lost past may have known and the next new one


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was done. `waits_for` names hosts that must confirm too; while there are any, nothing is sent.

    `paused` names campaigns that may have sent issues the database has never heard of: a person resumes or cancels.
    """

    replay: Replay
    waits_for: tuple[str, ...]
    paused: tuple[str, ...]
    lost_consents: int
    lost_deliveries: int
    noes: ReplayedNoes


def confirm_sending(
    by: str, now: datetime, *, without: Collection[str] = (), despite_lost_consents: bool = False
) -> Confirmed:
    """Tell the database what the journals of this host know, and every no that it heard; then let it send, with an
    epoch of its own.

    `without` names hosts that are gone with their journals. Refused while a tick runs; and where entries of the consent
    ledger were lost, among which people may have said no, unless `despite_lost_consents`.
    """
    with locks.only_one("tick") as mine, fence.only_one(fence_folder()):
        if not mine:
            raise Refused("The scheduler is at work this moment. Try again.")
        found = instance.read()
        before = _remembered(found)
        lost_consents = max(before.consent - found.counters.consent, 0)
        if lost_consents and not despite_lost_consents:
            raise Refused(
                f"Entries of the consent ledger are missing: it had reached number {before.consent} and ends at"
                f" {found.counters.consent}. Somebody may have said no in one of them. Restore to a later moment; or,"
                " if they are lost for good, say --despite-lost-consents."
            )
        _leave_out(found, without)
        done = replay_journals(found.uid)
        noes = replay_noes(now)
        highest = max(before.delivery, done.highest)
        lost = max(highest - found.counters.delivery, 0)
        if lost:
            instance.number_deliveries_above(highest + NUMBERS_APART)
        paused = tuple(_pause_the_doubtful(now)) if lost or done.strangers else ()
        waits_for = _vouch(found, now, by, above=before.epoch)
    if not waits_for:
        ring(Job.DRAIN)
    return Confirmed(done, waits_for, paused, lost_consents, lost, noes)


def _remembered(found: Instance) -> Counters:
    """How far this host has seen the database come."""
    try:
        mark = fence.read(fence_folder(), found.uid)
    except Unreadable:
        mark = None
    return mark.counters if mark is not None else found.counters


def _leave_out(found: Instance, without: Collection[str]) -> None:
    gone = {host.mark for host in found.hosts if host.name in without}
    missing = set(without) - {host.name for host in found.hosts}
    if missing:
        names = ", ".join(sorted({host.name for host in found.hosts})) or "none"
        raise NotFound(f"{', '.join(sorted(missing))}: no such host. The database knows {names}.")
    instance.forget(gone)


def _pause_the_doubtful(now: datetime) -> list[str]:
    """Campaigns with something due that the lost past may have sent already."""
    doubtful = campaigns.with_something_due(now)
    for name in doubtful:
        pause_campaign(name, now)
        alerts.raised(
            "maybe_sent",
            name,
            f"{name} may have sent an issue in the time that the database has lost. It is paused: resume it to send"
            " what is due once more, or cancel it.",
            now,
        )
    return doubtful


def _vouch(found: Instance, now: datetime, by: str, *, above: int) -> tuple[str, ...]:
    """Remember that this host has confirmed; with the last of them, send. Returns the hosts that have yet to.

    A host that the database did not know takes the place of those it knew.
    """
    mark = mark_of(found)
    if not found.needs_confirm and not found.knows(mark.host):
        instance.forget([host.mark for host in found.hosts])
    instance.vouch(Host(mark.host, socket.gethostname(), now, found.epoch))
    others = [host for host in instance.read().hosts if host.mark != mark.host]
    waits_for = tuple(
        sorted(host.name for host in others if found.needs_confirm and host.confirmed < found.epoch)
    )
    if not waits_for:
        instance.confirm(by, now, above)
        alerts.cleared([ALERT], "database", now)
    alerts.cleared([ALERT], socket.gethostname(), now)
    remember(found, mark, instance.pulse().counters)
    return waits_for
