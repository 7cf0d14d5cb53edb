"""Complaints in the Abuse Reporting Format (RFC 5965): a person pressed "this is spam" (B-25, B-26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.feedback.bounce_report import moment
from pipeline.core.feedback.event import Kind
from pipeline.core.feedback.mime import Taken, blocks

REPORT_KIND = "text/feedback-report"

# RFC 5965 section 3.1 and 3.2. What is not named may stand any number of times.
_EXACTLY_ONCE = ("feedback-type", "user-agent", "version")
_ONCE_AT_MOST = (
    "original-envelope-id",
    "original-mail-from",
    "arrival-date",
    "received-date",  # the name that early writers used for it
    "source-ip",
    "incidents",
    "reporting-mta",
)
# RFC 5965 section 7.3 and RFC 6430. What is not here, such as `other` or `auth-failure`, is no word of the recipient's.
_TYPES: Mapping[str, Kind] = {
    "abuse": Kind.COMPLAINT,
    "fraud": Kind.FRAUD,
    "virus": Kind.VIRUS,
    "not-spam": Kind.NOT_SPAM,
}


class MalformedError(ValueError):
    """It is called a feedback report and is none. The message says why."""


@dataclass(frozen=True, slots=True)
class ComplaintReport:
    kind: Kind
    envelope_ids: tuple[str, ...] = ()
    mail_from: str = ""
    occurred_at: datetime | None = None


def is_complaint_report(taken: Taken) -> bool:
    return taken.part(REPORT_KIND) is not None


def read_complaint_report(taken: Taken) -> ComplaintReport:
    """Raises MalformedError. The recipient that it names is not looked at: it may be redacted, and it may be forged."""
    part = taken.part(REPORT_KIND)
    groups = blocks(part.text) if part else []
    if not groups:
        raise MalformedError("the feedback report has no fields")
    fields = groups[0]
    for name in _EXACTLY_ONCE:
        if len(fields.get(name, ())) != 1:
            raise MalformedError(f"{name} must stand once, and stands {len(fields.get(name, ()))} times")
    for name in _ONCE_AT_MOST:
        if len(fields.get(name, ())) > 1:
            raise MalformedError(f"{name} may stand once, and stands {len(fields[name])} times")
    if "arrival-date" in fields and "received-date" in fields:
        raise MalformedError("it has both dates, arrival-date and received-date")
    said = fields["feedback-type"][0].split("(")[0].strip().lower()
    if said not in _TYPES:
        raise MalformedError(f"the feedback type {said[:40]!r} is none that is acted upon")
    dates = (*fields.get("arrival-date", ()), *fields.get("received-date", ()))
    return ComplaintReport(
        _TYPES[said],
        tuple(fields.get("original-envelope-id", ())),
        next(iter(fields.get("original-mail-from", ())), ""),
        next((m for date in dates if (m := moment(date))), None),
    )
