"""How often somebody may be wrong at the door (S-05, S-13; ASVS 6.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts in the time before."""

    most: int
    window: timedelta


SHORT = Limit(8, timedelta(minutes=5))
TOLD = Limit(1, SHORT.window)  # lines of the audit log for one client that goes on after too many
ASKED = Limit(
    1, timedelta(minutes=10)
)  # answers to one question of a passkey, for as long as it may be answered
# A code has six digits, of which three are good at any moment: 40 guesses a day find one in 23 years, on average.
# Only somebody who knows the password can use these up, so that nobody is locked out by a stranger.
CODES_A_DAY = Limit(40, timedelta(days=1))
LONGEST = CODES_A_DAY.window  # what is older need not be kept


def too_many(attempts: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> bool:
    """Whether the newest of `attempts`, which is counted too, is one more than any of `limits` allows."""
    return any(sum(at > now - limit.window for at in attempts) > limit.most for limit in limits)
