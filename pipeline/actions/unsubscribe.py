"""The no: one click, effective in the transaction that answers it (U-05 to U-15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.tokens import Audience, make, read
from pipeline.core.errors import NotFound, Refused
from pipeline.gateways.keys import keyring
from pipeline.store import consent
from pipeline.store.subscribers import random_uid

UNDO_WITHIN = timedelta(minutes=15)  # from the goodbye; afterwards a yes takes a sign-up like anybody's


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """What an unsubscribe page shows. `preview`: the link is from a test and changes nothing (S-22).

    `undo` is the token of the goodbye that was just recorded; empty where none was.
    """

    title: str
    address: str
    subscribed: bool
    preview: bool = False
    undo: str = ""


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
    goodbye = Entry(
        event_id=random_uid(),
        kind=EventKind.CONSENT_WITHDRAWN,
        purpose=None,
        occurred_at=now,
        actor=Actor.DATA_SUBJECT,
        method=method,
        suspect_automation=suspect_automation,
    )
    with transaction.atomic():
        found = _subscription(token)
        subscribed = fold(consent.ledger_locked(found.subscriber_id)).of(found.purpose).permits
        if subscribed:
            record_consent(found.subscriber_id, [replace(goodbye, purpose=found.purpose)])
    may_undo = subscribed and method is Method.UNSUBSCRIBE_PAGE and not suspect_automation
    undo = make(Audience.UNDO, goodbye.event_id.bytes, keyring()) if may_undo else ""
    return UnsubscribePage(page.title, page.address, subscribed=False, undo=undo)


def undo_unsubscribe(token: str, undo: str, now: datetime) -> UnsubscribePage:
    """Give consent again from the page that confirmed the goodbye: a fresh yes, under the same notice (U-21).

    The link in a letter can only take permission away (S-02): it may be forwarded, and machines press its buttons. So
    the yes needs `undo`, which only the page of that goodbye holds, and which works for a quarter of an hour, while
    the goodbye is the last word and the notice is unchanged. Raises NotFound, or Refused with a sentence.
    """
    page = look_at_unsubscribe(token)
    if page.preview or page.subscribed:
        return page
    id16 = read(Audience.UNDO, undo, keyring())
    with transaction.atomic():
        found = _subscription(token)
        entries = consent.ledger_locked(found.subscriber_id)
        standing = fold(entries).of(found.purpose)
        goodbye = next((e for e in entries if e.seq == standing.seq), None)
        notice = next((n for n in consent.current_notices(now.date()) if n.purpose == found.purpose), None)
        if (
            goodbye is None
            or id16 != goodbye.event_id.bytes
            or now > goodbye.occurred_at + UNDO_WITHIN
            or notice is None
            or (notice.notice_id, notice.version) != (standing.notice_id, standing.notice_version)
        ):
            raise Refused("This cannot be undone here any more. Please sign up again on our sign-up page.")
        yes = Entry(
            event_id=random_uid(),
            kind=EventKind.CONSENT_GIVEN,
            purpose=found.purpose,
            occurred_at=now,
            actor=Actor.DATA_SUBJECT,
            method=Method.UNDO,
            notice_id=notice.notice_id,
            notice_version=notice.version,
            consent_sentence_sha256=words_sha256(notice.consent_sentence),
            evidence_grade=standing.evidence_grade,
            evidence={"undoes": str(goodbye.event_id)},
        )
        record_consent(found.subscriber_id, [yes])
    return UnsubscribePage(page.title, page.address, subscribed=True)


def _subscription(token: str) -> consent.StoredSubscription:
    id16 = read(Audience.UNSUB, token, keyring())
    found = consent.subscription(UUID(bytes=id16)) if id16 is not None else None
    if found is None:
        raise NotFound("This link does not work. It may have been cut short: open it from the message again.")
    return found
