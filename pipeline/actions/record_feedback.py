"""Keep what was heard about a message, and draw the conclusion: both in one transaction, once (B-10 to B-12, B-41)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import structlog
from django.db import transaction

from pipeline.actions.note_no import suppress
from pipeline.actions.pause_campaign import pause_campaign
from pipeline.actions.record_consent import record_consent
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.suppression import Suppression
from pipeline.core.delivery.bounce_class import bounce_class
from pipeline.core.errors import BadInput, Refused
from pipeline.core.feedback.event import FeedbackEvent, Kind, without_addresses
from pipeline.core.feedback.policy import Act, Conclusion, conclude, content_stops, soft_limit
from pipeline.core.feedback.received import yes_stands
from pipeline.gateways.keys import key_of
from pipeline.store import alerts, consent, feedback
from pipeline.store.feedback import Subject
from pipeline.store.subscribers import random_uid

log = structlog.get_logger()


class Recorded(StrEnum):
    """What became of an event."""

    KEPT = "kept"
    KNOWN = "known"  # heard before: nothing was done again
    NOBODY = "nobody"  # about no message of ours


def record_feedback(event: FeedbackEvent, now: datetime) -> Recorded:
    """Keep the event, settle what it proves, and act on what it means. Twice is the same as once, in any order.

    Nothing leaves `accepted`: a bounce after acceptance is an event beside it (C 50).
    """
    with transaction.atomic():
        subject = _subject(event)
        if subject is None:
            return Recorded.NOBODY
        if event.kind.only_proves and not subject.in_doubt:
            return Recorded.KNOWN
        if not feedback.keep(event, subject, now):
            return Recorded.KNOWN
        if subject.delivery_uid is not None and event.source != "smtp":
            feedback.prove_accepted(subject.delivery_uid)
        _act(event, subject, now)
    log.info("feedback.kept", kind=event.kind.value, source=event.source, delivery=subject.delivery_id)
    return Recorded.KEPT


def _subject(event: FeedbackEvent) -> Subject | None:
    """The delivery that a token names; or the person whose link it is, with the delivery that the message claims to
    be where that is the same person's.
    """
    if event.delivery_uid is not None:
        return feedback.of_delivery(UUID(bytes=event.delivery_uid))
    if event.writer and event.claimed_uid is not None:
        return _of_writer(event.writer, UUID(bytes=event.claimed_uid))
    if event.subscription_uid is None:
        return None
    person = feedback.of_subscription(UUID(bytes=event.subscription_uid))
    if person is None or event.claimed_uid is None:
        return person
    claimed = feedback.of_delivery(UUID(bytes=event.claimed_uid))
    return claimed if claimed is not None and claimed.subscriber_id == person.subscriber_id else person


def _of_writer(writer: str, claimed_uid: UUID) -> Subject | None:
    """The delivery that a reply claims to be about, if its own reader wrote it."""
    claimed = feedback.of_delivery(claimed_uid)
    try:
        key = key_of(parse(writer))
    except BadInput:
        return None
    return claimed if claimed is not None and claimed.address_key == key else None


def _act(event: FeedbackEvent, subject: Subject, now: datetime) -> None:
    conclusion = conclude(event.kind)
    match conclusion.act:
        case Act.SUPPRESS:
            _suppress_dead(event, subject, conclusion, now)
        case Act.COUNT_SOFT:
            _count_soft(event, subject, now)
        case Act.WITHDRAW_ALL:
            _withdraw_all(event, subject, conclusion, now)
        case Act.WITHDRAW_LIST:
            _withdraw_list(event, subject, now)
        case Act.WEIGH_CONTENT:
            _weigh_content(event, subject, now)
        case Act.TELL:
            _tell_our_fault(event, subject, now)
        case Act.NOTHING:
            pass


def _suppress_dead(event: FeedbackEvent, subject: Subject, conclusion: Conclusion, now: datetime) -> None:
    """One hard bounce, unless its owner has confirmed the address since that letter was written: news may come late,
    and by two roads (B-10, C 77).
    """
    confirmed = _confirmed_at(subject)
    if confirmed is not None and subject.created_at is not None and subject.created_at < confirmed:
        return
    for suppression in conclusion.suppressions:
        _suppress(event, subject, suppression, EventKind.HARD_BOUNCED, now)


def _suppress(
    event: FeedbackEvent, subject: Subject, suppression: Suppression, kind: EventKind, now: datetime
) -> None:
    """Stop the mail, and say so in the ledger of the person whose mail it is."""
    suppress(subject.address_key, suppression, now)
    evidence = {"scope": suppression.scope, "reason": suppression.reason.value}
    _enter(event, subject, kind, None, Actor.SYSTEM, Method.BOUNCE, now, evidence)


def _count_soft(event: FeedbackEvent, subject: Subject, now: datetime) -> None:
    if subject.subscriber_id is None or subject.delivery_id is None or subject.stream != "newsletter":
        return
    ledger = consent.ledger_locked(subject.subscriber_id)  # of two reports at once, one counts the other
    renewed = any(entry.kind is EventKind.CONSENT_RENEWED for entry in ledger)
    history = feedback.history(subject.subscriber_id, _confirmed_at(subject))
    limit = soft_limit(history, subject.delivery_id, renewed=renewed)
    if limit is not None and limit not in consent.suppressions(subject.address_key):
        _suppress(event, subject, limit, EventKind.SUPPRESSION_ADDED, now)


def _confirmed_at(subject: Subject) -> datetime | None:
    """When the owner last confirmed by a link in a letter, which arrived therefore."""
    if subject.subscriber_id is None:
        return None
    yes = (EventKind.CONSENT_GIVEN, EventKind.CONSENT_RENEWED)
    ledger = consent.ledger(subject.subscriber_id)
    return max(
        (e.occurred_at for e in ledger if e.kind in yes and e.method is Method.CONFIRM_POST), default=None
    )


def _withdraw_all(event: FeedbackEvent, subject: Subject, conclusion: Conclusion, now: datetime) -> None:
    """A person pressed "this is spam": every list ends, and nothing is written back (B-12)."""
    for suppression in conclusion.suppressions:
        suppress(subject.address_key, suppression, now)
    received = event.received_at or now
    _enter(event, subject, EventKind.COMPLAINT_FBL, None, Actor.MAILBOX_PROVIDER, Method.FBL, received)
    if conclusion.alarm:
        said = "fraud" if event.kind is Kind.FRAUD else "a virus"
        alerts.raised(
            event.kind.value,
            f"delivery {subject.delivery_id}",
            f"Somebody reported a letter of ours as {said}. All their lists were ended. Look at what was sent, and "
            "whether somebody else sends in your name.",
            now,
        )


def _withdraw_list(event: FeedbackEvent, subject: Subject, now: datetime) -> None:
    """The person left by a door that is not ours: a letter to us, or a page of the provider's. One list ends (B-32).

    A letter counts from when it was received (U-16). After one that waited, a yes that was clearly said later stands.
    """
    if subject.purpose is None or subject.subscriber_id is None:
        return  # a letter that belongs to no list, or to nobody whom we know: there is nothing to leave
    said_at = _said_at(event, subject, subject.subscriber_id, now)
    if said_at is None:
        log.info("feedback.came_back_since", subscriber=subject.subscriber_id)
        return
    method = {"mailto": Method.MAILTO, "reply": Method.REPLY}.get(event.source, Method.UNSUBSCRIBE_PAGE)
    _enter(event, subject, EventKind.CONSENT_WITHDRAWN, subject.purpose, Actor.DATA_SUBJECT, method, said_at)


def _said_at(event: FeedbackEvent, subject: Subject, subscriber_id: int, now: datetime) -> datetime | None:
    """The moment of a goodbye, None where a yes stands that was said after it.

    Where it ends a yes that was written down later, by clocks that differ, it is of that yes's moment: a database that
    is put back and told of it again (`replay_noes`) must not take the yes for the later one.
    """
    if event.received_at is None:
        return now
    entries = consent.ledger_locked(subscriber_id)
    standing = fold(entries).of(subject.purpose or "")
    yes = next((entry for entry in entries if standing.permits and entry.seq == standing.seq), None)
    if yes is None:
        return event.received_at
    answers_it = subject.created_at is not None and subject.created_at >= yes.occurred_at
    theirs = yes.actor in (Actor.DATA_SUBJECT, Actor.PARENT)
    if theirs and not answers_it and yes_stands(yes.occurred_at, event.received_at, now):
        return None
    return min(now, max(event.received_at, yes.occurred_at))


def _enter(
    event: FeedbackEvent,
    subject: Subject,
    kind: EventKind,
    purpose: str | None,
    actor: Actor,
    method: Method,
    now: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    """Write it into the person's ledger, if it is a person that we know."""
    if subject.subscriber_id is None:
        return
    evidence = {**_evidence(event), **(more or {})}
    entry = Entry(random_uid(), kind, purpose, now, actor, method, evidence=evidence)
    record_consent(subject.subscriber_id, [entry])


def _weigh_content(event: FeedbackEvent, subject: Subject, now: datetime) -> None:
    """Hosts that refuse a letter for its form or size speak of the issue; the recipient is not blamed (B-05)."""
    if subject.mailing_id is None:
        return
    found = feedback.objections(subject.mailing_id)
    what = f"issue {found.number} of {found.campaign}"
    if not content_stops(found.refused, found.audience):
        return
    news = alerts.raised(
        "content",
        f"{found.campaign}/{found.number}",
        f"Paused: {found.refused} hosts refused {what} for its size or form{_quoted(event)}. Nobody was suppressed. "
        f"Mend the issue, or run rounds campaign resume {found.campaign} to go on as it is.",
        now,
    )
    if not news:
        return  # it was stopped for this once, and a person let it go on
    try:
        pause_campaign(found.campaign, now)
    except Refused:
        log.info("feedback.nothing_to_pause", mailing=subject.mailing_id)  # it is over: the alert stands


def _tell_our_fault(event: FeedbackEvent, subject: Subject, now: datetime) -> None:
    if subject.mailing_id is None:
        return
    found = feedback.objections(subject.mailing_id)
    alerts.raised(
        "sender_fault",
        found.campaign,
        f"A host refused {found.campaign} because of us, not of the recipient{_quoted(event)}. Nobody was suppressed. "
        "Check SPF, DKIM, DMARC, the reverse name of the sending address, and block lists.",
        now,
    )


def _quoted(event: FeedbackEvent) -> str:
    code = f" {event.enhanced or event.code or ''}".rstrip()
    return f' (it said{code}: "{event.said[:150]}")' if event.said else f" (it said{code})" if code else ""


def _evidence(event: FeedbackEvent) -> dict[str, object]:
    """What the ledger keeps: no address, no topic."""
    found: dict[str, object] = {"source": event.source, "kind": event.kind.value}
    if event.delivery_uid is not None:
        found["delivery"] = event.delivery_uid.hex()
    if event.enhanced or event.code:
        found["code"] = event.enhanced or str(event.code)
    return found


def record_refusal(
    delivery_id: int, period: date, code: int | None, enhanced: str, reply: str, now: datetime
) -> Recorded:
    """The same for what a host said during SMTP, when a delivery failed for good: one reading and one policy (B-06)."""
    subject = next(iter(feedback.of_deliveries([delivery_id], period)), None)
    if subject is None or subject.delivery_uid is None:
        return Recorded.NOBODY
    kind = Kind.of_bounce(bounce_class(code, enhanced, reply))
    event = FeedbackEvent(
        kind=kind,
        source="smtp",
        external_id=f"{subject.delivery_uid.hex}:{kind.value}",
        delivery_uid=subject.delivery_uid.bytes,
        occurred_at=now,
        code=code,
        enhanced=enhanced,
        said=without_addresses(reply),
    )
    return record_feedback(event, now)
