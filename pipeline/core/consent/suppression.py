"""A no that outlives everything else: scope, reason, and what can lift it (standards 4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ALL = "all"  # nothing may be sent, not even a confirmation
MARKETING = "marketing"  # no list
CONFIRMATION = "confirmation"  # no confirmation mail: the owner said "this was not me"


def list_scope(purpose: str) -> str:
    """The scope of one list, e.g. `list:weekly_health_email`."""
    return f"list:{purpose}"


class Reason(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    OBJECTION = "objection"
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"
    SOFT_LIMIT = "soft_limit"
    NOT_ME = "not_me"
    ERASED = "erased"
    MANUAL = "manual"
    IMPORTED = "imported"
    CHILD = "child"
    PAUSED = "paused"  # by the person, for one list, always with an end
    MOVED = "moved"  # the person of this mailbox has another one now


# A person who said no may say yes again by a fresh double opt-in, which also proves that a mailbox which
# bounced is back (B-10). An operator's decision and an import stand until two members of staff lift them.
LIFTED_BY_A_FRESH_YES = frozenset(
    {
        Reason.UNSUBSCRIBED,
        Reason.OBJECTION,
        Reason.HARD_BOUNCE,
        Reason.SOFT_LIMIT,
        Reason.PAUSED,
        Reason.MOVED,
    }
)

# What a member of staff may never lift, not even two of them: the person said no, and only the person says yes again.
THE_PERSONS_OWN = frozenset({Reason.UNSUBSCRIBED, Reason.OBJECTION, Reason.PAUSED})

# What nobody of staff ever lifts, not two of them either, nor an import, nor an interface. After these the address is
# sent nothing, not even a confirmation, so that the person could not say yes again: two members may open a door for
# that address, for a while, and only what the person confirms through it ends the no (C-07, C-08, C-18; decision 0026).
ONLY_BY_A_FRESH_ACT = frozenset({Reason.ERASED, Reason.CHILD, Reason.COMPLAINT, Reason.NOT_ME})

DOOR_STAYS_OPEN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Door:
    """From when until when a sign-up may be answered with a confirmation, although a no stands against it."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Suppression:
    """`until` None means for ever; otherwise it stops at that moment (aware, UTC). `door`: opened in it by staff."""

    scope: str
    reason: Reason
    until: datetime | None = None
    door: Door | None = None


def active(suppressions: Iterable[Suppression], now: datetime) -> tuple[Suppression, ...]:
    """Those in force at `now`."""
    return tuple(s for s in suppressions if s.until is None or now < s.until)


def lets_in(suppression: Suppression, asked_at: datetime) -> bool:
    """Whether its door stood open when somebody signed up, at `asked_at`."""
    door = suppression.door
    return (
        suppression.reason in ONLY_BY_A_FRESH_ACT and door is not None and door.since <= asked_at < door.until
    )


def against_sign_up(suppressions: Iterable[Suppression], asked_at: datetime) -> tuple[Suppression, ...]:
    """Those that stand against a confirmation of what was asked for at `asked_at`: all whose door was closed."""
    return tuple(s for s in suppressions if not lets_in(s, asked_at))


def lifted_by_fresh_opt_in(suppression: Suppression, purposes: Iterable[str], asked_at: datetime) -> bool:
    """Whether a confirmed sign-up for `purposes`, asked for at `asked_at`, ends it. Another list's stays (B-32)."""
    if lets_in(suppression, asked_at):
        return True  # of whatever scope: it is the person's own, and so is the yes
    if suppression.reason not in LIFTED_BY_A_FRESH_YES:
        return False
    if suppression.reason is Reason.HARD_BOUNCE:
        return True  # of whatever scope: the letter with the link arrived, so the mailbox is there (B-10)
    return suppression.scope in {MARKETING, *(list_scope(p) for p in purposes)}


# What is known of a mailbox, or of who typed it into a form, says nothing of another mailbox of the same person.
OF_THE_MAILBOX = frozenset({Reason.HARD_BOUNCE, Reason.SOFT_LIMIT, Reason.NOT_ME, Reason.MOVED})

# What a person leaves behind at their former mailbox. Their noes are known under the new one from then on, so that an
# old list which still names the former one would bring it in as a stranger's.
LEFT_BEHIND = Suppression(MARKETING, Reason.MOVED)


def goes_along(suppression: Suppression) -> bool:
    """Whether it follows its person to another address (C-20): a no is a person's, and a bounce is a mailbox's."""
    return suppression.reason not in OF_THE_MAILBOX
