"""How long a member's session lives, and what is shown of it (S-13; ASVS 7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WHOLE = timedelta(hours=8)  # a working day, however busy
BETWEEN_STEPS = timedelta(minutes=10)  # from the password to the second factor
FRESH = timedelta(minutes=10)  # a member who proved who they are so long ago may change the account


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a member. `id` names it and opens nothing; `network` is a /24 or a /56, as text."""

    id: str
    started_at: datetime
    seen_at: datetime
    network: str
    browser: str


def is_fresh(proved_at: float, now: datetime) -> bool:
    """Whether a proof of who they are, at `proved_at` (seconds since 1970), still counts for changes to the account."""
    return 0 <= now.timestamp() - proved_at <= FRESH.total_seconds()
