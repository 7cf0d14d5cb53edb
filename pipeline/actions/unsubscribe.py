"""The no: one click, effective in the transaction that answers it (U-05 to U-15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog
from django.db import DatabaseError, DataError, InterfaceError, transaction

from pipeline.actions.record_consent import record_held
from pipeline.actions.take_back_goodbye import open_goodbye, take_back_goodbye
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, Method
from pipeline.core.consent.sealed import UnknownKeyError
from pipeline.core.consent.tokens import Audience, make, read
from pipeline.core.errors import NotFound
from pipeline.gateways import spool
from pipeline.gateways.keys import keyring
from pipeline.settings import current
from pipeline.store import consent
from pipeline.store.held_ledger import HeldSubscription, hold_subscription
from pipeline.store.subscribers import random_uid

CUT_SHORT = "This link does not work. It may have been cut short: open it from the message again."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """What an unsubscribe page shows. `preview`: the link is from a test and changes nothing (S-22).

    `undo` is the token of the goodbye that was just recorded; empty where none was. `kept`: the database is away or
    too many came at once, and the goodbye waits on the disk; then neither title nor address is known. `ran_out`: the
    yes has ended by itself, so that nothing is sent, and a no is still news.
    """

    title: str
    address: str
    subscribed: bool
    preview: bool = False
    undo: str = ""
    kept: bool = False
    ran_out: bool = False


def look_at_unsubscribe(token: str) -> UnsubscribePage:
    """What the link stands for. Changes nothing. Raises NotFound for a token that is not ours (U-24)."""
    if (preview := _preview(token)) is not None:
        return preview
    found = _subscription(token)
    ran_out = found.status is ConsentStatus.EXPIRED
    return UnsubscribePage(found.title, found.address, found.status.permits, ran_out=ran_out)


def _preview(token: str) -> UnsubscribePage | None:
    shown = read(Audience.PREVIEW, token, keyring()) is not None
    return UnsubscribePage("this list", "", subscribed=True, preview=True) if shown else None


def unsubscribe(
    token: str, method: Method, now: datetime, *, suspect_automation: bool = False
) -> UnsubscribePage:
    """Withdraw consent for the one list that the token names. A repeated call records nothing more (U-11).

    Raises NotFound for a token that is not ours. While PostgreSQL is away the goodbye is kept on the disk, and applied
    before this host sends anything again (G7); Unavailable where that cannot be either.
    """
    goodbye = _goodbye(method, now, suspect_automation)
    if (preview := _preview(token)) is not None:
        return preview
    named = _named(token)
    try:
        with transaction.atomic():
            found = _held(named)
            ended = _withdraw(found, goodbye)
    except DataError:
        raise
    except (DatabaseError, InterfaceError, UnknownKeyError):
        # Away, read-only, half restored: whether it was recorded is not sure, and to say it twice does no harm. Or the
        # secret was changed and this process started before: one that has the new secret applies it.
        log.warning("goodbye.kept")
        return _keep(named, goodbye)
    may_undo = ended and method is Method.UNSUBSCRIBE_PAGE and not suspect_automation
    undo = make(Audience.UNDO, goodbye.event_id.bytes, keyring()) if may_undo else ""
    return UnsubscribePage(found.title, found.address, subscribed=False, undo=undo)


def keep_unsubscribe(
    token: str, method: Method, now: datetime, *, suspect_automation: bool = False
) -> UnsubscribePage:
    """Keep a goodbye on the disk without asking the database: too many are written just now (S-06). It is applied as
    one is that came while the database was away. Raises NotFound, and Unavailable where the disk takes nothing.
    """
    return _keep(_named(token), _goodbye(method, now, suspect_automation))


def subscription_named(token: str) -> UUID | None:
    """What a genuine link names; None for one of a test message or of nobody. It takes no database."""
    id16 = read(Audience.UNSUB, token, keyring())
    return UUID(bytes=id16) if id16 is not None else None


def _goodbye(method: Method, now: datetime, suspect_automation: bool) -> Entry:
    return Entry(
        event_id=random_uid(),
        kind=EventKind.CONSENT_WITHDRAWN,
        purpose=None,
        occurred_at=now,
        actor=Actor.DATA_SUBJECT,
        method=method,
        suspect_automation=suspect_automation,
    )


def withdraw(subscription: UUID, goodbye: Entry, *, waited: bool = False) -> bool:
    """Record a goodbye that is for one subscription, unless it is a repeated one. Returns whether it ended a yes.

    It need not end one: what a person says is written down, also where the yes had run out before. A repeated one is
    recorded where the one before it might still be taken back: from then on it cannot.

    After one that has `waited`, a yes that was said later stands. For any other the order of the ledger decides, and
    no clock: whoever says no now is heeded, whatever time a yes was written down with. Raises NotFound.
    """
    with transaction.atomic():
        return _withdraw(_held(subscription), goodbye, waited=waited)


def _withdraw(found: HeldSubscription, goodbye: Entry, *, waited: bool = False) -> bool:
    entries = found.ledger.entries
    standing = found.ledger.state.of(found.purpose)
    yes = next((entry for entry in entries if entry.seq == standing.seq), None)
    came_back = waited and standing.permits and yes is not None and yes.occurred_at > goodbye.occurred_at
    ends = standing.permits and not came_back
    news = not standing.is_a_no and not came_back
    if news or open_goodbye(entries, found.purpose, goodbye.occurred_at) is not None:
        record_held(found.ledger, [replace(goodbye, purpose=found.purpose)])
    return ends


def _held(subscription: UUID) -> HeldSubscription:
    found = hold_subscription(subscription)
    if found is None:
        raise NotFound(CUT_SHORT)
    return found


def _keep(subscription: UUID, goodbye: Entry) -> UnsubscribePage:
    record = {
        "subscription": subscription.hex,
        "event": goodbye.event_id.hex,
        "at": goodbye.occurred_at.isoformat(),
        "method": goodbye.method.value,
        "suspect": goodbye.suspect_automation,
    }
    spool.add(spool_folder(), record)
    return UnsubscribePage("", "", subscribed=False, kept=True)


def spool_folder() -> Path:
    """Where goodbyes wait while the database is away."""
    return current().data_dir / "spool"


def undo_unsubscribe(token: str, undo: str, now: datetime) -> UnsubscribePage:
    """Give consent again from the page that confirmed the goodbye: a fresh yes, under the same notice (U-21).

    The link in a letter can only take permission away (S-02): it may be forwarded, and machines press its buttons. So
    the yes needs `undo`, which only the page of that goodbye holds. Raises NotFound, or Refused with a sentence.
    """
    page = look_at_unsubscribe(token)
    if page.preview or page.subscribed:
        return page
    found = _subscription(token)
    take_back_goodbye(found.subscriber_id, found.purpose, undo, now)
    return UnsubscribePage(page.title, page.address, subscribed=True)


def _subscription(token: str) -> consent.StoredSubscription:
    found = consent.subscription(_named(token))
    if found is None:
        raise NotFound(CUT_SHORT)
    return found


def _named(token: str) -> UUID:
    named = subscription_named(token)
    if named is None:
        raise NotFound(CUT_SHORT)
    return named
