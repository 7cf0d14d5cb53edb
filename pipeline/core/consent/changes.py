"""How often a person may change their mind in a day. What they say is kept for good, so that a link in a letter, in
whose hands it may be, could else write without an end, and every later step reads all of it. To stop is never limited:
a no is written down once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pipeline.core.consent.entry import Entry, EventKind, Method
from pipeline.core.errors import Refused

MOST_A_DAY = 40
_DAY = timedelta(days=1)
_CHANGES = (EventKind.PAUSED, EventKind.RESUMED, EventKind.TRACKING_CONSENT_GIVEN)


def check_changes(entries: Iterable[Entry], now: datetime) -> None:
    """Before a pause, its end, a goodbye taken back, or a yes to measuring. Refused after too many in 24 hours."""
    changed = sum(_is_change(entry) and entry.occurred_at > now - _DAY for entry in entries)
    if changed >= MOST_A_DAY:
        raise Refused(
            "This was changed very often today. Try again tomorrow. To stop the emails works at any time."
        )


def _is_change(entry: Entry) -> bool:
    return entry.kind in _CHANGES or entry.method is Method.UNDO
