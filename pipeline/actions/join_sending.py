"""Let this host send beside the others that send from the same database (delivery.md B8)."""

from __future__ import annotations

import socket
from datetime import datetime

from pipeline.actions.check_fence import ALERT, fence_folder
from pipeline.actions.replay_journals import Replay, replay_journals
from pipeline.actions.replay_noes import replay_noes
from pipeline.core.delivery.fence import Counters
from pipeline.core.errors import Refused
from pipeline.gateways import fence
from pipeline.gateways.fence import Mark, Unreadable
from pipeline.store import alerts, instance
from pipeline.store.instance import Host, Instance


def join_sending(now: datetime) -> Replay:
    """This data folder becomes one that may send. Joining twice is the same as once.

    What its journals know is told first, for the folder may have been here before. Refused where the database is an
    older copy.
    """
    found = instance.read()
    if found.needs_confirm:
        raise Refused(f"{found.reason} Joining comes after that.")
    with fence.only_one(fence_folder()):
        done = replay_journals(found.uid)
        replay_noes(now)
        mark = mark_of(found)
        instance.vouch(Host(mark.host, socket.gethostname(), now, found.epoch))
        remember(found, mark, instance.pulse().counters)
    alerts.cleared([ALERT], socket.gethostname(), now)
    return done


def mark_of(found: Instance) -> Mark:
    """This folder's own mark: a new one where the old belongs to another folder, or cannot be read."""
    try:
        kept = fence.read(fence_folder(), found.uid)
    except Unreadable:
        kept = None
    return kept if kept is not None and kept.ours else fence.new_mark(found.counters)


def remember(found: Instance, mark: Mark, counters: Counters) -> None:
    fence.write(fence_folder(), found.uid, Mark(mark.host, counters))
