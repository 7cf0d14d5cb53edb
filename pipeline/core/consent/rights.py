"""What a person may ask of us, and by when it has to be answered: a clock for each kind, and the states of a request.

UK GDPR 12(3): one month from receipt; two further months where the request is complex, if the person is told why within
the first. DPA 2018 s.164A (in force since 19 June 2026): a complaint is acknowledged within 30 days, and answered
without undue delay. UK GDPR 21(3), 7(3): an objection to direct marketing and a withdrawal hold at once; they are due
when they arrive, so that we are late by the laws of no other place either (48 hours, two days, ten working days: U-16).
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from types import MappingProxyType

from pipeline.core.consent.entry import EventKind
from pipeline.core.errors import BadInput, Refused

WARN_BEFORE = timedelta(days=7)
ACKNOWLEDGE_WITHIN = timedelta(days=30)  # s.164A(3)(a): days, and not a month
FURTHER_MONTHS = 2  # Art 12(3)
LONGEST_WORDS = 4000  # characters that a request keeps of what was said


class RequestKind(StrEnum):
    """What is asked for."""

    ACCESS = "access"  # Art 15
    PORTABILITY = "portability"  # Art 20
    RECTIFICATION = "rectification"  # Art 16
    ERASURE = "erasure"  # Art 17
    OBJECTION = "objection"  # Art 21(2)
    COMPLAINT = "complaint"  # s.164A
    WITHDRAWAL = "withdrawal_by_other_means"  # Art 7(3), by letter, telephone or word of mouth


class Channel(StrEnum):
    """How it reached us."""

    SELF_SERVICE = "self_service"
    DESK = "desk"  # in person, or found by a member
    MAIL = "mail"  # an email that no machine reads
    POST = "post"
    PHONE = "phone"


class RequestState(StrEnum):
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    EXTENDED = "extended"
    CLOSED = "closed"


class Lost(Enum):
    """Why what was written in a request, under seal, cannot be read any more. The value is the sentence of it."""

    ERASED = "It is no longer kept: the person was forgotten."
    UNREADABLE = "It cannot be read: it was changed since, or sealed under another ROUNDS_SECRET_KEY."


Words = str | Lost  # empty where nothing was written


def readable(words: Words) -> str:
    """For a program: what can be read of it, empty where nothing can."""
    return "" if isinstance(words, Lost) else words


def in_words(words: Words) -> str:
    """For a person: what can be read of it, or the sentence that says why nothing can."""
    return words.value if isinstance(words, Lost) else words


def lost(words: Words, answer: Words) -> list[str]:
    """Which of the two, by its name, was written and cannot be read any more."""
    both = {"words": words, "answer": answer}
    return [name for name, said in both.items() if isinstance(said, Lost)]


class Step(StrEnum):
    """What is done to a request."""

    ACKNOWLEDGE = "acknowledge"
    EXTEND = "extend"
    CLOSE = "close"


class Outcome(StrEnum):
    """How a request ended."""

    FULFILLED = "fulfilled"
    PARTLY = "partly"
    REFUSED = "refused"
    NOTHING_HELD = "nothing_held"  # we know nothing of this person
    TAKEN_BACK = "taken_back"  # by the person


# Art 12(4): whoever is refused, in whole or in part, is told why.
NEEDS_WORDS = frozenset({Outcome.PARTLY, Outcome.REFUSED})

_S = RequestState
# Total: every pair has its line. None is a refusal; the same state again is something said twice.
MOVES: Mapping[tuple[RequestState, Step], RequestState | None] = MappingProxyType(
    {
        (_S.RECEIVED, Step.ACKNOWLEDGE): _S.ACKNOWLEDGED,
        (_S.RECEIVED, Step.EXTEND): _S.EXTENDED,
        (_S.RECEIVED, Step.CLOSE): _S.CLOSED,
        (_S.ACKNOWLEDGED, Step.ACKNOWLEDGE): _S.ACKNOWLEDGED,
        (_S.ACKNOWLEDGED, Step.EXTEND): _S.EXTENDED,
        (_S.ACKNOWLEDGED, Step.CLOSE): _S.CLOSED,
        (_S.EXTENDED, Step.ACKNOWLEDGE): _S.EXTENDED,  # who was told why it takes longer was answered
        (_S.EXTENDED, Step.EXTEND): None,  # once only
        (_S.EXTENDED, Step.CLOSE): _S.CLOSED,
        (_S.CLOSED, Step.ACKNOWLEDGE): None,
        (_S.CLOSED, Step.EXTEND): None,
        (_S.CLOSED, Step.CLOSE): None,
    }
)

AT_ONCE = frozenset({RequestKind.OBJECTION, RequestKind.WITHDRAWAL})

# What the ledger says when a request arrives. A rectification changes no consent: its change of address has its entry.
RECEIVED_AS: Mapping[RequestKind, EventKind | None] = MappingProxyType(
    {
        RequestKind.ACCESS: EventKind.SAR_RECEIVED,
        RequestKind.PORTABILITY: EventKind.SAR_RECEIVED,
        RequestKind.RECTIFICATION: None,
        RequestKind.ERASURE: EventKind.ERASURE_RECEIVED,
        RequestKind.OBJECTION: EventKind.OBJECTION_RECORDED,
        RequestKind.COMPLAINT: EventKind.DP_COMPLAINT_RECEIVED,
        RequestKind.WITHDRAWAL: EventKind.CONSENT_WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Aware, in UTC. `acknowledge_by` is None where nothing but the answer is owed."""

    due_at: datetime
    acknowledge_by: datetime | None = None


def clocks(kind: RequestKind, received_at: datetime) -> Clocks:
    """By when a request has to be answered. Weekends and holidays lengthen nothing, although the ICO would let them."""
    if kind in AT_ONCE:
        return Clocks(received_at)
    month = add_months(received_at, 1)
    if kind is RequestKind.COMPLAINT:
        # "Without undue delay" has no number in the law: the month of the other rights is our own.
        return Clocks(month, received_at + ACKNOWLEDGE_WITHIN)
    return Clocks(month)


def add_months(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or its last where that month is shorter: 31 January, 28 February (ICO)."""
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def extended(
    kind: RequestKind, received_at: datetime, due_at: datetime, now: datetime, reason: str
) -> datetime:
    """The later day on which a request is due, counted from its receipt. Refused, BadInput."""
    if kind in AT_ONCE:
        raise Refused("An objection or a withdrawal holds at once. There is nothing to put off.")
    if now > due_at:
        raise Refused(
            "The first month is over: it could be lengthened within it only. Answer the request now."
        )
    if not reason.strip():
        raise BadInput("Say why it takes longer. The person has to be told.", field="reason")
    return add_months(received_at, 1 + FURTHER_MONTHS)


def after(state: RequestState, step: Step) -> RequestState:
    """The state after a step. Refused, with a sentence, where the step cannot be taken."""
    moved = MOVES[state, step]
    if moved is not None:
        return moved
    if state is RequestState.CLOSED:
        raise Refused("This request is closed. Record a new one if the person asks again.")
    raise Refused("This request was lengthened already, and that can be done once.")


def check_outcome(outcome: Outcome, words: str) -> None:
    """Raises BadInput where a refusal gives no reason."""
    if outcome in NEEDS_WORDS and not words.strip():
        raise BadInput(
            "Say what the person was told: a refusal needs its reason, and names the ICO (Art 12(4)).",
            field="words",
        )


def closed_as(kind: RequestKind, outcome: Outcome) -> EventKind | None:
    """What the ledger says when a request is closed. An erasure is said to be complete by the erasure itself."""
    if kind is RequestKind.COMPLAINT:
        return EventKind.DP_COMPLAINT_CLOSED
    answered = outcome in (Outcome.FULFILLED, Outcome.PARTLY, Outcome.NOTHING_HELD)
    if kind in (RequestKind.ACCESS, RequestKind.PORTABILITY) and answered:
        return EventKind.SAR_FULFILLED
    return None


class Urgency(StrEnum):
    """How pressing an open request is."""

    CALM = "calm"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Pressing:
    """`by` is the nearest moment that is owed, and `owed` what is owed by then."""

    urgency: Urgency
    by: datetime
    owed: Step


def pressing(clock: Clocks, acknowledged_at: datetime | None, now: datetime) -> Pressing:
    """What an open request asks for next."""
    by, owed = clock.due_at, Step.CLOSE
    if clock.acknowledge_by is not None and acknowledged_at is None and clock.acknowledge_by <= by:
        by, owed = clock.acknowledge_by, Step.ACKNOWLEDGE
    if now >= by:
        return Pressing(Urgency.OVERDUE, by, owed)
    return Pressing(Urgency.SOON if now >= by - WARN_BEFORE else Urgency.CALM, by, owed)


NAMES: Mapping[RequestKind, str] = MappingProxyType(
    {
        RequestKind.ACCESS: "A request to see everything",
        RequestKind.PORTABILITY: "A request to take the data along",
        RequestKind.RECTIFICATION: "A request to correct something",
        RequestKind.ERASURE: "A request to be forgotten",
        RequestKind.OBJECTION: "An objection",
        RequestKind.COMPLAINT: "A complaint",
        RequestKind.WITHDRAWAL: "A withdrawal",
    }
)


def sentence(kind: RequestKind, received_at: datetime, found: Pressing, now: datetime) -> str:
    """What a request waits for, for people: `A complaint of 3 November 2026 is overdue: it had to be ...`."""
    what = "acknowledged" if found.owed is Step.ACKNOWLEDGE else "answered"
    head = f"{NAMES[kind]} of {_day(received_at)}"
    if kind in AT_ONCE:
        return f"{head} has not taken effect yet: it holds at once. Find the person and record it today."
    if found.urgency is Urgency.OVERDUE:
        late = (now - found.by).days
        by = f"{late} day{'s' * (late != 1)} ago" if late else "today"
        return f"{head} is overdue: it had to be {what} by {_day(found.by)}, {by}."
    left = (found.by - now).days
    return f"{head} has to be {what} by {_day(found.by)}, in {left} day{'s' * (left != 1)}."


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def kept_words(text: str) -> str:
    """What a request keeps of what was said: no control characters but line breaks, and no more than a page or two."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    clean = "\n".join("".join(c for c in line if c.isprintable()) for line in lines).strip()
    return clean[:LONGEST_WORDS].rstrip()
