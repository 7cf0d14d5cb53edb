"""Requests to confirm an address, and the letters that ask."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.limits import Counts, Limit
from pipeline.core.consent.sealed import open_evidence
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.store import models, periods, sealing
from pipeline.store.held_ledger import PERSON, HeldLedger
from pipeline.store.held_ledger import held as held_ledger
from pipeline.store.prepared import run
from pipeline.store.subscribers import random_uid


@dataclass(frozen=True, slots=True)
class AskedFor:
    """One purpose that a sign-up named, and the notice that was on the page."""

    purpose: str
    notice_id: str
    notice_version: int


@dataclass(frozen=True, slots=True)
class StoredConfirmation:
    id: int
    uid: UUID
    subscriber_id: int
    address: str
    purposes: tuple[AskedFor, ...]
    state: str  # pending | held | confirmed | refused | expired | dropped
    evidence: Mapping[str, object]
    created_at: datetime
    expires_at: datetime
    held: str = ""  # why it is or was held
    address_key: bytes = b""  # there also when the address is forgotten


@dataclass(frozen=True, slots=True)
class Counted:
    """What the limits count a request by, beside its address: keyed hashes, and whether the puzzle was solved."""

    network_key: bytes | None = None
    domain_key: bytes | None = None
    solved: bool = False


WAITING = ("pending", "held")
# What the ledger of somebody holds who was asked and never answered with a yes.
UNANSWERED = (
    EventKind.CONSENT_REQUESTED,
    EventKind.CONFIRM_SENT,
    EventKind.CONFIRM_RESENT,
    EventKind.CONFIRM_EXPIRED,
    EventKind.CONSENT_REFUSED,
)


def request(
    ledger: HeldLedger,
    purposes: Sequence[AskedFor],
    evidence: Mapping[str, object],
    counted: Counted,
    now: datetime,
    expires_at: datetime,
    *,
    held: Limit | None = None,
) -> UUID:
    """Keep a request and queue its letter, in the transaction that holds the ledger. Returns its uid.

    `held`: why a person looks at it first; then no letter is queued.
    """
    uid = random_uid()
    sealed = sealing.seal_evidence(ledger.key, ledger.uid, uid, evidence)
    run(
        _REQUEST if held else _REQUEST_AND_LETTER,
        {
            "uid": uid,
            "who": ledger.subscriber_id,
            "purposes": json.dumps([asdict(each) for each in purposes]),
            "state": "held" if held else "pending",
            "evidence": json.dumps(sealed),
            "network": counted.network_key,
            "domain": counted.domain_key,
            "solved": counted.solved,
            "held": held.value if held else "",
            "now": now,
            "until": expires_at,
            **(
                {}
                if held
                else {"period": periods.ready(now), "letter": random_uid(), "key": ledger.address_key}
            ),
        },
    )
    return uid


_REQUEST = """
INSERT INTO confirmation (uid, subscriber_id, purposes, state, evidence, network_key, domain_key, solved, held,
                          created_at, expires_at)
VALUES (%(uid)s, %(who)s, %(purposes)s::jsonb, %(state)s, %(evidence)s::jsonb, %(network)s, %(domain)s, %(solved)s,
        %(held)s, %(now)s::timestamptz, %(until)s::timestamptz)
"""
_REQUEST_AND_LETTER = f"""
WITH asked AS ({_REQUEST} RETURNING id, subscriber_id)
INSERT INTO delivery (period, uid, stream, confirmation_id, subscriber_id, address_key, state, next_attempt_at,
                      expires_at, created_at)
SELECT %(period)s, %(letter)s::uuid, 'confirmation', id, subscriber_id, %(key)s, {DeliveryState.QUEUED:d},
       %(now)s::timestamptz, %(until)s::timestamptz, %(now)s::timestamptz FROM asked
"""


def release(confirmation_id: int, address_key: bytes, now: datetime, expires_at: datetime) -> None:
    """Let a held request go on: it waits for its answer from now on, and its letter is queued."""
    row = models.Confirmation.objects.get(pk=confirmation_id, state="held")
    row.state, row.expires_at = "pending", expires_at
    row.save(update_fields=["state", "expires_at"])
    _queue(row, address_key, now)


def _queue(row: models.Confirmation, address_key: bytes, now: datetime) -> None:
    models.Delivery.objects.create(
        period=periods.ready(now),
        uid=random_uid(),
        stream="confirmation",
        confirmation=row,
        subscriber_id=row.subscriber_id,
        address_key=address_key,
        next_attempt_at=now,
        expires_at=row.expires_at,
        created_at=now,
    )


def by_uid(uid: UUID, *, lock: bool = False) -> StoredConfirmation | None:
    """By the uid of a link; `lock` holds it for the caller's transaction."""
    rows = models.Confirmation.objects.filter(uid=uid).select_related("subscriber")
    return next((_stored(row) for row in (rows.select_for_update(of=("self",)) if lock else rows)), None)


@dataclass(frozen=True, slots=True)
class HeldConfirmation:
    """A request, and the ledger of whoever it is of, both held for the caller's transaction."""

    confirmation: StoredConfirmation
    ledger: HeldLedger


def hold(uid: UUID) -> HeldConfirmation | None:
    """By the uid of a link. The request is locked before its subscriber, as everywhere."""
    for *person, sealed_address, number, purposes, state, evidence, asked, ends, why in run(_HOLD, [uid]):
        ledger = held_ledger(*person)
        found = StoredConfirmation(
            id=number,
            uid=uid,
            subscriber_id=ledger.subscriber_id,
            address=ledger.opened(sealed_address),
            purposes=tuple(AskedFor(**each) for each in json.loads(purposes)),
            state=state,
            evidence=open_evidence(ledger.key, ledger.uid, uid, json.loads(evidence)),
            created_at=asked,
            expires_at=ends,
            held=why,
            address_key=ledger.address_key,
        )
        return HeldConfirmation(found, ledger)
    return None


_HOLD = f"""
SELECT {PERSON}, s.sealed_address, c.id,
       c.purposes::text, c.state, c.evidence::text, c.created_at, c.expires_at, c.held
  FROM confirmation c JOIN subscriber s ON s.id = c.subscriber_id
 WHERE c.uid = %s FOR UPDATE OF c FOR NO KEY UPDATE OF s
"""


def by_id(confirmation_id: int) -> StoredConfirmation:
    """One that is known to exist."""
    return _stored(models.Confirmation.objects.select_related("subscriber").get(pk=confirmation_id))


def of_subscriber(subscriber_id: int) -> list[StoredConfirmation]:
    """All of one person's, in order."""
    rows = models.Confirmation.objects.filter(subscriber_id=subscriber_id).select_related("subscriber")
    return [_stored(row) for row in rows.order_by("created_at", "id")]


def close(confirmation_id: int, state: str) -> None:
    """End a request that still waits, for an answer or for review: `confirmed`, `expired` or `dropped`."""
    run(
        "UPDATE confirmation SET state = %s WHERE id = %s AND state IN ('pending', 'held')",
        [state, confirmation_id],
    )


def end_all(subscriber_id: int) -> None:
    """End every request of one person that still waits, and hold all of them for the caller's transaction."""
    rows = models.Confirmation.objects.filter(subscriber_id=subscriber_id)
    list(rows.order_by("id").select_for_update().values_list("id"))
    rows.filter(state__in=WAITING).update(state="expired")


def refuse(confirmation_id: int) -> None:
    """The owner of the address said no, whatever had become of the request."""
    models.Confirmation.objects.filter(pk=confirmation_id).update(state="refused")


def expired(now: datetime, limit: int = 500) -> list[StoredConfirmation]:
    """Requests whose time is over and that still wait."""
    rows = models.Confirmation.objects.filter(state__in=WAITING, expires_at__lte=now).select_related(
        "subscriber"
    )
    return [_stored(row) for row in rows.order_by("id")[:limit]]


def held(limit: int = 500) -> list[StoredConfirmation]:
    """Requests that wait for review, the oldest first."""
    rows = models.Confirmation.objects.filter(state="held").select_related("subscriber")
    return [_stored(row) for row in rows.order_by("id")[:limit]]


def count_held() -> int:
    """How many wait for review."""
    return models.Confirmation.objects.filter(state="held").count()


def asked_since(moment: datetime) -> int:
    """How many requests have come since then."""
    return models.Confirmation.objects.filter(created_at__gt=moment).count()


def hold_network(network_key: bytes | None) -> None:
    """One sign-up of a network at a time, until the caller's transaction ends: none is counted past its limit."""
    if network_key is not None:
        lock = int.from_bytes(network_key[:8], "big", signed=True)
        run("SELECT pg_advisory_xact_lock(%s::bigint)", [lock])


def counts(subscriber_id: int, purposes: Sequence[str], counted: Counted, now: datetime) -> Counts:
    """What the limits of D-06 are measured against. The caller holds the subscriber and the network."""
    [row] = run(
        _COUNTS,
        {
            "who": subscriber_id,
            "network": counted.network_key,
            "domain": counted.domain_key,
            "purposes": list(purposes),
            "moments": now - timedelta(minutes=10),
            "hour": now - timedelta(hours=1),
            "day": now - timedelta(days=1),
            "month": now - timedelta(days=30),
        },
    )
    return Counts(*row)


# In the order of `Counts`. Each of the three looks only at what an index finds.
_COUNTS = """
WITH mine AS (
    SELECT created_at FROM confirmation c
     WHERE subscriber_id = %(who)s AND created_at > %(month)s
       AND EXISTS (SELECT 1 FROM jsonb_array_elements(c.purposes) p WHERE p->>'purpose' = ANY(%(purposes)s::text[]))
), recent AS (
    SELECT state, created_at, solved, network_key = %(network)s::bytea AS network,
           domain_key = %(domain)s::bytea AS domain
      FROM confirmation WHERE created_at > %(hour)s
)
SELECT (SELECT count(*) FROM mine WHERE created_at > %(day)s) AS list_day,
       (SELECT count(*) FROM mine) AS list_month,
       count(*) FILTER (WHERE network AND state = 'pending') AS network_hour,
       count(*) FILTER (WHERE state NOT IN ('held', 'dropped')) AS everywhere_hour,
       count(*) FILTER (WHERE network AND state = 'pending' AND created_at > %(moments)s) AS network_sudden,
       count(*) FILTER (WHERE network AND NOT solved AND state NOT IN ('held', 'dropped')) AS unsolved_network_hour,
       count(*) FILTER (WHERE NOT solved AND state NOT IN ('held', 'dropped')) AS unsolved_everywhere_hour,
       count(*) FILTER (WHERE domain AND state NOT IN ('held', 'dropped')) AS domain_hour,
       count(*) FILTER (WHERE network AND state = 'held') AS held_network_hour,
       (SELECT count(*) FROM confirmation WHERE state = 'held' AND expires_at > %(day)s) AS held_everywhere
  FROM recent
"""


def unanswered(before: datetime, limit: int = 500, *, subscriber_id: int | None = None) -> list[int]:
    """The people, in order of their ids, of whom nothing is known but requests that ended before then unanswered.

    They never said yes, by whatever door. Those whom `subscribers.forget` has forgotten are not named again.
    `subscriber_id` asks about one alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.id FROM subscriber s
             WHERE s.wrapped_key IS NOT NULL AND (%(who)s::bigint IS NULL OR s.id = %(who)s)
               AND s.id IN (SELECT subscriber_id FROM confirmation WHERE expires_at <= %(before)s)
               AND NOT EXISTS (SELECT 1 FROM confirmation c WHERE c.subscriber_id = s.id
                                AND (c.expires_at > %(before)s OR c.state IN ('pending', 'held', 'confirmed')))
               AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.subscriber_id = s.id AND e.kind <> ALL(%(only)s))
             ORDER BY s.id LIMIT %(limit)s
            """,
            {
                "before": before,
                "only": [kind.value for kind in UNANSWERED],
                "limit": limit,
                "who": subscriber_id,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def strip(subscriber_id: int) -> None:
    """Take from someone's requests all but what the limits count: what, when, and how it ended (D-05)."""
    models.Confirmation.objects.filter(subscriber_id=subscriber_id).update(
        evidence={}, network_key=None, domain_key=None
    )


def _stored(row: models.Confirmation) -> StoredConfirmation:
    person = row.subscriber
    key = sealing.subject_key(person)
    return StoredConfirmation(
        id=row.pk,
        uid=row.uid,
        subscriber_id=row.subscriber_id,
        address=sealing.opened(person)[0],
        purposes=tuple(AskedFor(p["purpose"], p["notice_id"], p["notice_version"]) for p in row.purposes),
        state=row.state,
        evidence=open_evidence(key, person.uid, row.uid, row.evidence),
        created_at=row.created_at,
        expires_at=row.expires_at,
        held=row.held,
        address_key=bytes(row.subscriber.address_key),
    )
