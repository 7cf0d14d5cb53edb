"""Let a list rest for a while, and go on with it: a choice on the preference page, and no withdrawal (U-18)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.address import parse
from pipeline.core.consent.changes import check_changes
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.suppression import Reason, Suppression, active, list_scope
from pipeline.gateways.keys import key_of
from pipeline.store import consent, subscribers
from pipeline.store.subscribers import random_uid


def pause_list(subscriber_id: int, purpose: str, until: datetime, now: datetime) -> bool:
    """Send nothing of a list until `until`, by a suppression that ends then; consent stands. A second pause replaces
    the first. Returns whether anything changed: a list that is not consented to cannot rest. Refused after very many.
    """
    until = until.astimezone(UTC)
    if purpose == OPEN_TRACKING:
        return False  # it is no list: it goes on or stops
    with transaction.atomic():
        entries = consent.ledger_locked(subscriber_id)
        state = fold(entries)
        person = subscribers.by_id(subscriber_id)
        if not state.of(purpose).permits or not person.address:
            return False
        key = key_of(parse(person.address))
        wanted = Suppression(list_scope(purpose), Reason.PAUSED, until)
        if _pause(key, purpose, now) == wanted:
            return False
        check_changes(entries, now)
        consent.lift(key, wanted, now)  # the same one again would only lengthen it
        consent.suppress(key, wanted, now)
        _enter(subscriber_id, EventKind.PAUSED, purpose, now, {"until": until.isoformat()})
        return True


def resume_list(subscriber_id: int, purpose: str, now: datetime) -> bool:
    """End a pause now. Returns whether there was one. Refused after very many."""
    with transaction.atomic():
        entries = consent.ledger_locked(subscriber_id)
        person = subscribers.by_id(subscriber_id)
        if not person.address:
            return False
        key = key_of(parse(person.address))
        pause = _pause(key, purpose, now)
        if pause is None:
            return False
        check_changes(entries, now)
        consent.lift(key, pause, now)
        _enter(subscriber_id, EventKind.RESUMED, purpose, now, {})
        return True


def pauses(address_key: bytes, now: datetime) -> dict[str, datetime]:
    """The lists that rest now, by their scope (`suppression.list_scope`), each with the end of its pause."""
    found = active(consent.suppressions(address_key), now)
    return {stop.scope: stop.until for stop in found if stop.reason is Reason.PAUSED and stop.until}


def _pause(key: bytes, purpose: str, now: datetime) -> Suppression | None:
    found = active(consent.suppressions(key), now)
    scope = list_scope(purpose)
    return next((stop for stop in found if stop.reason is Reason.PAUSED and stop.scope == scope), None)


def _enter(
    subscriber_id: int, kind: EventKind, purpose: str, now: datetime, evidence: dict[str, object]
) -> None:
    entry = Entry(
        event_id=random_uid(),
        kind=kind,
        purpose=purpose,
        occurred_at=now,
        actor=Actor.DATA_SUBJECT,
        method=Method.PREFERENCE_PAGE,
        evidence=evidence,
    )
    record_consent(subscriber_id, [entry])
