"""What was heard about a message after it left, in our words whoever said it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.core.address import without_local_parts
from pipeline.core.delivery.bounce_class import BounceClass

LONGEST_SAID = 300  # characters kept of what a host said


class Kind(StrEnum):
    """The first six are those of `BounceClass`; only they say that a message did not arrive."""

    HARD = "hard"
    FULL = "full"
    SOFT = "soft"
    CONTENT = "content"
    SENDER_FAULT = "sender_fault"
    UNKNOWN = "unknown"
    DELAYED = "delayed"  # the next hop is still trying
    RELAYED = "relayed"  # handed to a host that sends no reports
    EXPANDED = "expanded"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    FRAUD = "fraud"  # a complaint that a person should see at once; so is `virus`
    VIRUS = "virus"
    NOT_SPAM = "not_spam"
    UNSUBSCRIBED = "unsubscribed"

    @classmethod
    def of_bounce(cls, bounce: BounceClass) -> Kind:
        return cls(bounce.value)

    @property
    def is_bounce(self) -> bool:
        return self in _BOUNCES

    @property
    def is_complaint(self) -> bool:
        return self in (Kind.COMPLAINT, Kind.FRAUD, Kind.VIRUS)

    @property
    def only_proves(self) -> bool:
        """Good news, which is kept only where it settles a doubt."""
        return self in _GOOD_NEWS

    @property
    def counts_as_soft(self) -> bool:
        return self.is_bounce and BounceClass(self.value).counts_as_soft


_GOOD_NEWS = frozenset({Kind.RELAYED, Kind.EXPANDED, Kind.DELIVERED})
_BOUNCES = frozenset(Kind(bounce.value) for bounce in BounceClass)


@dataclass(frozen=True, slots=True)
class FeedbackEvent:
    """One thing that happened to one message. `(source, external_id)` is its name: heard again, it is the same event.

    `delivery_uid` (16 bytes) comes from a token that we made, or from a provider that proved itself. `subscription_uid`
    comes from the unsubscribe link of a returned message. `claimed_uid` is a uid that stood in the clear, in a
    Message-ID, and counts only where the subscription's subscriber, or the `writer` of a reply, is the delivery's.
    `occurred_at` is what a stranger says, `received_at` when our side had the mail; None where it came by no mail.
    `said` holds no address; `writer` is one, and is not kept.
    """

    kind: Kind
    source: str
    external_id: str
    delivery_uid: bytes | None = None
    subscription_uid: bytes | None = None
    claimed_uid: bytes | None = None
    occurred_at: datetime | None = None
    received_at: datetime | None = None
    code: int | None = None
    enhanced: str = ""
    said: str = ""
    writer: str = ""


def without_addresses(text: str) -> str:
    """What a host said, cut short, in one line, with every local part gone: an event outlives an erasure."""
    text = text.encode("utf-8", "replace").decode()  # half a pair of surrogates is no text to PostgreSQL
    return without_local_parts(" ".join(text.replace("\0", " ").split()))[:LONGEST_SAID]
