"""What follows from what was heard (B-10 to B-12). Pure: the history comes in, and a conclusion goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.core.consent.suppression import ALL, CONFIRMATION, MARKETING, Reason, Suppression
from pipeline.core.feedback.event import Kind

SOFT_ISSUES = 7  # in a row, without one that arrived
SOFT_ISSUES_RENEWED = 15  # for somebody who confirmed again later, and so is known to read (B-11)
SOFT_TIME = timedelta(days=30)  # from the first to the last of a row, however few they are
CONTENT_LEAST = 3  # refusals of an issue for its form before it is stopped: one odd filter stops nothing
CONTENT_SHARE = 0.01  # of its audience


class Act(StrEnum):
    NOTHING = "nothing"
    SUPPRESS = "suppress"
    WITHDRAW_ALL = "withdraw_all"  # of every list, through the ledger, and nothing is written back (B-12)
    WITHDRAW_LIST = "withdraw_list"  # of the list that the message was sent for (B-32)
    COUNT_SOFT = "count_soft"
    WEIGH_CONTENT = "weigh_content"
    TELL = "tell"  # a person; the recipient has done nothing


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`suppressions` are to be added. `alarm`: a person should also look."""

    act: Act
    suppressions: tuple[Suppression, ...] = ()
    alarm: bool = False


_NOTHING = Conclusion(Act.NOTHING)
# No list, and no letter that asks to confirm one: whoever complained hears nothing more, also when a stranger types
# their address into the form (B-12).
_COMPLAINED = (Suppression(MARKETING, Reason.COMPLAINT), Suppression(CONFIRMATION, Reason.COMPLAINT))
_CONCLUSIONS = {
    Kind.HARD: Conclusion(Act.SUPPRESS, (Suppression(ALL, Reason.HARD_BOUNCE),)),
    Kind.FULL: Conclusion(Act.COUNT_SOFT),
    Kind.SOFT: Conclusion(Act.COUNT_SOFT),
    Kind.UNKNOWN: Conclusion(Act.COUNT_SOFT),
    Kind.CONTENT: Conclusion(Act.WEIGH_CONTENT),
    Kind.SENDER_FAULT: Conclusion(Act.TELL),
    Kind.COMPLAINT: Conclusion(Act.WITHDRAW_ALL, _COMPLAINED),
    Kind.FRAUD: Conclusion(Act.WITHDRAW_ALL, _COMPLAINED, alarm=True),
    Kind.VIRUS: Conclusion(Act.WITHDRAW_ALL, _COMPLAINED, alarm=True),
    Kind.DELAYED: _NOTHING,
    Kind.RELAYED: _NOTHING,
    Kind.EXPANDED: _NOTHING,
    Kind.DELIVERED: _NOTHING,
    Kind.NOT_SPAM: _NOTHING,
    Kind.UNSUBSCRIBED: Conclusion(Act.WITHDRAW_LIST),
}


def conclude(kind: Kind) -> Conclusion:
    """What one event asks for by itself. Total: a kind without a line stops the import of the tests."""
    return _CONCLUSIONS[kind]


@dataclass(frozen=True, slots=True)
class IssueOutcome:
    """How one issue fared at one mailbox. `soft`: it failed for a reason that may pass.

    `arrived`: it was handed over, and no failure is known.
    """

    delivery_id: int
    at: datetime
    soft: bool
    arrived: bool


def soft_limit(history: Sequence[IssueOutcome], delivery_id: int, *, renewed: bool) -> Suppression | None:
    """The suppression that a row of soft failures around one delivery asks for (B-11); None while it may go on.

    An issue that arrived ends a row. One that neither failed softly nor arrived, since it was held back or was our own
    fault, neither ends it nor lengthens it. Reports come late and in any order, so the row is looked for around the
    delivery, and not only before it.
    """
    row: list[IssueOutcome] = []
    for outcome in sorted(history, key=lambda o: (o.at, o.delivery_id)):
        if outcome.arrived:
            if any(o.delivery_id == delivery_id for o in row):
                break
            row = []
        elif outcome.soft:
            row.append(outcome)
    if not any(o.delivery_id == delivery_id for o in row):
        return None
    enough = SOFT_ISSUES_RENEWED if renewed else SOFT_ISSUES
    if len(row) >= enough or (len(row) > 1 and row[-1].at - row[0].at >= SOFT_TIME):
        return Suppression(MARKETING, Reason.SOFT_LIMIT)
    return None


def content_stops(refused: int, audience: int) -> bool:
    """Whether an issue that hosts refuse for its form or size is to be stopped (B-05)."""
    return refused >= CONTENT_LEAST and refused >= audience * CONTENT_SHARE
