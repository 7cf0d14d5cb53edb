"""The preference page: see what one is on, stop one list, stop everything (U-18, C-41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.tokens import Audience, read
from pipeline.core.errors import NotFound
from pipeline.gateways.keys import keyring
from pipeline.store import consent, deliveries, feedback, subscribers
from pipeline.store.consent import StoredSubscription
from pipeline.store.subscribers import random_uid

OPENS_FOR = timedelta(days=30)  # S-02: from the day of the message that carries the link


@dataclass(frozen=True, slots=True)
class PreferencePage:
    """What the page shows. `stale`: the link is over a month old and shows nothing personal any more."""

    address: str
    subscriptions: tuple[StoredSubscription, ...]
    preview: bool = False
    stale: bool = False


def look_at_preferences(token: str, now: datetime) -> PreferencePage:
    """What the link stands for. Changes nothing. Raises NotFound for a token that is not ours."""
    if read(Audience.PREVIEW, token, keyring()) is not None:
        return PreferencePage("", (), preview=True)
    subscriber_id, sent_at = _recipient(token)
    if now > sent_at + OPENS_FOR:
        return PreferencePage("", (), stale=True)
    person = subscribers.by_id(subscriber_id)
    return PreferencePage(person.address, tuple(consent.subscriptions(subscriber_id)))


def change_preferences(token: str, stop: str, now: datetime) -> PreferencePage:
    """Stop one purpose by its id, or `everything`. Stopping works for ever, whatever the age of the link (U-13)."""
    if read(Audience.PREVIEW, token, keyring()) is not None:
        return PreferencePage("", (), preview=True)
    subscriber_id, _ = _recipient(token)
    with transaction.atomic():
        state = fold(consent.ledger_locked(subscriber_id))
        given = [purpose for purpose in state.permitted if stop in ("everything", purpose)]
        record_consent(subscriber_id, [_withdrawal(purpose, now) for purpose in given])
    # The link names its letter, which arrived therefore (delivery.md B4).
    feedback.prove_accepted(UUID(bytes=read(Audience.PREFS, token, keyring()) or b""))
    return look_at_preferences(token, now)


def _withdrawal(purpose: str, now: datetime) -> Entry:
    return Entry(
        event_id=random_uid(),
        kind=EventKind.CONSENT_WITHDRAWN,
        purpose=purpose,
        occurred_at=now,
        actor=Actor.DATA_SUBJECT,
        method=Method.PREFERENCE_PAGE,
    )


def _recipient(token: str) -> tuple[int, datetime]:
    id16 = read(Audience.PREFS, token, keyring())
    if id16 is None:
        raise NotFound("This link does not work. It may have been cut short: open it from the message again.")
    found = deliveries.recipient(UUID(bytes=id16))
    if found is None:
        # We signed it, so there was such a letter: its month has been dropped since (store.periods).
        raise NotFound(
            'This link is in a letter so old that its record is gone. "Unsubscribe" in the same letter still works,'
            " and so does this link in a newer one."
        )
    return found
