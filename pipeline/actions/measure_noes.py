"""How soon noes take effect, and what waits (U-16): measured, and told to a person where it takes too long."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.actions.unsubscribe import spool_folder
from pipeline.core.consent.heeding import WINDOW, Delays, Door, Place, Unheeded, too_long, too_slow
from pipeline.core.consent.rights import AT_ONCE
from pipeline.gateways import spool
from pipeline.store import alerts, heeding, rights

SLOW, UNHEEDED = "noes_slow", "noes_unheeded"
SUBJECT = "goodbyes"
A_LITTLE_AHEAD = timedelta(minutes=10)  # the database's clock may be, and stamps what it records


@dataclass(frozen=True, slots=True)
class Heeded:
    """`delays` by door, of all doors under None; `waiting` is what has not taken effect on this host."""

    since: datetime
    delays: Mapping[Door | None, Delays]
    waiting: tuple[Unheeded, ...]


def measure_noes(now: datetime, window: timedelta = WINDOW) -> Heeded:
    """The figures of the noes that took effect in the last `window`, and since when others wait."""
    return Heeded(now - window, heeding.delays(now - window, now + A_LITTLE_AHEAD), tuple(_waiting()))


def watch_noes(now: datetime) -> None:
    """Raise, word anew and clear what is to be said of noes that took too long, or wait too long."""
    found = measure_noes(now)
    _tell(SLOW, SUBJECT, too_slow(found.delays[None]), now)
    late = too_long(found.waiting, now)
    for place in Place:
        _tell(UNHEEDED, _subject(place), late.get(place), now)


def _subject(place: Place) -> str:
    """What lies on a disk is known to its own host alone, and no other clears what that one tells."""
    own = place in (Place.DISK, Place.LAID_ASIDE)
    return f"{place} {socket.gethostname()}" if own else place.value


def _tell(kind: str, subject: str, sentence: str | None, now: datetime) -> None:
    if sentence is None:
        alerts.cleared([kind], subject, now)
    else:
        alerts.raised(kind, subject, sentence, now)


def _waiting() -> list[Unheeded]:
    waits, aside = spool.since(spool_folder())
    found = [Unheeded(Place.DISK, waits)] if waits else []
    found += [Unheeded(Place.LAID_ASIDE, aside)] if aside else []
    found += [Unheeded(Place.MAILBOX, alert.at) for alert in alerts.open_now(["reports"])]
    found += [
        Unheeded(Place.DESK, request.received_at) for request in rights.open_now() if request.kind in AT_ONCE
    ]
    return found
