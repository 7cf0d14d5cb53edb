"""Apply the goodbyes that were kept while the database was away, before anything is sent again (G7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from pipeline.actions.unsubscribe import spool_folder, withdraw
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.errors import NotFound
from pipeline.gateways import spool
from pipeline.store import alerts

ALERT = "goodbyes"

log = structlog.get_logger()


def goodbyes_wait() -> bool:
    """Whether any is still to be applied on this host. Looks at the disk alone."""
    return spool.waiting(spool_folder())


def replay_goodbyes(now: datetime) -> int:
    """Returns how many there were. It may die anywhere: an entry that is in the ledger already is passed over.

    Raises OperationalError while the database is away; then they go on waiting.
    """
    count = 0
    with spool.taken(spool_folder()) as parts:
        for part in parts or []:
            strange = sum(not _apply(record) for record in part.records)
            count += len(part.records) - strange
            if part.damage or strange:  # told first: nobody looks for a file that was laid aside
                _tell(spool.aside(part).name, part.damage + strange, now)
            spool.applied(part, strange=strange)
    if count:
        log.info("goodbyes.applied", count=count)
    return count


def _apply(record: Mapping[str, Any]) -> bool:
    """False for one that makes no sense here, such as that of another database."""
    try:
        goodbye = Entry(
            event_id=UUID(record["event"]),
            kind=EventKind.CONSENT_WITHDRAWN,
            purpose=None,
            occurred_at=datetime.fromisoformat(record["at"]),
            actor=Actor.DATA_SUBJECT,
            method=Method(record["method"]),
            evidence={"kept": True},
            suspect_automation=bool(record["suspect"]),
        )
        withdraw(UUID(record["subscription"]), goodbye, waited=True)
    except (KeyError, ValueError, TypeError, AttributeError, NotFound):
        return False
    return True


def _tell(name: str, lines: int, now: datetime) -> None:
    sentence = (
        f"{lines} goodbyes that were kept while the database was away cannot be read or belong to another database."
        f" They are in spool/{name} of the data folder. Find out whose they are, and unsubscribe them by hand."
    )
    alerts.raised(ALERT, name, sentence, now)
    log.error("goodbyes.unreadable", lines=lines)
