"""The yes to measuring, on the page of choices: a purpose of its own, asked of people who are on a list (C-31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.changes import check_changes
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.errors import Refused
from pipeline.settings import current
from pipeline.store import consent, opens
from pipeline.store.consent import StoredNotice, StoredSubscription
from pipeline.store.standing import must_renew
from pipeline.store.subscribers import random_uid

NOT_NOW = "Nothing was changed: we do not ask for this at the moment. You can go on without it."
FORM = "choices-1"  # the version of the question on the page
OTHER_WORDS = "The notice has changed since you opened this page. Please read it again, and then choose."


@dataclass(frozen=True, slots=True)
class Measuring:
    """What the page says of it. `asks` is the notice under which a yes can be said here, None where it cannot.

    `allowed_since` is None without a yes; `last` is the day that is kept. `idle`: there is a yes, and nothing is noted
    on it, since nothing is measured at all or its notice has changed.
    """

    asks: StoredNotice | None = None
    allowed_since: datetime | None = None
    last: date | None = None
    idle: bool = False


def look_at_measuring(person: Sequence[StoredSubscription], now: datetime) -> Measuring:
    """For somebody with these subscriptions, whose page this is. Changes nothing, and asks nothing while it is off."""
    yes = next((s for s in person if s.purpose == OPEN_TRACKING and _stands(s, now)), None)
    on = current().measure_opens
    if yes is None and not on:
        return Measuring()
    must = must_renew(OPEN_TRACKING, now)
    outdated = yes is not None and must is not None and must.is_newer_than(yes.notice_version, yes.since)
    on_a_list = any(s.purpose != OPEN_TRACKING and _stands(s, now) for s in person)
    asks = on and on_a_list and (yes is None or outdated)
    return Measuring(
        asks=consent.current_notice(OPEN_TRACKING, now.date()) if asks else None,
        allowed_since=yes.since if yes else None,
        last=opens.last_open(yes.subscriber_id) if yes else None,
        idle=yes is not None and (not on or outdated),
    )


def _stands(one: StoredSubscription, now: datetime) -> bool:
    return one.status.permits and (one.valid_until is None or one.valid_until > now)


def allow_measuring(subscriber_id: int, letter: UUID, shown: str, now: datetime) -> None:
    """Record the yes. A repeated one records nothing. `letter` is whose link led to the page, `shown` the notice on it.

    Nothing is mailed to confirm it. The link lies in the mailbox that it speaks for, as that of a confirmation does,
    and the person is on a list that they confirmed; a letter would prove nothing more (D-01 is about an address that
    somebody typed). Raises Refused where the page could not have asked, or had other
    words, and after too many changes in a day (`check_changes`).
    """
    with transaction.atomic():
        entries = consent.ledger_locked(subscriber_id)
        found = look_at_measuring(consent.subscriptions(subscriber_id), now)
        notice = found.asks
        if notice is None:
            if found.allowed_since is not None:
                return
            raise Refused(NOT_NOW)
        if shown != name_of(notice):
            raise Refused(OTHER_WORDS)
        check_changes(entries, now)
        record_consent(
            subscriber_id,
            [
                Entry(
                    event_id=random_uid(),
                    kind=EventKind.TRACKING_CONSENT_GIVEN,
                    purpose=OPEN_TRACKING,
                    occurred_at=now,
                    actor=Actor.DATA_SUBJECT,
                    method=Method.PREFERENCE_PAGE,
                    notice_id=notice.notice_id,
                    notice_version=notice.version,
                    consent_sentence_sha256=words_sha256(notice.consent_sentence),
                    evidence_grade=EvidenceGrade.FULL,
                    evidence={"letter": str(letter), "form_version": FORM, "box": "ticked"},
                )
            ],
        )


def name_of(notice: StoredNotice) -> str:
    """How the form says which words it showed."""
    return f"{notice.notice_id} {notice.version}"
