"""How fast mail may leave: a token bucket for each route and each recipient domain, and what slows it down.

The bucket is that of the delivery design (B6): tokens = min(burst, tokens + max(0, elapsed) * rate * factor). The store
does the same sum in SQL, on PostgreSQL's clock; this is the sum in words, and the tests hold the two together.

A pace halves when a server asks for patience, and grows by 5 % with what it takes (B6, P-08). Gmail's 4.7.28 is
stronger: nothing for ten minutes, and then as much as one connection carries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.core.delivery.replies import Outcome, Reply, Stage, Verdict
from pipeline.core.errors import BadInput

BURST_SECONDS = 1.0  # a bucket holds what one second brings, and one message at least
SLOWER = 0.5
FASTER = 1.05
STEP_SECONDS = (
    10.0  # 5 % for each ten seconds of mail that was taken, and never more than 5 % for one message
)
LEAST_FACTOR = 1 / 1024
# A domain without a limit of its own that asks for patience is paced from here on: this halved, and so on.
FIRST_DOMAIN_RATE = 20.0  # messages a second
ONE_CONNECTION_RATE = 1.0  # messages a second: about what one connection carries to a busy server
STOP = timedelta(minutes=10)  # P-08: on 4.7.28 stop for ten minutes or more
STOP_CODES = frozenset({"4.7.28", "5.7.28"})


@dataclass(frozen=True, slots=True)
class Pace:
    """A bucket. `rate` is messages a second, None for no limit; `factor` is what slow-downs have left of it.

    Nothing is granted before `blocked_until`.
    """

    rate: float | None
    burst: float
    tokens: float
    refilled_at: datetime
    factor: float = 1.0
    blocked_until: datetime | None = None

    @property
    def speed(self) -> float | None:
        """Messages a second as things stand."""
        return None if self.rate is None else self.rate * self.factor

    def blocked(self, now: datetime) -> bool:
        return self.blocked_until is not None and self.blocked_until > now


def new_pace(rate: float | None, now: datetime) -> Pace:
    """A full bucket."""
    burst = burst_of(rate)
    return Pace(rate, burst, burst, now)


def burst_of(rate: float | None) -> float:
    return max(1.0, (rate or 0.0) * BURST_SECONDS)


def refilled(pace: Pace, now: datetime) -> Pace:
    """The bucket at `now`. A clock that went back brings nothing, and one that jumped ahead fills it once."""
    if pace.rate is None:
        return replace(pace, refilled_at=now)
    elapsed = max(0.0, (now - pace.refilled_at).total_seconds())
    tokens = min(pace.burst, pace.tokens + elapsed * pace.rate * pace.factor)
    return replace(pace, tokens=max(0.0, tokens), refilled_at=now)


def taken(pace: Pace, wanted: int, now: datetime) -> tuple[int, Pace]:
    """How many of `wanted` may go now, and the bucket after them."""
    if wanted < 0:
        raise ValueError("nobody can want fewer than no tokens")
    if pace.blocked(now):
        return 0, pace
    full = refilled(pace, now)
    if full.rate is None:
        return wanted, full
    granted = min(wanted, int(full.tokens))
    return granted, replace(full, tokens=full.tokens - granted)


def put_back(pace: Pace, tokens: int) -> Pace:
    """Return what was taken and not used."""
    return pace if pace.rate is None else replace(pace, tokens=min(pace.burst, pace.tokens + tokens))


def free_again(pace: Pace, place: int, now: datetime) -> datetime:
    """When the message at `place` (0 is the first that waits) may be tried: after the hold, one a token."""
    start = max(now, pace.blocked_until) if pace.blocked_until else now
    speed = pace.speed
    return start if not speed else start + timedelta(seconds=(place + 1) / speed)


class Signal(StrEnum):
    """What an outcome says about the pace."""

    NONE = ""
    SLOWER = "slower"
    STOP = "stop"


def signal_of(outcome: Outcome) -> Signal:
    """Patience is asked for by 421 about a recipient, by 4.7.x, and above all by 4.7.28.

    A 421 before there is a recipient is only the end of a connection, such as after its hundredth message (C4, row
    49): it says nothing about the pace unless its enhanced code does. Greylisting delays one sender and one
    recipient; it is waited out, and is no reason to slow down for others.
    """
    reply = outcome.reply
    if reply is None or outcome.verdict is Verdict.ACCEPTED:
        return Signal.NONE
    enhanced = reply.enhanced or ""
    if enhanced in STOP_CODES:
        return Signal.STOP
    if not reply.transient or _greylists(outcome.stage, reply):
        return Signal.NONE
    if enhanced.startswith("4.7.") or (reply.code == 421 and outcome.stage in _ABOUT_A_RECIPIENT):
        return Signal.SLOWER
    return Signal.NONE


_ABOUT_A_RECIPIENT = frozenset({Stage.RCPT, Stage.DATA, Stage.BODY, Stage.DOT})
_GREYLISTING = re.compile(r"gr[ae]y[- ]?list", re.IGNORECASE)


def _greylists(stage: Stage, reply: Reply) -> bool:
    """By name, or as it mostly speaks: 450 or 451 to RCPT, with 4.7.0, 4.7.1 or nothing of the kind."""
    if _GREYLISTING.search(reply.text):
        return True
    vague = (reply.enhanced or "") in {"4.7.0", "4.7.1"}
    return stage is Stage.RCPT and reply.code in {450, 451} and vague


def about_the_route(outcome: Outcome) -> bool:
    """Whether what was said is about the whole route: it was said before any recipient was named."""
    return outcome.stage not in _ABOUT_A_RECIPIENT


def slowed(pace: Pace, signal: Signal, now: datetime) -> Pace:
    """The pace after a server asked for patience. What was unlimited has a limit from then on."""
    if signal is Signal.NONE:
        return pace
    if pace.rate is None:
        first = replace(new_pace(FIRST_DOMAIN_RATE, now), tokens=0.0, blocked_until=pace.blocked_until)
        return slowed(first, signal, now)
    if signal is Signal.SLOWER:
        return replace(pace, factor=max(LEAST_FACTOR, pace.factor * SLOWER))
    factor = min(pace.factor, ONE_CONNECTION_RATE / pace.rate)
    until = max(now + STOP, pace.blocked_until or now)
    # A stop leaves nothing in the bucket, or its burst would leave the moment it ends.
    return replace(pace, factor=max(LEAST_FACTOR, factor), tokens=0.0, blocked_until=until, refilled_at=until)


def steps(accepted: int, speed: float) -> float:
    """How many times 5 % so many accepted messages are worth at `speed` messages a second."""
    return accepted / max(1.0, speed * STEP_SECONDS)


def quicker(pace: Pace, accepted: int) -> Pace:
    """The pace after so many were accepted: 5 % more for each step, up to the whole rate."""
    if pace.rate is None or pace.factor >= 1 or accepted <= 0:
        return pace
    grown = pace.factor * FASTER ** steps(accepted, pace.rate * pace.factor)
    return replace(pace, factor=min(1.0, grown))


_RATE = re.compile(r"(?P<count>[0-9]+(?:\.[0-9]+)?)(?:/(?P<unit>s|sec|second|min|minute|h|hour))?")
_SECONDS = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}


def parse_rate(text: str) -> float:
    """Messages a second from `20/s`, `600/min` or `1000/h`; a bare number is a second's. Raises BadInput."""
    found = _RATE.fullmatch(text.strip())
    rate = float(found["count"]) / _SECONDS[found["unit"] or "s"] if found else 0.0
    if rate <= 0:
        raise BadInput(f"{text!r} is not a rate. Write 20/s, 600/min or 1000/h.")
    return rate


def parse_rates(text: str) -> Mapping[str, float]:
    """`20/s`, or `relay1=20/s relay2=600/min`, or `gmail.com=20/s outlook.com=10/s`, as a name to messages a second.

    The name of a bare rate is empty: it is for all that are not named. Raises BadInput.
    """
    rates: dict[str, float] = {}
    for word in text.replace(",", " ").split():
        name, equals, rate = word.rpartition("=")
        name = name.strip().lower()
        if bool(equals) != bool(name) or name in rates:
            raise BadInput(f"{word!r} names nothing, or names it twice. Write name=20/s, each name once.")
        rates[name] = parse_rate(rate)
    return rates
