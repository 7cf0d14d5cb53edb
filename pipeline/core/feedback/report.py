"""One message from the mailbox of reports, and what it says: the door of this package.

The order decides: mail to the address of a goodbye is one; a report in a format is what it says it is; an auto-reply is
nothing; a bounce in no format is read by its words; all else is for a person to look at. Without a token of ours it
changes nothing (B-02).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.consent.tokens import Keyring
from pipeline.core.feedback import plain_bounce
from pipeline.core.feedback.attribution import Attribution, attribute
from pipeline.core.feedback.auto_reply import is_auto_reply
from pipeline.core.feedback.bounce_report import (
    BounceReport,
    is_bounce_report,
    moment,
    read_bounce_report,
)
from pipeline.core.feedback.complaint_report import (
    ComplaintReport,
    MalformedError,
    is_complaint_report,
    read_complaint_report,
)
from pipeline.core.feedback.event import FeedbackEvent, Kind
from pipeline.core.feedback.leave_letter import read_leave_address, read_reply
from pipeline.core.feedback.mime import Taken, TooMuchError, returned_headers, take_apart
from pipeline.core.feedback.received import traced

# Where a mail system writes whom the report was sent to. `To` of a bounce is our return path itself.
_ENVELOPE = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-rcpt-to",
    "apparently-to",
    "to",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A report about a message of ours."""

    event: FeedbackEvent


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that matters: an auto-reply."""

    why: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Not ours, forged, broken, or written by a person: kept for somebody to look at, and acted upon by nothing."""

    why: str


Reading = Heard | Ignored | Quarantined


def read_report(raw: bytes, keys: Keyring, recipient: str = "", domain: str = "") -> Reading:
    """Read any octets at all, in bounded time. `recipient` is whom the mail system took it for, where it says so, and
    `domain` that of our Message-IDs.
    """
    try:
        taken = take_apart(raw)
    except TooMuchError as error:
        return Quarantined(str(error))
    leaving = read_leave_address(_envelope(taken, recipient), keys)
    if leaving is not None:
        return _goodbye(raw, taken, leaving)
    if is_complaint_report(taken):
        return _complaint(taken, keys, recipient)
    if is_bounce_report(taken):
        report = read_bounce_report(taken)
        return _bounce(report, taken, returned_headers(taken), keys, recipient)
    if is_auto_reply(taken):
        return Ignored("an auto-reply")
    report = plain_bounce.read_plain_bounce(raw, taken)
    if report is None:
        return _reply(raw, taken, domain)
    headers = returned_headers(taken) or plain_bounce.returned_headers(taken)
    return _bounce(report, taken, headers, keys, recipient)


def _goodbye(raw: bytes, taken: Taken, subscription: bytes) -> Reading:
    """Apple's mail says that it was sent automatically, and it is a person's goodbye all the same (U-19)."""
    if is_complaint_report(taken) or is_bounce_report(taken):
        return Ignored("a report to an address that only takes goodbyes")
    return Heard(
        FeedbackEvent(
            Kind.UNSUBSCRIBED,
            source="mailto",
            external_id=hashlib.sha256(
                raw
            ).hexdigest(),  # another goodbye, after another yes, is another event
            subscription_uid=subscription,
            occurred_at=_date_of(taken),
            received_at=traced(taken),
        )
    )


def _reply(raw: bytes, taken: Taken, domain: str) -> Reading:
    reply = read_reply(taken, domain) if domain else None
    if reply is None:
        return Quarantined("it is not a report that can be read: a person may have written it")
    uid, writer = reply
    return Heard(
        FeedbackEvent(
            Kind.UNSUBSCRIBED,
            source="reply",
            external_id=hashlib.sha256(raw).hexdigest(),
            claimed_uid=uid,
            occurred_at=_date_of(taken),
            received_at=traced(taken),
            writer=writer,
        )
    )


def _bounce(
    report: BounceReport | None, taken: Taken, returned: dict[str, str], keys: Keyring, recipient: str
) -> Reading:
    if report is None:
        return Quarantined("the delivery status names no recipient with an action")
    found = attribute(_envelope(taken, recipient), report.envelope_ids, returned, keys)
    if found.contradictory:
        return Quarantined("it names two different messages of ours")
    if found.delivery_uid is None:
        return Quarantined("no valid return path: it is not about a message of ours, or it is forged")
    return Heard(
        FeedbackEvent(
            kind=report.kind,
            source="dsn",
            # One message fails once: the same news by another road, or a second time, is the same event.
            external_id=f"{found.delivery_uid.hex()}:{report.kind.value}",
            delivery_uid=found.delivery_uid,
            occurred_at=report.occurred_at or moment(taken.first("date")),
            code=report.code,
            enhanced=report.enhanced,
            said=report.said,
        )
    )


def _complaint(taken: Taken, keys: Keyring, recipient: str) -> Reading:
    try:
        report = read_complaint_report(taken)
    except MalformedError as error:
        return Quarantined(str(error))
    envelope = [*_envelope(taken, recipient), report.mail_from]
    found = attribute(envelope, report.envelope_ids, returned_headers(taken), keys)
    if found.contradictory:
        return Quarantined("it names two different messages of ours")
    whom = found.delivery_uid or found.subscription_uid
    if whom is None:
        return Quarantined("no token of ours: it is not about a message of ours, or it is forged")
    return Heard(_complaint_event(report, found, whom, taken))


def _complaint_event(report: ComplaintReport, found: Attribution, whom: bytes, taken: Taken) -> FeedbackEvent:
    message = found.delivery_uid or found.claimed_uid or whom
    return FeedbackEvent(
        kind=report.kind,
        source="arf",
        external_id=f"{message.hex()}:{report.kind.value}",
        delivery_uid=found.delivery_uid,
        subscription_uid=found.subscription_uid,
        claimed_uid=found.claimed_uid,
        occurred_at=report.occurred_at or _date_of(taken),
        received_at=traced(taken),
    )


def _date_of(taken: Taken) -> datetime | None:
    return moment(taken.first("date"))


def _envelope(taken: Taken, recipient: str) -> list[str]:
    return [recipient, *(value for name in _ENVELOPE for value in taken.fields.get(name, ()))]
