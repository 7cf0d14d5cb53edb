"""The states of a delivery, a mailing and a campaign, and every move between them, said once.

The states are those of the delivery design, B1. Each table below is a square: a row for the state left, a
column for the state entered, in the order of the enum. `y` is a move, `.` is refused, `=` is where a state
meets itself, which is no move. A square has no forgotten pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum, StrEnum
from types import MappingProxyType
from typing import TypeVar


class DeliveryState(IntEnum):
    """One (issue, mailbox). Stored as a smallint: below 10 it is still open, from 10 on it is settled."""

    QUEUED = 0
    LEASED = 1  # a sender holds it; nothing of it has reached the final dot
    SENDING = 2  # the intent to send the dot is committed
    UNKNOWN = 3  # the dot was handed over and no complete reply is on record
    ACCEPTED = 10
    PRESUMED_ACCEPTED = 11
    FAILED = 12
    SUPPRESSED = 13
    EXPIRED = 14
    CANCELLED = 15
    HELD_UNKNOWN = 16  # an operator looks at it

    @property
    def word(self) -> str:
        """The name in JSON and in the database's reports, such as `presumed_accepted`."""
        return self.name.lower()

    @property
    def words(self) -> str:
        """The name as a person reads it, such as `presumed accepted`."""
        return self.word.replace("_", " ")


class MailingState(StrEnum):
    """One issue of a campaign going out."""

    SCHEDULED = "scheduled"
    MATERIALISING = "materialising"  # the audience is being written down; nothing is sent yet
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    HELD_LATE = "held_late"  # found due after its grace; a person decides
    CANCELLED = "cancelled"


class CampaignState(StrEnum):
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Cause(StrEnum):
    """Why an outcome is unknown (delivery.md, A)."""

    CRASH_AFTER_DOT = "crash_after_dot"  # our process died; the journal has the dot and no reply
    REPLY_LOST = "reply_lost"
    REPLY_TIMEOUT = "reply_timeout"
    REPLY_GARBLED = "reply_garbled"
    OWNER_LOST = "owner_lost"  # the host or its journal is gone


class Reason(StrEnum):
    """Why a member of the audience gets no copy."""

    WITHDRAWN = "withdrawn"
    SUPPRESSED = "suppressed"
    OBJECTION = "objection"
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"
    NOT_ME = "not_me"
    ERASED = "erased"
    NEVER_CONFIRMED = "never_confirmed"
    NO_CONSENT = "no_consent"
    PAUSED = "paused"
    CONSENT_EXPIRED = "consent_expired"  # the yes grew too old (C-09)
    NOTICE_OUTDATED = "notice_outdated"  # it was a yes to something else (C-10)


class Policy(StrEnum):
    """What to do about an unknown outcome once no evidence came."""

    DEFAULT = "default"
    NEVER_RESEND = "never_resend"
    ALWAYS_RESEND = "always_resend"


class Stream(StrEnum):
    NEWSLETTER = "newsletter"
    CONFIRMATION = "confirmation"
    NOTE = "note"
    TEST = "test"


_State = TypeVar("_State", bound=Enum)


def _square(states: type[_State], text: str) -> Mapping[tuple[_State, _State], bool]:
    """Read a square of marks. A row too short, a stray name or a misplaced `=` stops the import."""
    order = list(states)
    rows = [line.split() for line in text.strip().splitlines()]
    if [row[0] for row in rows] != [state.name.lower() for state in order]:
        raise ValueError(f"the rows of {states.__name__} are not its states in order")
    table: dict[tuple[_State, _State], bool] = {}
    for frm, row in zip(order, rows, strict=True):
        for to, mark in zip(order, row[1:], strict=True):
            if (mark == "=") != (frm is to) or mark not in ("y", ".", "="):
                raise ValueError(f"{states.__name__}: {frm.name} to {to.name} is marked {mark!r}")
            table[frm, to] = mark == "y"
    return MappingProxyType(table)


# `leased` may fail or go back to the queue: the server can refuse at RCPT, before any dot (B5).
# `leased` to `held_unknown` is the poison guard (B4). `sending` is never suppressed: it may be out.
# A late proof turns `presumed_accepted` and `held_unknown` into `accepted`; nothing leaves `accepted`.
DELIVERY_MOVES = _square(
    DeliveryState,
    # queued leased sending unknown accepted presumed failed suppressed expired cancelled held
    """
    queued             =  y  .  .    .  .  .  y  y  y  .
    leased             y  =  y  .    .  .  y  y  y  y  y
    sending            y  .  =  y    y  .  y  .  .  .  .
    unknown            y  .  .  =    y  y  .  .  .  .  y
    accepted           .  .  .  .    =  .  .  .  .  .  .
    presumed_accepted  .  .  .  .    y  =  .  .  .  .  .
    failed             .  .  .  .    .  .  =  .  .  .  .
    suppressed         .  .  .  .    .  .  .  =  .  .  .
    expired            .  .  .  .    .  .  .  .  =  .  .
    cancelled          .  .  .  .    .  .  .  .  .  =  .
    held_unknown       .  .  .  .    y  .  .  .  .  .  =
    """,
)

# A scheduled mailing is not paused itself: its campaign is. A campaign paused while the audience is being
# written down lets that finish, and the mailing then enters `paused` and not `sending`.
MAILING_MOVES = _square(
    MailingState,
    # scheduled materialising sending paused finished held_late cancelled
    """
    scheduled      =  y  .  .  .  y  y
    materialising  .  =  y  y  .  .  y
    sending        .  .  =  y  y  .  y
    paused         .  .  y  =  .  .  y
    finished       .  .  .  .  =  .  .
    held_late      y  y  .  .  .  =  y
    cancelled      .  .  .  .  .  .  =
    """,
)

# `paused` to `scheduled`: it was paused before its first issue.
CAMPAIGN_MOVES = _square(
    CampaignState,
    # scheduled running paused finished cancelled
    """
    scheduled  =  y  y  .  y
    running    .  =  y  y  y
    paused     y  y  =  .  y
    finished   .  .  .  =  .
    cancelled  .  .  .  .  =
    """,
)

TERMINAL = frozenset(state for state in DeliveryState if state >= 10)
OPEN = frozenset(DeliveryState) - TERMINAL
MAILING_TERMINAL = frozenset({MailingState.FINISHED, MailingState.CANCELLED})
CAMPAIGN_TERMINAL = frozenset({CampaignState.FINISHED, CampaignState.CANCELLED})

MAX_COPIES = 2


def allowed(
    frm: DeliveryState | MailingState | CampaignState, to: DeliveryState | MailingState | CampaignState
) -> bool:
    """Whether `frm` may become `to`. Both are states of the same thing; staying put is not a move.

    Raises TypeError for states of two different things.
    """
    if isinstance(frm, DeliveryState) and isinstance(to, DeliveryState):
        return DELIVERY_MOVES[frm, to]
    if isinstance(frm, MailingState) and isinstance(to, MailingState):
        return MAILING_MOVES[frm, to]
    if isinstance(frm, CampaignState) and isinstance(to, CampaignState):
        return CAMPAIGN_MOVES[frm, to]
    raise TypeError(f"no move leads from a {type(frm).__name__} to a {type(to).__name__}")


def sources(to: DeliveryState) -> tuple[DeliveryState, ...]:
    """The states that may become `to`: the WHERE of a conditional update."""
    return tuple(frm for frm in DeliveryState if DELIVERY_MOVES[frm, to])


def after_ambiguity(
    cause: Cause | str,
    policy: Policy | str,
    ambiguous_attempts: int,
    stream: Stream | str,
    *,
    route_proven: bool = True,
) -> DeliveryState:
    """Where an unknown delivery goes once its window for evidence is over (delivery.md, table of section A).

    `ambiguous_attempts` counts this one, so it is 1 or more. `QUEUED` means: send the same bytes with the
    same Message-ID once more. At most two copies ever leave, whatever the policy. `route_proven` says that
    the route accepted 99.9 % of its last 1,000 dots or more; a crash on another counts as a lost reply.
    """
    cause, policy, stream = Cause(cause), Policy(policy), Stream(stream)
    if ambiguous_attempts < 1:
        raise ValueError("an unknown delivery has at least one ambiguous attempt")
    likely_delivered = cause is Cause.CRASH_AFTER_DOT and route_proven
    if likely_delivered and stream is Stream.NEWSLETTER and policy is not Policy.ALWAYS_RESEND:
        return DeliveryState.PRESUMED_ACCEPTED
    if policy is Policy.NEVER_RESEND or ambiguous_attempts >= MAX_COPIES:
        return DeliveryState.HELD_UNKNOWN
    return DeliveryState.QUEUED
