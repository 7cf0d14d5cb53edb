"""The consent ledger (`held_ledger` has one person's), the projection that the senders join, suppressions, notices."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from pipeline.core.consent.duration import Duration, parse
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import ConsentState, PurposeConsent, fold
from pipeline.core.consent.notice_change import Difference
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.suppression import Door, Reason, Suppression
from pipeline.store import models, sealing
from pipeline.store.held_ledger import hold, read, told
from pipeline.store.prepared import run
from pipeline.store.subscribers import random_uid


def append(subscriber_id: int, entries: Sequence[Entry]) -> ConsentState:
    """Append entries and bring the projection up to date (`HeldLedger.append`), in the caller's transaction or one of
    its own. Returns the state after all of them.
    """
    with transaction.atomic(savepoint=False):
        return hold(subscriber_id).append(entries).state


def ledger(subscriber_id: int) -> list[Entry]:
    """All entries of one person, in order, with their evidence opened: `sealed.ERASED` once its key is destroyed."""
    person = models.Subscriber.objects.get(pk=subscriber_id)
    entries = read(subscriber_id, person.uid, sealing.subject_key(person))
    return [replace(entry, evidence=dict(entry.evidence)) for entry in entries]


def ledger_locked(subscriber_id: int) -> list[Entry]:
    """The same, with the subscriber locked for the caller's transaction: nobody appends meanwhile."""
    return list(hold(subscriber_id).entries)


@dataclass(frozen=True, slots=True)
class StoredSubscription:
    """One subscriber's standing for one purpose. `uid` is what its unsubscribe link names.

    `address` is empty for somebody who was erased. `notice_version` and `valid_until` are those of a yes, and None
    otherwise.
    """

    uid: UUID
    subscriber_id: int
    address: str
    purpose: str
    title: str
    status: ConsentStatus
    since: datetime
    notice_version: int | None = None
    valid_until: datetime | None = None


def subscription(uid: UUID) -> StoredSubscription | None:
    """By the uid of an unsubscribe link."""
    rows = models.Subscription.objects.filter(uid=uid).select_related("subscriber", "purpose")
    return next((_subscription(row) for row in rows), None)


def subscriptions(subscriber_id: int) -> list[StoredSubscription]:
    """All of a subscriber's, in order of purpose."""
    rows = models.Subscription.objects.filter(subscriber_id=subscriber_id).select_related(
        "subscriber", "purpose"
    )
    return [_subscription(row) for row in rows.order_by("purpose_id")]


def _subscription(row: models.Subscription) -> StoredSubscription:
    person = row.subscriber
    address, _ = sealing.opened(person)
    return StoredSubscription(
        row.uid,
        row.subscriber_id,
        address,
        row.purpose_id,
        row.purpose.title,
        ConsentStatus(row.status),
        row.since,
        row.notice_version,
        row.valid_until,
    )


def suppressions(address_key: bytes) -> list[Suppression]:
    """Every suppression of an address, whether or not it is still in force."""
    rows = run(
        "SELECT scope, reason, until, door_since, door_until FROM suppression WHERE address_key = %s ORDER BY id",
        [address_key],
    )
    return [
        Suppression(scope, Reason(reason), until, _door(since, to))
        for scope, reason, until, since, to in rows
    ]


def _door(since: datetime | None, until: datetime | None) -> Door | None:
    return Door(since, until) if since is not None and until is not None else None


@dataclass(frozen=True, slots=True)
class DatedSuppression:
    """A suppression with the day since when it holds."""

    suppression: Suppression
    since: datetime


def dated_suppressions(address_key: bytes) -> list[DatedSuppression]:
    """Every suppression of an address, the oldest first."""
    rows = models.Suppression.objects.filter(address_key=address_key).order_by("created_at", "id")
    return [
        DatedSuppression(
            Suppression(row.scope, Reason(row.reason), row.until, _door(row.door_since, row.door_until)),
            row.created_at,
        )
        for row in rows
    ]


def suppress(address_key: bytes, suppression: Suppression, now: datetime) -> None:
    """Add a suppression; the same one again only lengthens it, and closes a door that was opened in it."""
    row, created = models.Suppression.objects.get_or_create(
        address_key=address_key,
        scope=suppression.scope,
        reason=suppression.reason.value,
        defaults={"created_at": now, "until": suppression.until},
    )
    if not created and row.door_since is not None:
        row.door_since = row.door_until = None
        row.save(update_fields=["door_since", "door_until"])
    if not created and row.until is not None and (suppression.until is None or suppression.until > row.until):
        if row.until <= now:
            row.created_at = now  # it was over, or lifted: it holds again from now on
        row.until = suppression.until
        row.save(update_fields=["until", "created_at"])


def suppression_known(address_key: bytes, suppression: Suppression, at: datetime) -> bool:
    """Whether the database knows that this was added at `at`: it still has it from then or later, or ended it since."""
    rows = models.Suppression.objects.filter(
        address_key=address_key, scope=suppression.scope, reason=suppression.reason.value
    )
    return rows.filter(Q(created_at__gte=at) | Q(until__gte=at)).exists()


def lift(address_key: bytes, suppression: Suppression, now: datetime) -> None:
    """End a suppression now. It stays on record, and the same one again puts it back in force.

    PostgreSQL refuses it for what only the person's fresh act ends, unless a door was opened in it (0020_locks).
    """
    models.Suppression.objects.filter(
        address_key=address_key, scope=suppression.scope, reason=suppression.reason.value
    ).update(until=now)


def open_door(address_key: bytes, suppressions: Iterable[Suppression], door: Door) -> None:
    """Let a sign-up through these, for a while. They go on standing against everything else."""
    for each in suppressions:
        models.Suppression.objects.filter(
            address_key=address_key, scope=each.scope, reason=each.reason.value
        ).update(door_since=door.since, door_until=door.until)


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A notice in force for a purpose, with the purpose's own words.

    `purpose_version` is None for one of an earlier time, which has no facts behind it. `change` is what it is to the
    version before (`core.consent.notice_change.ChangeKind`), and `changed` the differences.
    """

    notice_id: str
    version: int
    purpose: str
    title: str
    cadence: str
    language: str
    body_text: str
    body_sha256: str
    consent_sentence: str
    button_label: str
    policy_url: str
    effective_from: date
    findings: tuple[str, ...] = ()  # names of the rules that it breaks
    purpose_version: int | None = None
    change: str = "first"
    changed: tuple[Difference, ...] = ()
    lasts: Duration | None = None  # how long a yes under it does; None for one that has no facts


def save_notice(notice: StoredNotice, cadence_max_days: int, now: datetime) -> bool:
    """Keep a notice version and its purpose. True if it is new. A version that is kept already is never changed."""
    with transaction.atomic():
        models.Purpose.objects.update_or_create(
            id=notice.purpose,
            defaults={
                "title": notice.title,
                "cadence": notice.cadence,
                "cadence_max_days": cadence_max_days,
            },
        )
        _, created = models.NoticeVersion.objects.get_or_create(
            notice_id=notice.notice_id,
            version=notice.version,
            defaults={
                "purpose_id": notice.purpose,
                "language": notice.language,
                "body_text": notice.body_text,
                "body_sha256": notice.body_sha256,
                "consent_sentence": notice.consent_sentence,
                "button_label": notice.button_label,
                "policy_url": notice.policy_url,
                "effective_from": notice.effective_from,
                "recorded_at": now,
                "findings": list(notice.findings),
                "purpose_version": notice.purpose_version,
                "change": notice.change,
                "changed": [asdict(each) for each in notice.changed],
            },
        )
        return created


def cadence_max_days(purpose: str) -> int:
    """How many days lie between two issues of this list at least, as its notice promises."""
    return models.Purpose.objects.values_list("cadence_max_days", flat=True).get(id=purpose)


def notice(notice_id: str, version: int) -> StoredNotice | None:
    """One version of a notice."""
    return next(iter(_notices("WHERE n.notice_id = %s AND n.version = %s", [notice_id, version])), None)


def notices_named(named: Sequence[tuple[str, int]]) -> list[StoredNotice]:
    """Those versions of notices, each by its id and its number, in this order. What is none is passed over."""
    ids, versions = [notice_id for notice_id, _ in named], [version for _, version in named]
    asked = "JOIN unnest(%s::text[], %s::int[]) WITH ORDINALITY AS asked (name, number, place)"
    rest = f"{asked} ON n.notice_id = asked.name AND n.version = asked.number ORDER BY asked.place"
    return _notices(rest, [ids, versions])


def notice_before(purpose: str, version: int) -> StoredNotice | None:
    """The last version below `version` that was put up for sign-up, whether or not a rule then closed its list."""
    offered = "(n.purpose_version IS NOT NULL OR n.findings = '[]'::jsonb)"
    found = _notices(
        f"WHERE n.purpose_id = %s AND n.version < %s AND {offered} ORDER BY n.version DESC LIMIT 1",
        [purpose, version],
    )
    return next(iter(found), None)


def notices_of(purpose: str) -> list[StoredNotice]:
    """Every version that was ever kept for a purpose, the newest first."""
    return _notices("WHERE n.purpose_id = %s ORDER BY n.version DESC", [purpose])


def all_notices() -> list[StoredNotice]:
    """Every version of every notice, by notice, the oldest version first."""
    return _notices("ORDER BY n.notice_id, n.version", [])


def current_notices(on: date) -> list[StoredNotice]:
    """The notice in force for each list on a day, if it breaks no rule: sign-up is offered for these lists only.

    One that breaks a rule closes its list, although the version before it broke none: that is no longer true (C-43).
    """
    return _in_force(on, "n.purpose_id <> %s", OPEN_TRACKING)


def current_notice(purpose: str, on: date) -> StoredNotice | None:
    """The one that is in force for a purpose, None while nobody can say yes to it."""
    return next(iter(_in_force(on, "n.purpose_id = %s", purpose)), None)


def _in_force(on: date, which: str, purpose: str) -> list[StoredNotice]:
    """The newest of each purpose whose day has come."""
    later = (
        "SELECT 1 FROM notice_version l"
        " WHERE l.purpose_id = n.purpose_id AND l.effective_from <= %s::date AND l.version > n.version"
    )
    rest = f"WHERE {which} AND n.effective_from <= %s::date AND NOT EXISTS ({later}) ORDER BY n.purpose_id"
    return [found for found in _notices(rest, [purpose, on, on]) if not found.findings]


def _notices(rest: str, params: Sequence[object]) -> list[StoredNotice]:
    return [_notice(row) for row in run(f"{_NOTICES} {rest}", params)]


_NOTICES = """
SELECT n.notice_id, n.version, n.purpose_id, p.title, p.cadence, n.language, n.body_text, n.body_sha256,
       n.consent_sentence, n.button_label, n.policy_url, n.effective_from, n.findings::text, n.purpose_version,
       n.change, n.changed::text, f.valid_for
  FROM notice_version n JOIN purpose p ON p.id = n.purpose_id
  LEFT JOIN purpose_version f ON f.purpose_id = n.purpose_id AND f.version = n.purpose_version
"""


def _notice(row: tuple[Any, ...]) -> StoredNotice:
    notice_id, version, purpose, title, cadence, language, body, sha256, *more = row
    sentence, button, policy, since, findings, facts, change, changed, lasts = more
    return StoredNotice(
        notice_id=notice_id,
        version=version,
        purpose=purpose,
        title=title,
        cadence=cadence,
        language=language,
        body_text=body,
        body_sha256=sha256,
        consent_sentence=sentence,
        button_label=button,
        policy_url=policy,
        effective_from=since,
        findings=tuple(json.loads(findings)),
        purpose_version=facts,
        change=change,
        changed=tuple(Difference(**each) for each in json.loads(changed)),
        lasts=parse(lasts) if lasts else None,
    )


def purpose_exists(purpose: str) -> bool:
    """Whether anybody can have consented to it."""
    return models.Purpose.objects.filter(pk=purpose).exists()


def purpose_ids() -> list[str]:
    """All purposes, in order."""
    return list(models.Purpose.objects.order_by("id").values_list("id", flat=True))


def list_exists(purpose: str) -> bool:
    """Whether it is a list: something that mail is sent for."""
    return purpose != OPEN_TRACKING and purpose_exists(purpose)


def list_ids() -> list[str]:
    """The purposes that are lists, in order."""
    return [purpose for purpose in purpose_ids() if purpose != OPEN_TRACKING]


def list_titles(purposes: Iterable[str]) -> dict[str, str]:
    """The title of each list as people see it."""
    return dict(models.Purpose.objects.filter(pk__in=list(purposes)).values_list("id", "title"))


def standing(entries: Iterable[Entry], purpose: str) -> PurposeConsent:
    """Where one person's entries leave one purpose."""
    return fold(entries).of(purpose)


def suppressed_keys(keys: Sequence[bytes], purpose: str, now: datetime) -> dict[bytes, str]:
    """Those of `keys` that may not be brought into a list, each with the reason. "This was not me" holds for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT address_key, min(reason) FROM suppression
             WHERE address_key = ANY(%s) AND (until IS NULL OR until > %s)
               AND scope IN ('all', 'marketing', 'confirmation', 'list:' || %s) GROUP BY address_key
            """,
            [list(keys), now, purpose],
        )
        return {bytes(key): reason for key, reason in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody we know stands for one list, by the projection. `status` None: never heard of it."""

    subscriber_id: int
    status: ConsentStatus | None
    since: datetime | None
    grade: str


def standings(keys: Sequence[bytes], purpose: str) -> dict[bytes, Standing]:
    """Those of `keys` that are subscribers. Takes no lock, so that nobody's goodbye waits for a reader."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.address_key, s.id, u.status, u.since, e.evidence_grade FROM subscriber s
              LEFT JOIN subscription u ON u.subscriber_id = s.id AND u.purpose_id = %s
              LEFT JOIN consent_event e ON e.seq = u.consent_event_id
             WHERE s.address_key = ANY(%s)
            """,
            [purpose, list(keys)],
        )
        return {
            bytes(key): Standing(number, ConsentStatus(status) if status else None, since, grade or "")
            for key, number, status, since, grade in cursor.fetchall()
        }


def events_among(events: Sequence[UUID]) -> set[UUID]:
    """Those of `events` that are in the ledger."""
    return set(models.ConsentEvent.objects.filter(event_id__in=events).values_list("event_id", flat=True))


def suppress_many(keys: Sequence[bytes], suppression: Suppression, now: datetime) -> int:
    """Add one suppression without an end for many, as `suppress` does for one. Returns for how many it is new.

    It only adds and lengthens: what was lifted holds again from now on, and a door that was opened is closed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO suppression AS old (address_key, scope, reason, created_at)
            SELECT DISTINCT key, %s, %s, %s::timestamptz FROM unnest(%s::bytea[]) AS k(key) ORDER BY key
            ON CONFLICT (address_key, scope, reason) DO UPDATE
               SET until = NULL, door_since = NULL, door_until = NULL,
                   created_at = CASE WHEN old.until <= EXCLUDED.created_at THEN EXCLUDED.created_at
                                     ELSE old.created_at END
             WHERE old.until IS NOT NULL OR old.door_since IS NOT NULL
            """,
            [suppression.scope, suppression.reason.value, now, list(keys)],
        )
        return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One row of a list, ready to be kept. `line` is where it stood.

    `permits`: whether the yes counts; a deficient one does not, unless by `method` (C-43). `evidence` is what this row
    adds to that of the whole list.
    """

    address_key: bytes
    address: str
    given_name: str
    zone: str
    line: int
    grade: EvidenceGrade = EvidenceGrade.IMPORTED
    permits: bool = True
    method: Method = Method.IMPORT
    notice_id: str = ""
    notice_version: int | None = None
    consent_sentence_sha256: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    event_id: UUID | None = None  # the idempotency key; a random one where none is given


def import_new(
    rows: Sequence[ImportedRow], purpose: str, evidence: Mapping[str, object], now: datetime
) -> set[bytes]:
    """Keep the rows whose mailboxes are new: subscriber, ledger entry and projection in one statement.

    A person without an entry has a state that needs no fold: the import gives it. Returns the keys that were new.
    """
    uids, events = [random_uid() for _ in rows], [row.event_id or random_uid() for row in rows]
    drawn = [
        sealing.new_person(uid, row.address, row.given_name) for uid, row in zip(uids, rows, strict=True)
    ]
    people = [person for _, person in drawn]
    said = [
        json.dumps(sealing.seal_evidence(key, uid, event, {**evidence, **row.evidence, "line": row.line}))
        for (key, _), uid, event, row in zip(drawn, uids, events, rows, strict=True)
    ]
    named = {(row.notice_id, row.notice_version) for row in rows}
    facts = {notice: told(*notice, purpose, now) for notice in named}
    with connection.cursor() as cursor:
        cursor.execute(
            _IMPORT_NEW,
            {
                "keys": [row.address_key for row in rows],
                "wrapped": [person.wrapped_key for person in people],
                "addresses": [person.address for person in people],
                "names": [person.name for person in people],
                "zones": [row.zone for row in rows],
                "lines": [row.line for row in rows],
                "grades": [row.grade.value for row in rows],
                "permits": [row.permits for row in rows],
                "methods": [row.method.value for row in rows],
                "notices": [row.notice_id for row in rows],
                "versions": [row.notice_version for row in rows],
                "sentences": [row.consent_sentence_sha256 for row in rows],
                "uids": uids,
                "events": events,
                "links": [random_uid() for _ in rows],
                "purpose": purpose,
                "evidence": said,
                "hashes": [facts[row.notice_id, row.notice_version][0] for row in rows],
                "untils": [facts[row.notice_id, row.notice_version][1] for row in rows],
                "now": now,
                "kind": EventKind.LEGACY_IMPORTED.value,
                "given": ConsentStatus.GIVEN.value,
                "unknown": ConsentStatus.UNKNOWN.value,
                "actor": Actor.CONTROLLER_USER.value,
            },
        )
        return {bytes(row[0]) for row in cursor.fetchall()}


_IMPORT_NEW = """
WITH row AS (
    SELECT * FROM unnest(%(keys)s::bytea[], %(wrapped)s::bytea[], %(addresses)s::bytea[], %(names)s::bytea[],
                         %(zones)s::text[], %(lines)s::int[], %(grades)s::text[], %(permits)s::bool[],
                         %(methods)s::text[], %(notices)s::text[], %(versions)s::int[], %(sentences)s::text[],
                         %(uids)s::uuid[], %(events)s::uuid[], %(links)s::uuid[], %(evidence)s::text[],
                         %(hashes)s::text[], %(untils)s::timestamptz[])
           AS r(address_key, wrapped_key, address, given_name, zone, line, grade, permits, method, notice_id,
                notice_version, sentence, uid, event_id, link, evidence, notice_sha256, valid_until)
), person AS (
    INSERT INTO subscriber (uid, wrapped_key, sealed_address, address_key, sealed_name, zone, created_at)
    SELECT uid, wrapped_key, address, address_key, given_name, zone, %(now)s FROM row
    ON CONFLICT (address_key) DO NOTHING RETURNING id, address_key
), entry AS (
    INSERT INTO consent_event (event_id, subscriber_id, purpose_id, kind, state_after, occurred_at, actor, method,
                               notice_id, notice_version, consent_sentence_sha256, evidence_grade, evidence,
                               suspect_automation, notice_sha256, valid_until)
    SELECT row.event_id, person.id, %(purpose)s, %(kind)s, CASE WHEN permits THEN %(given)s ELSE %(unknown)s END,
           %(now)s, %(actor)s, method, notice_id, notice_version, sentence, grade, row.evidence::jsonb, false,
           notice_sha256, valid_until
      FROM person JOIN row USING (address_key) ORDER BY row.line
    RETURNING seq, subscriber_id
), projection AS (
    INSERT INTO subscription (uid, subscriber_id, purpose_id, status, consent_event_id, since, valid_until,
                              notice_version)
    SELECT row.link, person.id, %(purpose)s, %(given)s, entry.seq, %(now)s, valid_until, notice_version
      FROM entry JOIN person ON person.id = entry.subscriber_id JOIN row USING (address_key)
     WHERE permits ORDER BY row.line
)
SELECT address_key FROM person
"""
