"""A no that outlives everything else: scope, reason, and what can lift it (standards 4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
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
# bounced is back (B-10). A complaint, an operator's decision, an import and an erasure stand until somebody
# lifts them.
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


@dataclass(frozen=True, slots=True)
class Suppression:
    """`until` None means for ever; otherwise it stops at that moment (aware, UTC)."""

    scope: str
    reason: Reason
    until: datetime | None = None


def active(suppressions: Iterable[Suppression], now: datetime) -> tuple[Suppression, ...]:
    """Those in force at `now`."""
    return tuple(s for s in suppressions if s.until is None or now < s.until)


def lifted_by_fresh_opt_in(suppression: Suppression, purposes: Iterable[str]) -> bool:
    """Whether a confirmed sign-up for `purposes` ends it. Another list's suppression stays (B-32)."""
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
