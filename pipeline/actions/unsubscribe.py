"""The no: one click, effective in the transaction that answers it (U-05 to U-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.tokens import Audience, read
from pipeline.core.errors import NotFound, Refused
from pipeline.gateways.keys import keyring
from pipeline.store import consent
from pipeline.store.subscribers import random_uid


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """What an unsubscribe page shows. `preview`: the link is from a test and changes nothing (S-22)."""

    title: str
    address: str
    subscribed: bool
    preview: bool = False


def look_at_unsubscribe(token: str) -> UnsubscribePage:
    """What the link stands for. Changes nothing. Raises NotFound for a token that is not ours (U-24)."""
    if read(Audience.PREVIEW, token, keyring()) is not None:
        return UnsubscribePage("this list", "", subscribed=True, preview=True)
    found = _subscription(token)
    return UnsubscribePage(found.title, found.address, found.status.permits)


def unsubscribe(
    token: str, method: Method, now: datetime, *, suspect_automation: bool = False
) -> UnsubscribePage:
    """Withdraw consent for the one list that the token names. A repeated call records nothing more (U-11).

    Raises NotFound for a token that is not ours. Needs PostgreSQL and nothing else.
    """
    page = look_at_unsubscribe(token)
    if page.preview:
        return page
    with transaction.atomic():
        found = _subscription(token)
        entries = consent.ledger_locked(found.subscriber_id)
        if fold(entries).of(found.purpose).permits:
            record_consent(
                found.subscriber_id,
                [
                    Entry(
                        event_id=random_uid(),
                        kind=EventKind.CONSENT_WITHDRAWN,
                        purpose=found.purpose,
                        occurred_at=now,
                        actor=Actor.DATA_SUBJECT,
                        method=method,
                        suspect_automation=suspect_automation,
                    )
                ],
            )
    return UnsubscribePage(page.title, page.address, subscribed=False)


def undo_unsubscribe(token: str, now: datetime) -> UnsubscribePage:
    """Give consent again from the page that confirmed the goodbye: a fresh yes, under the notice in force (U-21).

    Only somebody who was subscribed and left can undo. Raises NotFound, or Refused with a sentence.
    """
    page = look_at_unsubscribe(token)
    if page.preview or page.subscribed:
        return page
    with transaction.atomic():
        found = _subscription(token)
        standing = fold(consent.ledger_locked(found.subscriber_id)).of(found.purpose)
        notice = next((n for n in consent.current_notices(now.date()) if n.purpose == found.purpose), None)
        if standing.status.value != "withdrawn" or not standing.notice_id or notice is None:
            raise Refused("This cannot be undone here. Please sign up again on our sign-up page.")
        record_consent(
            found.subscriber_id,
            [
                Entry(
                    event_id=random_uid(),
                    kind=EventKind.CONSENT_GIVEN,
                    purpose=found.purpose,
                    occurred_at=now,
                    actor=Actor.DATA_SUBJECT,
                    method=Method.UNDO,
                    notice_id=notice.notice_id,
                    notice_version=notice.version,
                    consent_sentence_sha256=words_sha256(notice.consent_sentence),
                    evidence_grade=EvidenceGrade.FULL,
                )
            ],
        )
    return UnsubscribePage(page.title, page.address, subscribed=True)


def _subscription(token: str) -> consent.StoredSubscription:
    id16 = read(Audience.UNSUB, token, keyring())
    found = consent.subscription(UUID(bytes=id16)) if id16 is not None else None
    if found is None:
        raise NotFound("This link does not work. It may have been cut short: open it from the message again.")
    return found
