"""Circuit breakers: a route that fails rests, and a mailing that does harm stops (delivery.md B5; B-20, P-03).

Each verdict carries the sentence that a person reads: what happened, with figures, and the next move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from pipeline.core.delivery.replies import Cause

# How long a route rests after so many failures in a row; the last stays. After a rest one message knocks, alone.
HOLDS = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 80, 160, 300))
# A login that is refused will be refused again, and a provider locks the account: three in a day, and no more.
LOGIN_HOLDS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=24))
PROBE = timedelta(seconds=15)  # how long the one message that knocks has to get through before another may
TELL_AFTER = 3  # failures in a row: a relay that blinks is nobody's business
TELL_AT_ONCE = frozenset({Cause.LOGIN, Cause.TLS, Cause.SENDER, Cause.CLOSING})
SENDER_STREAK = 5  # MAIL rejected in a row (B5)
CLOSING_STREAK = 10  # connections ended in a row, and three for each of ours, without a message taken between


def hold(cause: Cause, failures: int) -> timedelta:
    """How long to leave a route alone after its `failures`th failure in a row (from 1)."""
    holds = holds_of(cause)
    return holds[min(max(1, failures), len(holds)) - 1]


def holds_of(cause: Cause) -> Sequence[timedelta]:
    return LOGIN_HOLDS if cause is Cause.LOGIN else HOLDS


def streak_limit(cause: Cause, connections: int, *, failing: bool) -> int:
    """How many rejections in a row, not about a message, make a route rest. One, if it has just rested for them.

    Connections that began together reach a server's limit of messages together (C4, row 49), so that as many
    farewells as there are connections mean nothing yet.
    """
    if failing:
        return 1
    return SENDER_STREAK if cause is Cause.SENDER else max(CLOSING_STREAK, 3 * connections)


class Alarm(StrEnum):
    """The kinds of alert: one open at a time for each subject."""

    ROUTE = "route"  # a route rests
    LOGIN = "login"  # a relay refuses our login
    SLOWED = "slowed"  # a domain or a route asked us to stop for a while
    DOMAIN = "domain"  # a domain refuses too much of our mail
    BOUNCES = "bounces"
    COMPLAINTS = "complaints"
    UNWRITABLE = "unwritable"
    SENDER = "sender"  # the relay refuses us as the sender
    CLOSING = "closing"  # a relay ends every conversation before it takes a message
    STALLED = "stalled"
    UNKNOWN = "unknown"
    UNAPPROVED = "unapproved"  # an issue waits for a clinician
    REVIEW = "review"  # an article is due for review


def alarm_of(cause: Cause) -> Alarm:
    """The kind of alert for a route that failed like this."""
    return _ALARMS.get(cause, Alarm.ROUTE)


_ALARMS = {Cause.LOGIN: Alarm.LOGIN, Cause.SENDER: Alarm.SENDER, Cause.CLOSING: Alarm.CLOSING}
# A route rests for one of these. That a connection opens is no proof against the last two: a message has to pass.
ROUTE_ALARMS = (Alarm.ROUTE, Alarm.LOGIN, Alarm.SENDER, Alarm.CLOSING)
NOT_CURED_BY_CONNECTING = (Alarm.SENDER, Alarm.CLOSING)


class Level(StrEnum):
    CALM = "calm"
    WARN = "warn"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Finding:
    """A breaker's verdict. `sentence` is for a person, and empty when all is calm."""

    level: Level
    alarm: Alarm
    sentence: str = ""


MINIMUM_SAMPLE = 200  # B-20
BOUNCE_WARN, BOUNCE_PAUSE = 0.02, 0.05
COMPLAINT_WARN, COMPLAINT_PAUSE = 0.001, 0.003
UNWRITABLE_PAUSE = 0.01  # C7, row 73
DOMAIN_HOLD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of a mailing since it opened, or since a person let it go on.

    `settled` is how many have an outcome; `bounced`, `unwritable` and `complained` are among them, the first with
    those that bounced later. `senders_refused` is how many of the last attempts in a row failed at MAIL.
    """

    settled: int
    bounced: int = 0
    complained: int = 0
    unwritable: int = 0
    senders_refused: int = 0
    last_words: str = ""  # what a server said last, if it said something


def findings(name: str, number: int, figures: Figures) -> tuple[Finding, ...]:
    """What each breaker says of issue `number` of campaign `name`; one finding each, calm ones too."""
    what = f"issue {number} of {name}"
    return (
        _rate(
            Alarm.BOUNCES,
            what,
            figures,
            (figures.bounced, BOUNCE_WARN, BOUNCE_PAUSE),
            "came back as undeliverable",
            f"Check where these addresses came from, take out the dead ones, then run rounds campaign resume {name}.",
        ),
        _rate(
            Alarm.COMPLAINTS,
            what,
            figures,
            (figures.complained, COMPLAINT_WARN, COMPLAINT_PAUSE),
            "were reported as spam",
            "Mailbox providers turn away senders at 0.3 %. Find out which readers did not expect this letter before "
            f"you run rounds campaign resume {name}.",
        ),
        _unwritable(what, name, figures),
        _senders(what, name, figures),
    )


def _rate(
    alarm: Alarm, what: str, figures: Figures, rule: tuple[int, float, float], did: str, move: str
) -> Finding:
    count, warn, pause = rule
    if figures.settled < MINIMUM_SAMPLE or count < warn * figures.settled:
        return Finding(Level.CALM, alarm)
    told = f"{count} of {figures.settled} letters ({count / figures.settled:.1%}) of {what} {did}"
    if count >= pause * figures.settled:
        limit = f"the limit is {_percent(pause)}"
        return Finding(Level.PAUSE, alarm, f"Paused: {told}; {limit}.{_quoted(figures)} {move}")
    return Finding(Level.WARN, alarm, f"{told}. At {_percent(pause)} the campaign is paused.")


def _unwritable(what: str, name: str, figures: Figures) -> Finding:
    share = UNWRITABLE_PAUSE * figures.settled
    if figures.settled < MINIMUM_SAMPLE or figures.unwritable <= share:
        return Finding(Level.CALM, Alarm.UNWRITABLE)
    return Finding(
        Level.PAUSE,
        Alarm.UNWRITABLE,
        f"Paused: {figures.unwritable} of {figures.settled} letters of {what} could not be written; more than "
        f"{_percent(UNWRITABLE_PAUSE)} means that the issue itself is at fault. The log names the reason "
        f"(delivery.unwritable). Mend it, then run rounds campaign resume {name}.",
    )


def _senders(what: str, name: str, figures: Figures) -> Finding:
    if figures.senders_refused < SENDER_STREAK:
        return Finding(Level.CALM, Alarm.SENDER)
    return Finding(
        Level.PAUSE,
        Alarm.SENDER,
        f"Paused: the relay refused us as the sender {figures.senders_refused} times in a row at {what}."
        f"{_quoted(figures)} Check ROUNDS_SENDER_ADDRESS and ROUNDS_RETURN_PATH_DOMAIN with whoever runs the relay, "
        f"then run rounds campaign resume {name}. Nobody was blamed and nothing is lost.",
    )


def _quoted(figures: Figures) -> str:
    words = " ".join(figures.last_words.split())
    return f' It said last: "{words[:200]}".' if words else ""


def _percent(share: float) -> str:
    return f"{share * 100:g} %"


def domain_finding(domain: str, sample: int, refused: int) -> Finding:
    """Whether a recipient domain refuses so much that mail to it has to rest (B-20, for each domain)."""
    if sample < MINIMUM_SAMPLE or refused < BOUNCE_PAUSE * sample:
        return Finding(Level.CALM, Alarm.DOMAIN)
    return Finding(
        Level.PAUSE,
        Alarm.DOMAIN,
        f"{domain} refused {refused} of the last {sample} letters ({refused / sample:.1%}). Mail to it rests for an "
        f"hour; all other mail goes on. Look at what it says in rounds deliveries, and run rounds routes release "
        f"{domain} to go on sooner.",
    )


STALLED_AFTER = timedelta(minutes=10)
QUIET_AFTER = timedelta(minutes=2)  # nothing accepted for so long, while something is due: it stands still
SLOW_AFTER = timedelta(hours=1)


def stall(name: str, waited: timedelta, since_accepted: timedelta | None, waiting: int) -> Finding:
    """Whether the oldest due letter of a running campaign has waited too long.

    A large issue takes its time: while letters are accepted, an hour is allowed; when none is, ten minutes.
    `since_accepted` is None when nothing was accepted that is on record.
    """
    still = since_accepted is None or since_accepted > QUIET_AFTER
    minutes = int(waited.total_seconds() // 60)
    if still and waited > STALLED_AFTER:
        return Finding(
            Level.WARN,
            Alarm.STALLED,
            f"{waiting} letters of {name} are due and the oldest has waited {minutes} minutes, but nothing is being "
            "accepted. See that a worker or rounds pump runs, and what rounds routes list says of the relay.",
        )
    if waited > SLOW_AFTER:
        return Finding(
            Level.WARN,
            Alarm.STALLED,
            f"{name} goes out slowly: {waiting} letters are due and the oldest has waited {minutes} minutes. Start "
            "more workers, or raise ROUNDS_RATE if the relay allows it.",
        )
    return Finding(Level.CALM, Alarm.STALLED)


def held(name: str, number: int, count: int) -> Finding:
    """Letters whose outcome stayed unknown and that nothing more is done about."""
    if not count:
        return Finding(Level.CALM, Alarm.UNKNOWN)
    letters = "1 letter" if count == 1 else f"{count} letters"
    return Finding(
        Level.WARN,
        Alarm.UNKNOWN,
        f"{letters} of issue {number} of {name} may or may not have arrived, and will not be sent again by itself. "
        f"rounds unknown list --campaign {name} names them; look for their Message-IDs in the relay's log.",
    )


def route_sentence(route: str, cause: Cause, sentence: str, failures: int, rests: timedelta) -> str:
    """What an operator reads of a route that rests."""
    said = sentence.strip().rstrip(".")
    if cause is Cause.LOGIN:
        return (
            f"{route} refuses our login: {said}. It is left alone for {in_words(rests)}, so that the account is not "
            f"locked. Put user and secret right, start again, then run rounds routes release {route}."
        )
    times = "" if failures == 1 else f", {failures} times in a row"
    return f"{route} cannot be used{times}: {said}. The next try is in {in_words(rests)}; nothing is lost meanwhile."


def route_state(
    rate: float | None,
    factor: float,
    rests: timedelta | None,
    because: str,
    failures: int,
    cap: int | None = None,
    left: int | None = None,
) -> str:
    """How a route or a domain stands, in a sentence or two. `rests` is None unless nothing is sent there now."""
    said = (
        [f"Rests for {in_words(rests)} more: {because.rstrip('.') or 'one message tries whether it works'}."]
        if (rests is not None)
        else []
    )
    if rests is None and failures:
        said.append(f"Failed {failures} times in a row; the next message tries whether it works.")
    if rate is None:
        said.append("No limit.")
    elif factor < 1:
        said.append(f"Slowed to {per(rate * factor)} of {per(rate)}, and growing as mail is accepted.")
    else:
        said.append(f"Up to {per(rate)}.")
    if cap is not None:
        said.append(f"Warming up: {left if left is not None else cap} of {cap} are left for today.")
    return " ".join(said)


def per(rate: float) -> str:
    """`20 a second`, `30 a minute`, `12 an hour`: in the unit that gives a number from one upward."""
    for seconds, unit in ((1, "a second"), (60, "a minute"), (3600, "an hour")):
        if rate * seconds >= 1:
            return f"{rate * seconds:.3g} {unit}"
    return f"{rate * 86400:.3g} a day"


def in_words(span: timedelta) -> str:
    """`5 seconds`, `10 minutes`, `1 hour`: to the unit that fits."""
    seconds = int(span.total_seconds())
    for size, name in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size and (seconds % size == 0 or seconds >= 2 * size):
            count = seconds // size
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "a moment"
