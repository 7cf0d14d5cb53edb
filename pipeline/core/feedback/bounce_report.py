"""Delivery status notifications (RFC 3464, RFC 6533): what became of one message that a host had taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from pipeline.core.delivery.bounce_class import BounceClass, bounce_class, find_codes
from pipeline.core.feedback.event import Kind, without_addresses
from pipeline.core.feedback.mime import Taken, blocks

STATUS_KINDS = ("text/delivery-status", "text/global-delivery-status")

# RFC 3464 section 2.3.3. Only `failed` is a bounce (B-03); `error` is what one server writes for it.
_ACTIONS: Mapping[str, Kind | None] = {
    "failed": None,
    "failure": None,
    "error": None,
    "delayed": Kind.DELAYED,
    "relayed": Kind.RELAYED,
    "expanded": Kind.EXPANDED,
    "delivered": Kind.DELIVERED,
}
_ARRIVED_SOMEWHERE = frozenset({Kind.RELAYED, Kind.EXPANDED, Kind.DELIVERED})


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a report says of one message: one kind for all the recipients it names, and the words of the gravest."""

    kind: Kind
    code: int | None = None
    enhanced: str = ""
    said: str = ""
    envelope_ids: tuple[str, ...] = ()
    occurred_at: datetime | None = None


def is_bounce_report(taken: Taken) -> bool:
    """Whether it has a status part. Some hosts forget the parameter, or the outer type."""
    return taken.part(*STATUS_KINDS) is not None


def read_bounce_report(taken: Taken) -> BounceReport | None:
    """None if no recipient in it has an action that means anything.

    One of our messages has one recipient. Where a report names several, its mailbox is forwarded: then a failure is
    about the mailbox itself only if nothing arrived anywhere, and all failures say so.
    """
    part = taken.part(*STATUS_KINDS)
    groups = blocks(part.text) if part else []
    envelope_ids = tuple(v for group in groups for v in group.get("original-envelope-id", ()))
    read = [recipient for group in groups if (recipient := _recipient(group)) is not None]
    if not read:
        return None
    report = _together(read)
    occurred = next((m for g in groups for n in _DATES for v in g.get(n, ()) if (m := moment(v))), None)
    return BounceReport(report.kind, report.code, report.enhanced, report.said, envelope_ids, occurred)


_DATES = ("last-attempt-date", "arrival-date")


def _recipient(group: Mapping[str, Sequence[str]]) -> BounceReport | None:
    """One block. A per-message block has no action and is passed over."""
    words = group.get("action", ("",))[0].split("(")[0].split(";")[0].split()
    action = words[0].lower() if words else ""
    if action not in _ACTIONS:
        return None
    diagnostic = " ".join(group.get("diagnostic-code", ()))
    code, in_words = find_codes(diagnostic)
    status = group.get("status", ("",))[0].split("(")[0].strip().split(" ")[0]
    enhanced = _more_exact(status, in_words)
    if _contradicts(code, status):
        # Such as `Status: 4.4.7` for a message that was given up after a `550`: the status is the reporter's own word
        # for this failure. `failed` with `4.x.x` is soft (B-03).
        code, enhanced = None, status
    kind = _ACTIONS[action] or Kind.of_bounce(bounce_class(code, enhanced, diagnostic))
    return BounceReport(kind, code, enhanced[:12], without_addresses(diagnostic))


def _more_exact(status: str, in_words: str) -> str:
    """Many hosts write `5.0.0` as the status, and the truth in the words of the diagnostic."""
    vague = not status or status.endswith(".0.0")
    return in_words if vague and in_words and (not status or in_words[0] == status[0]) else status


def _contradicts(code: int | None, status: str) -> bool:
    return code is not None and status[:2] in ("4.", "5.") and status[0] != str(code)[0]


def _together(read: Sequence[BounceReport]) -> BounceReport:
    failed = [report for report in read if report.kind.is_bounce]
    if not failed:
        return read[0]
    milder = next((report for report in failed if report.kind is not Kind.HARD), None)
    if milder is not None:
        return milder
    if any(report.kind in _ARRIVED_SOMEWHERE for report in read):
        first = failed[0]
        return BounceReport(Kind.of_bounce(BounceClass.SOFT), first.code, first.enhanced, first.said)
    return failed[0]


def moment(text: str) -> datetime | None:
    """A date of RFC 5322, aware; None for anything else, and for one without a zone."""
    try:
        read = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read if read.tzinfo is not None else None
