"""What became of a delivery whose sender died, or whose database was put back: the tables of delivery.md B4 and B8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.replies import Outcome, Verdict

MOST_CRASHES = 3  # senders that a message may kill before it is set aside (B4)

# What a journal notes of a dot, where that is not the code of the reply.
NO_REPLY = 0  # the dot was handed over, and its sender saw that no whole reply came
NO_DOT_LEFT = 450  # as good as a refusal for the moment


def code_noted(outcome: Outcome) -> int:
    """What a journal notes when a dot has ended: a code that means what the sender took the outcome for.

    A refusal that is not the recipient's, such as that of our key by a provider, or of a mailbox that is full for now,
    has a code of 5yz and is no end of the delivery.
    """
    if outcome.verdict is Verdict.UNKNOWN:
        return NO_REPLY
    if outcome.reply is None or (outcome.reply.permanent and outcome.verdict is not Verdict.REFUSED):
        return NO_DOT_LEFT
    return outcome.reply.code


class Recovered(StrEnum):
    """What the evidence says."""

    NOT_SENT = "not_sent"  # provably before the dot: back to the queue
    ANSWERED = "answered"  # the journal holds the reply: settle by its code
    CRASH_AFTER_DOT = "crash_after_dot"  # the dot was sent, the reply is not known
    REPLY_LOST = "reply_lost"  # the dot was sent, and no whole reply came
    OWNER_LOST = "owner_lost"  # nothing is known


def recovered(*, sending: bool, trusted: bool, dot: bool, reply_code: int | None) -> Recovered:
    """Judge one delivery by its state and by the journal of its lease.

    A reply that stands in the journal is true, whatever else of the journal was lost; that something does not stand
    there proves something only where the journal is trusted.
    """
    if not sending:
        return Recovered.NOT_SENT
    if reply_code is not None:
        return Recovered.REPLY_LOST if reply_code == NO_REPLY else Recovered.ANSWERED
    if not trusted:
        return Recovered.OWNER_LOST
    return Recovered.CRASH_AFTER_DOT if dot else Recovered.NOT_SENT


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a journal adds to what a database knows: where the delivery belongs, after which attempt.

    `ambiguous` counts the attempts that the database had not heard of and whose outcome nobody knows.
    """

    state: DeliveryState
    attempt_no: int
    code: int | None = None
    ambiguous: int = 0


def replayed(state: DeliveryState, attempt_no: int, attempts: Mapping[int, int | None]) -> Replayed | None:
    """`attempts` of one delivery as one journal tells them: number to the code noted, None where only the dot stands.

    None when the database knows it all, or must not be told: what was settled stays as it is.
    """
    attempts = {no: None if code == NO_REPLY else code for no, code in attempts.items()}
    accepted = next((no for no, code in attempts.items() if code is not None and 200 <= code < 300), None)
    if accepted is not None:
        open_or_doubtful = state < 10 or state in (
            DeliveryState.PRESUMED_ACCEPTED,
            DeliveryState.HELD_UNKNOWN,
        )
        if not open_or_doubtful:
            return None
        return Replayed(DeliveryState.ACCEPTED, max(attempt_no, accepted), attempts[accepted])
    if state >= 10:
        return None
    known = attempt_no - 1 if state is DeliveryState.SENDING else attempt_no
    news = {no: code for no, code in attempts.items() if no > known}
    if not news:
        return None
    last = max(news)
    code, doubts = news[last], sum(code is None for code in news.values())
    if code is None or state is DeliveryState.UNKNOWN:
        return Replayed(DeliveryState.UNKNOWN, last, None, doubts)
    if code >= 500:
        return Replayed(DeliveryState.FAILED, last, code, doubts)
    return Replayed(DeliveryState.QUEUED, last, code, doubts)
