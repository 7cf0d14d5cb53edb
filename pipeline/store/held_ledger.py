"""One person's ledger, held: read once under the person's lock, and written with its projection in one statement.

Whoever says yes or no waits for this, so that it asks PostgreSQL no more than it must. The lock orders one person's
entries by `seq`, and lets the projection written beside them be the fold of all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from pipeline.core.consent.duration import parse
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import ConsentState, apply, fold, says_yes
from pipeline.core.consent.purpose import LASTS
from pipeline.core.consent.sealed import open_evidence, open_texts
from pipeline.store import sealing, subscribers
from pipeline.store.prepared import run
from pipeline.store.subscribers import random_uid

_NOT_YET = 1 << 62  # the first `seq` of entries that PostgreSQL has not numbered yet


@dataclass(frozen=True)
class HeldLedger:
    """The ledger of a subscriber whom the caller's transaction holds. `entries` are in order.

    `key` is the subject's key, None of somebody who was erased. `database` is the uid of the database that has it.
    """

    subscriber_id: int
    uid: UUID
    address_key: bytes
    key: bytes | None
    database: UUID
    entries: tuple[Entry, ...] = ()

    @cached_property
    def state(self) -> ConsentState:
        return fold(self.entries)

    def opened(self, sealed_address: bytes | None) -> str:
        """The person's address by the column of their row; empty for somebody who was erased."""
        if self.key is None or sealed_address is None:
            return ""
        return open_texts(self.key, self.uid, sealed_address, None)[0]

    def append(self, said: Sequence[Entry]) -> HeldLedger:
        """Append entries and bring the projection up to date. Returns the ledger with them.

        An entry whose `event_id` is in the ledger already is passed over. A yes is given what its notice says: the hash
        of the words, and when it ends.
        """
        seen = {entry.event_id for entry in self.entries}
        news: list[Entry] = []
        state = self.state
        for entry in said:
            if entry.event_id in seen:
                continue
            seen.add(entry.event_id)
            told = _as_told(replace(entry, seq=_NOT_YET + len(news)))
            state = apply(state, told)
            after = state.of(told.purpose) if told.purpose else state.elsewhere
            news.append(replace(told, state_after=after.status))
        if not news:
            return self
        numbers = self._write(news, state)
        written = tuple(replace(entry, seq=numbers[entry.event_id]) for entry in news)
        return replace(self, entries=self.entries + written)

    def _write(self, news: Sequence[Entry], state: ConsentState) -> dict[UUID, int]:
        entries = [self._columns(entry) for entry in news]
        standing = [
            (
                random_uid(),
                purpose,
                consent.status.value,
                news[consent.seq - _NOT_YET].event_id if consent.seq >= _NOT_YET else None,
                consent.seq if consent.seq < _NOT_YET else None,
                consent.since,
                consent.valid_until,
                consent.notice_version if consent.permits else None,
            )
            for purpose, consent in sorted(state.purposes.items())
            if consent.since is not None
        ]
        params = [value for row in (*entries, *standing) for value in row]
        whose = [self.subscriber_id] * (2 if standing else 1)
        return dict(run(_append(len(entries), len(standing)), [*params, *whose]))

    def _columns(self, entry: Entry) -> tuple[object, ...]:
        sealed = sealing.seal_evidence(self.key, self.uid, entry.event_id, entry.evidence)
        return (
            entry.event_id,
            entry.purpose,
            entry.kind.value,
            entry.state_after.value,
            entry.occurred_at,
            entry.actor.value,
            entry.method.value,
            entry.notice_id,
            entry.notice_version,
            entry.consent_sentence_sha256,
            entry.evidence_grade.value if entry.evidence_grade else "",
            json.dumps(sealed),
            entry.suspect_automation,
            entry.notice_sha256,
            entry.valid_until,
        )


def hold(subscriber_id: int) -> HeldLedger:
    """Of somebody who is known to exist. Nobody else appends before the caller's transaction ends."""
    [row] = run(_HOLD, [subscriber_id])
    return held(*row)


# What `held` wants to know of a subscriber `s`.
PERSON = "s.id, s.uid, s.address_key, s.wrapped_key, (SELECT uid FROM instance)"
# `NO KEY`: a plain lock would make a goodbye wait for every transaction that only refers to this subscriber.
_HOLD = f"""
SELECT {PERSON} FROM subscriber s
 WHERE s.id = %s FOR NO KEY UPDATE OF s
"""


def held(
    subscriber_id: int, uid: UUID, address_key: bytes, wrapped_key: sealing.Stored, database: UUID
) -> HeldLedger:
    """By the columns PERSON of a subscriber whom the caller's statement has locked just now. Reads the ledger."""
    key = sealing.key_of(uid, wrapped_key)
    entries = read(subscriber_id, uid, key)
    return HeldLedger(subscriber_id, uid, bytes(address_key), key, database, entries)


def hold_mailbox(address: str, address_key: bytes, now: datetime, *, zone: str) -> HeldLedger:
    """Of whoever has this address, held as by `hold`, and made if it is nobody yet (`subscribers.ensure`)."""
    uid = random_uid()
    key, person = sealing.new_person(uid, address, "")
    made = [uid, address_key, person.wrapped_key, person.address, zone, now]
    while True:
        for number, database in run(_MAKE, made):
            return HeldLedger(number, uid, address_key, key, database)  # nobody else has heard of them yet
        for row in run(_HOLD_MAILBOX, [address_key]):
            known = held(*row)
            if known.key is not None:
                return known
            subscribers.ensure(address, address_key, now, zone=zone)  # erased or forgotten: perhaps a new key
            return hold(known.subscriber_id)


_MAKE = """
INSERT INTO subscriber (uid, address_key, wrapped_key, sealed_address, zone, created_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (address_key) DO NOTHING
RETURNING id, (SELECT uid FROM instance)
"""
# Nothing where they were forgotten since the statement above.
_HOLD_MAILBOX = f"""
SELECT {PERSON} FROM subscriber s
 WHERE s.address_key = %s FOR NO KEY UPDATE OF s
"""


@dataclass(frozen=True)
class HeldSubscription:
    """What an unsubscribe link names, with the ledger of whoever it is of. `address` is empty of somebody erased."""

    ledger: HeldLedger
    address: str
    purpose: str
    title: str


def hold_subscription(uid: UUID) -> HeldSubscription | None:
    """By the uid of an unsubscribe link, and held as by `hold`. None where it names nothing."""
    for *person, address, purpose, title in run(_HOLD_SUBSCRIPTION, [uid]):
        ledger = held(*person)
        return HeldSubscription(ledger, ledger.opened(address), purpose, title)
    return None


_HOLD_SUBSCRIPTION = f"""
SELECT {PERSON}, s.sealed_address, u.purpose_id, p.title
  FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id JOIN purpose p ON p.id = u.purpose_id
 WHERE u.uid = %s FOR NO KEY UPDATE OF s
"""


def read(subscriber_id: int, uid: UUID, key: bytes | None) -> tuple[Entry, ...]:
    """All entries of one person, in order. Their evidence is opened when it is looked at."""
    return tuple(_entry(row, uid, key) for row in run(_READ, [subscriber_id]))


_READ = """
SELECT seq, event_id, purpose_id, kind, state_after, occurred_at, actor, method, notice_id, notice_version,
       consent_sentence_sha256, evidence_grade, evidence::text, suspect_automation, notice_sha256, valid_until
  FROM consent_event WHERE subscriber_id = %s ORDER BY seq
"""


def _entry(row: tuple[Any, ...], uid: UUID, key: bytes | None) -> Entry:
    seq, event, purpose, kind, after, at, actor, method, *more = row
    notice, version, sentence, grade, kept, suspect, words, until = more
    return Entry(
        event_id=event,
        kind=EventKind(kind),
        purpose=purpose,
        occurred_at=at,
        actor=Actor(actor),
        method=Method(method),
        state_after=ConsentStatus(after),
        notice_id=notice,
        notice_version=version,
        consent_sentence_sha256=sentence,
        evidence_grade=EvidenceGrade(grade) if grade else None,
        evidence=_Evidence(key, uid, event, kept),
        suspect_automation=suspect,
        notice_sha256=words,
        valid_until=until,
        seq=seq,
    )


class _Evidence(Mapping[str, object]):
    """What an entry holds under seal. Most who read a ledger ask for the state, and never look at it."""

    def __init__(self, key: bytes | None, uid: UUID, event: UUID, kept: str) -> None:
        self._sealed = (key, uid, event, kept)

    @cached_property
    def _opened(self) -> Mapping[str, object]:
        key, uid, event, kept = self._sealed
        return open_evidence(key, uid, event, json.loads(kept))

    def __getitem__(self, name: str) -> object:
        return self._opened[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._opened)

    def __len__(self) -> int:
        return len(self._opened)


_ENTRY = (
    "(%s::uuid, %s::text, %s::text, %s::text, %s::timestamptz, %s::text, %s::text, %s::text, %s::int, %s::text,"
    " %s::text, %s::jsonb, %s::bool, %s::text, %s::timestamptz, {number})"
)
_STANDING = "(%s::uuid, %s::text, %s::text, %s::uuid, %s::bigint, %s::timestamptz, %s::timestamptz, %s::int)"


@lru_cache(maxsize=64)
def _append(entries: int, standing: int) -> str:
    """So many entries, in their order, and so many lines of the projection, in the order of their purposes."""
    rows = ", ".join(_ENTRY.format(number=number) for number in range(entries))
    written = """
INSERT INTO consent_event (event_id, subscriber_id, purpose_id, kind, state_after, occurred_at, actor, method,
                           notice_id, notice_version, consent_sentence_sha256, evidence_grade, evidence,
                           suspect_automation, notice_sha256, valid_until)
SELECT event_id, %s, purpose, kind, after, at, actor, method, notice, version, sentence, grade, evidence, suspect,
       told, until
  FROM said ORDER BY number
RETURNING event_id, seq"""
    said = (
        "said (event_id, purpose, kind, after, at, actor, method, notice, version, sentence, grade, evidence, suspect,"
        f" told, until, number) AS (VALUES {rows})"
    )
    if not standing:
        return f"WITH {said} {written}"
    lines = ", ".join([_STANDING] * standing)
    return f"""
WITH {said}, standing (uid, purpose, status, event_id, seq, since, until, version) AS (VALUES {lines}),
written AS ({written}),
projected AS (
    INSERT INTO subscription AS old (uid, subscriber_id, purpose_id, status, consent_event_id, since, valid_until,
                                     notice_version)
    SELECT s.uid, %s, s.purpose, s.status, coalesce(written.seq, s.seq), s.since, s.until, s.version
      FROM standing s LEFT JOIN written ON written.event_id = s.event_id ORDER BY s.purpose
    ON CONFLICT (subscriber_id, purpose_id) DO UPDATE
       SET status = EXCLUDED.status, consent_event_id = EXCLUDED.consent_event_id, since = EXCLUDED.since,
           valid_until = EXCLUDED.valid_until, notice_version = EXCLUDED.notice_version
     WHERE (old.status, old.consent_event_id) IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.consent_event_id)
)
SELECT event_id, seq FROM written"""


def _as_told(entry: Entry) -> Entry:
    """A yes with the hash of its notice's words, and with the end that the purpose's facts give it (C-09)."""
    if not says_yes(entry.kind) or entry.purpose is None or (entry.notice_sha256 and entry.valid_until):
        return entry
    sha256, until = told(entry.notice_id, entry.notice_version, entry.purpose, entry.occurred_at)
    return replace(entry, notice_sha256=entry.notice_sha256 or sha256, valid_until=entry.valid_until or until)


def told(notice_id: str, version: int | None, purpose: str, at: datetime) -> tuple[str, datetime]:
    """Of a yes under a notice: the hash of the notice's words, empty where none is named, and when the yes ends.

    One that names no notice, or one of an earlier time, lasts as long as the notice in force then says.
    """
    [(sha256, named, then)] = run(_TOLD, [notice_id, version, purpose, at.date()])
    lasts = named or then
    return sha256 or "", (parse(lasts) if lasts else LASTS).after(at)


_TOLD = """
WITH said AS (
    SELECT n.body_sha256, f.valid_for FROM notice_version n
      LEFT JOIN purpose_version f ON f.purpose_id = n.purpose_id AND f.version = n.purpose_version
     WHERE n.notice_id = %s::text AND n.version = %s::int
), "then" AS (
    SELECT f.valid_for FROM notice_version n
      JOIN purpose_version f ON f.purpose_id = n.purpose_id AND f.version = n.purpose_version
     WHERE n.purpose_id = %s::text AND n.effective_from <= %s::date ORDER BY n.version DESC LIMIT 1
)
SELECT (SELECT body_sha256 FROM said), (SELECT valid_for FROM said), (SELECT valid_for FROM "then")
"""
