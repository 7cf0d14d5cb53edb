"""Ask whether this machine's clock can be believed: it decides what is due, and what has waited too long (C5, row 53).

A clock that is hours ahead would open issues before their time; one that is years ahead would let every letter expire
and put whole months away. So whoever disagrees with the database's clock does nothing, and the others go on.
"""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

from pipeline.gateways import clock
from pipeline.store import alerts, instance

ALERT = "clock"
TOLERANCE = timedelta(minutes=10)  # far more than any two clocks that are set by NTP


def clock_refusal() -> str | None:
    """Why nothing may be done by this machine's clock, as a sentence; None when all is well. People are told."""
    here, there = clock.machine(), instance.clock()
    host = socket.gethostname()
    if abs(here - there) <= TOLERANCE:
        alerts.cleared([ALERT], host, there)
        return None
    reason = (
        f"The clock of {host} says {_words(here)}, and that of the database {_words(there)}. Nothing is sent or"
        " scheduled from there until they agree. Set them by NTP."
    )
    alerts.raised(ALERT, host, reason, there)
    return reason


def _words(moment: datetime) -> str:
    return f"{moment:%d %B %Y %H:%M} UTC"
