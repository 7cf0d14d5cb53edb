"""Tell a database that was put back every no that this host heard and it has forgotten (standards S-18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.note_no import ERASES, noes_folder
from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.suppression import Reason, Suppression
from pipeline.gateways import noes
from pipeline.store import consent, instance, subscribers

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReplayedNoes:
    """`applied` of `read` were news to the database. `unreadable` lines are damaged, or not of this version."""

    read: int
    applied: int
    unreadable: int


def replay_noes(now: datetime) -> ReplayedNoes:
    """Safe to repeat. A yes that the database knows and that was said after a no stands (B-31)."""
    read = applied = unreadable = 0
    for record in noes.noted(noes_folder(), instance.read().uid):
        read += 1
        try:
            applied += _apply(record or {}, now)
        except (KeyError, ValueError, TypeError):
            unreadable += 1
    if applied or unreadable:
        log.info("noes.replayed", read=read, applied=applied, unreadable=unreadable)
    return ReplayedNoes(read, applied, unreadable)


def _apply(record: Mapping[str, Any], now: datetime) -> bool:
    key, at = bytes.fromhex(record["key"]), datetime.fromisoformat(record["at"])
    with transaction.atomic():
        if record["what"] == "suppression":
            return _suppressed(key, record, at, now)
        return _said(key, record, at)


def _suppressed(key: bytes, record: Mapping[str, Any], at: datetime, now: datetime) -> bool:
    until = record["until"]
    suppression = Suppression(
        record["scope"], Reason(record["reason"]), datetime.fromisoformat(until) if until else None
    )
    if consent.suppression_known(key, suppression, at):
        return False
    person = subscribers.by_key(key)
    if suppression.reason in ERASES and person is not None:
        erase_subscriber(person.id, now, actor=Actor.SYSTEM, reason=suppression.reason)
    consent.suppress(key, suppression, at)
    return True


def _said(key: bytes, record: Mapping[str, Any], at: datetime) -> bool:
    entry = Entry(
        event_id=UUID(record["event"]),
        kind=EventKind(record["kind"]),
        purpose=record["purpose"],
        occurred_at=at,
        actor=Actor(record["actor"]),
        method=Method(record["method"]),
        evidence={"replayed": True},
    )
    person = subscribers.by_key(key)
    if person is None:
        return False
    entries = consent.ledger_locked(person.id)
    if any(known.event_id == entry.event_id for known in entries):
        return False
    state = fold(entries)
    asked = [entry.purpose] if entry.purpose else list(state.purposes)
    yes = {known.seq: known.occurred_at for known in entries}
    if all(state.of(p).permits and yes[state.of(p).seq] > at for p in asked):
        return False  # they came back after it
    record_consent(person.id, [entry])
    return True
