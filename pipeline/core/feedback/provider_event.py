"""What a provider's webhook says, in our words. A provider's vocabulary is a table here, and its path into the payload.

The payload was proved to be the provider's before it came here, so that a uid in it may stand in the clear.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.delivery.bounce_class import BounceClass, bounce_class, find_codes
from pipeline.core.feedback.event import FeedbackEvent, Kind, without_addresses

B = BounceClass


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event in the normal form of django-anymail: `happened` and `because` are its EventType and RejectReason.

    `said` is what the recipient's host answered. `payload` is the whole event as the provider wrote it.
    """

    happened: str
    because: str
    event_id: str
    occurred_at: datetime | None
    said: str
    payload: object
    metadata: object = None  # what we had sent along


_HAPPENED: Mapping[str, Kind] = {
    "queued": Kind.RELAYED,
    "sent": Kind.RELAYED,
    "delivered": Kind.DELIVERED,
    "deferred": Kind.DELAYED,
    "complained": Kind.COMPLAINT,
    "unsubscribed": Kind.UNSUBSCRIBED,
    # That somebody opened it is nobody's business (C-30); that it arrived settles a doubt.
    "opened": Kind.DELIVERED,
    "clicked": Kind.DELIVERED,
}
# The provider did not even try. What it holds against the address came from mail of this account.
_REJECTED: Mapping[str, BounceClass] = {
    "invalid": B.HARD,
    "bounced": B.HARD,
    "timed_out": B.SOFT,
    "blocked": B.SENDER_FAULT,
}

_SES_WORDS: Mapping[str, BounceClass] = {
    "Permanent": B.HARD,
    "Transient": B.SOFT,
    "Undetermined": B.UNKNOWN,
    "MailboxFull": B.FULL,
    "MessageTooLarge": B.CONTENT,
    "ContentRejected": B.SENDER_FAULT,
    "AttachmentRejected": B.SENDER_FAULT,
}
# Provider: where its own words for a bounce stand in the payload (the last that is known counts), and what they mean.
_WORDS: Mapping[str, tuple[tuple[tuple[str, ...], ...], Mapping[str, BounceClass]]] = {
    "amazon_ses": ((("bounce", "bounceType"), ("bounce", "bounceSubType")), _SES_WORDS),
    "resend": ((("data", "bounce", "type"), ("data", "bounce", "subType")), _SES_WORDS),
    "brevo": (
        (("event",),),
        {"hard_bounce": B.HARD, "invalid_email": B.HARD, "soft_bounce": B.SOFT, "error": B.SENDER_FAULT},
    ),
    "mailersend": ((("type",),), {"activity.hard_bounced": B.HARD, "activity.soft_bounced": B.SOFT}),
    "mailgun": (
        (("event-data", "severity"), ("severity",), ("event-data", "reason"), ("reason",)),
        {"permanent": B.UNKNOWN, "temporary": B.SOFT, "suppress-bounce": B.HARD, "old": B.SOFT},
    ),
    "mailjet": (
        (("hard_bounce",), ("error",)),
        {
            "False": B.SOFT,
            "user unknown": B.HARD,
            "mailbox inactive": B.HARD,
            "quota exceeded": B.FULL,
            "sender blocked": B.SENDER_FAULT,
            "content blocked": B.SENDER_FAULT,
            "policy issue": B.SENDER_FAULT,
            "preblocked": B.SENDER_FAULT,
            "relay/access denied": B.SENDER_FAULT,
        },
    ),
    "mailtrap": ((("event",),), {"soft bounce": B.SOFT}),
    "postmark": (
        (("Type",),),
        {
            "HardBounce": B.HARD,
            "BadEmailAddress": B.HARD,
            "SoftBounce": B.SOFT,
            "Transient": B.SOFT,
            "DnsError": B.SOFT,
            "Blocked": B.SENDER_FAULT,
            "DMARCPolicy": B.SENDER_FAULT,
            "SpamNotification": B.SENDER_FAULT,
            "VirusNotification": B.CONTENT,
        },
    ),
    "sendgrid": ((("type",),), {"blocked": B.SENDER_FAULT}),
    "sparkpost": (
        (("msys", "message_event", "bounce_class"),),
        {
            **dict.fromkeys(("10", "30"), B.HARD),
            **dict.fromkeys(("20", "21", "24", "40", "70"), B.SOFT),
            "22": B.FULL,
            "23": B.CONTENT,
            **dict.fromkeys(("25", "50", "51", "52", "53", "54"), B.SENDER_FAULT),
        },
    ),
}
_UID = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})(?![0-9a-f])")


def read_provider_event(provider: str, event: ProviderEvent, domain: str) -> FeedbackEvent | None:
    """The event in our words. None for one that says nothing of a message of ours.

    `domain` is that of our Message-IDs. The address that the provider names is not looked at.
    """
    uid = _uid([event.payload, event.metadata], domain)
    kind = _kind(provider, event)
    if uid is None or kind is None:
        return None
    code, enhanced = find_codes(event.said)
    return FeedbackEvent(
        kind=kind,
        source=provider,
        external_id=_name(provider, event, uid),
        delivery_uid=uid,
        occurred_at=event.occurred_at if event.occurred_at and event.occurred_at.tzinfo else None,
        code=code,
        enhanced=enhanced,
        said=without_addresses(event.said) if kind.is_bounce else "",
    )


def _kind(provider: str, event: ProviderEvent) -> Kind | None:
    told = _told(provider, event.payload)
    if event.happened == "complained" and told is B.SENDER_FAULT:
        return (
            Kind.SENDER_FAULT
        )  # a filter's verdict that the provider files under complaints: no person pressed it
    if event.happened in _HAPPENED:
        return _HAPPENED[event.happened]
    if event.happened == "failed":
        return Kind.SENDER_FAULT
    if event.happened == "rejected":
        if event.because == "unsubscribed":
            return Kind.UNSUBSCRIBED
        return Kind.of_bounce(told or _REJECTED.get(event.because, B.UNKNOWN))
    if event.happened == "bounced":
        return Kind.of_bounce(_bounced(event, told))
    return None


def _bounced(event: ProviderEvent, told: BounceClass | None) -> BounceClass:
    """By the words of the host, where they hold a code; otherwise by the provider's. Where one says soft, it is."""
    code, enhanced = find_codes(event.said)
    if code is None and not enhanced:
        return told or (B.HARD if event.because == "invalid" else B.UNKNOWN)
    said = bounce_class(code, enhanced, event.said)
    return told if said is B.HARD and told in (B.SOFT, B.FULL) else said


def _told(provider: str, payload: object) -> BounceClass | None:
    paths, words = _WORDS.get(provider, ((), {}))
    told = [words[word] for path in paths if (word := _at(payload, path)) in words]
    return told[-1] if told else None


def _at(payload: object, path: tuple[str, ...]) -> str:
    for step in path:
        payload = payload.get(step) if isinstance(payload, Mapping) else None
    return "" if payload is None else str(payload)


def _uid(payload: object, domain: str) -> bytes | None:
    """The uid of our delivery: in the metadata that we sent along, or in our Message-ID. None where there are two."""
    text = _written(payload)
    ours = set(re.findall(rf"(?<![0-9a-f])([0-9a-f]{{32}})@{re.escape(domain.lower())}", text.lower()))
    found = ours or {uid for uid in _of_metadata(payload) if uid}
    return bytes.fromhex(next(iter(found))) if len(found) == 1 else None


def _of_metadata(payload: object, depth: int = 0) -> set[str]:
    """Every value of 32 hex digits under a key `delivery`, however deep a provider puts it."""
    if depth > 12:
        return set()
    if isinstance(payload, Mapping):
        found = {
            m[1]
            for key, v in payload.items()
            if str(key).lower() == "delivery"
            for m in _UID.finditer(str(v))
        }
        return found.union(*(_of_metadata(value, depth + 1) for value in payload.values()))
    if isinstance(payload, list | tuple):
        return set().union(*(_of_metadata(value, depth + 1) for value in payload))
    return set()


def _name(provider: str, event: ProviderEvent, uid: bytes) -> str:
    """What the event is known by. Mailgun signs a token and not the payload: the token is good for one event."""
    if provider == "mailgun" and (token := _at(event.payload, ("signature", "token"))):
        return f"token:{token}"[:200]
    if event.event_id:
        return f"{event.event_id}:{event.happened}"[:200]
    return f"{uid.hex()}:{hashlib.sha256(_written(event.payload).encode()).hexdigest()}"


def _written(payload: object) -> str:
    return json.dumps(payload, sort_keys=True, default=str, ensure_ascii=False)
