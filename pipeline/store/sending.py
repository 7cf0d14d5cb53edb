"""What a sender asks of the database: claim, commit the intents, settle (delivery.md B3).

Hand-written SQL, since what each statement reads and locks is the promise. All of it is asynchronous, for groups of
deliveries of one `period`, on connections that commit each statement (store.link). Leases run on the database's clock
alone; `now` is the product's clock and decides only what is due and what has expired.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import AsyncConnection

from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.sealed import DamagedError, UnknownKeyError
from pipeline.core.consent.suppression import Reason
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.settlement import Settlement
from pipeline.core.message.note import NoteKind
from pipeline.settings import current
from pipeline.store import sealing
from pipeline.store.clearance import CLEARED
from pipeline.store.standing import CARRIES, UP_TO_DATE, must_renew_sql

Link = AsyncConnection[Any]

# Eleven minutes: a slow relay may take its time, as RFC 5321 lets it, and still find the lease good at the dot. A
# sender that dies is found by its journal long before (docs/decisions/0002).
LEASE = f"interval '{current().lease_seconds} seconds'"

QUEUED, LEASED, SENDING, ACCEPTED = (
    int(DeliveryState.QUEUED),
    int(DeliveryState.LEASED),
    int(DeliveryState.SENDING),
    int(DeliveryState.ACCEPTED),
)

# Notes that ask for a new yes.
ASKING = ", ".join(f"'{kind.value}'" for kind in (NoteKind.ASK_AGAIN, NoteKind.RECONFIRM))


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A leased delivery with all that its message needs. `uid` is 16 random bytes."""

    id: int
    period: date
    uid: UUID
    stream: str
    address: str
    given_name: str
    attempt_no: int
    ambiguous_attempts: int
    created_at: datetime
    expires_at: datetime
    mailing_id: int | None
    revision_id: int | None
    confirmation_id: int | None
    subscription_uid: UUID | None
    subscribed_since: datetime | None
    policy: str
    confirmation_uid: UUID | None = None
    confirmation_purposes: list[dict[str, Any]] | None = None
    note_uid: UUID | None = None
    note_kind: str | None = None
    note_values: dict[str, str] | None = None
    open_uid: UUID | None = None  # of the yes by which this message has the picture that measures (C-31)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


# --- who sends


async def begin(link: Link, token: UUID, host: str, boot_id: str, route: str) -> int:
    """Enter a sender under its lease. Returns the epoch that its intents must carry (B8).

    It waits for the disk, whatever the connection does else: hosts that cannot see the journal look for this row.
    """
    async with link.transaction():
        await link.execute("SET LOCAL synchronous_commit = on")
        found = await link.execute(
            """
            WITH entered AS (
                INSERT INTO sender (token, host, boot_id, route, started_at, beat_at)
                VALUES (%s, %s, %s, %s, clock_timestamp(), clock_timestamp()))
            SELECT epoch FROM instance
            """,
            [token, host, boot_id, route],
        )
    row = await found.fetchone()
    return int(row[0]) if row else 0


async def beat(link: Link, token: UUID) -> None:
    """Show that the sender lives, to those who cannot see its journal: hosts other than its own (B4)."""
    await link.execute(
        "UPDATE sender SET beat = beat + 1, beat_at = clock_timestamp() WHERE token = %s", [token]
    )


async def end(link: Link, token: UUID) -> None:
    """The sender has settled all it held and is gone. One that did not say so is for the reaper."""
    await link.execute("UPDATE sender SET ended_at = clock_timestamp() WHERE token = %s", [token])


# --- claim


async def claim(
    link: Link,
    token: UUID,
    limit: int,
    now: datetime,
    *,
    letters: bool = True,
    issues: bool = True,
    held: Collection[int] = (),
) -> list[ClaimedDelivery]:
    """Lease up to `limit` due deliveries to `token`. Letters that somebody waits for go before issues.

    `held` are those that the sender believes it holds. A claim does not wait for the disk, so that a crash of the
    database can take one back. Under the same token a second claim could not be told from the first, and the end of an
    attempt under the first would be recorded as that of a dot which is just being sent under the second.
    """
    found = await link.execute(
        _CLAIM_MEASURED if current().measure_opens else _CLAIM,
        {
            "now": now,
            "limit": limit,
            "token": token,
            "letters": letters,
            "issues": issues,
            "held": _array(held),
        },
    )
    return await _readable(link, token, await found.fetchall())


# A yes that is younger than the delivery does not count for it: else a message that may have left could not be made
# again with the same bytes once its reader has agreed. A no counts at once, and changes them (docs/engine.md).
_OF_YES = f"""
  {must_renew_sql(f"'{OPEN_TRACKING}'").strip()}
  LEFT JOIN LATERAL (SELECT s.uid FROM subscription s
                      WHERE s.subscriber_id = d.subscriber_id AND s.purpose_id = '{OPEN_TRACKING}'
                        AND s.since < d.created_at AND {CARRIES}) o ON true"""


# One lock for each row, that of the delivery: whoever writes a line of the outbox holds the delivery already, so that
# who has locked the one waits for nobody at the other. By its place (ctid) a row that is locked need not be looked up.
def _claim(yes: str = "", of_yes: str = "", no_yes: str = "") -> str:
    """`yes` is what else is read of an issue's reader, `of_yes` where from, `no_yes` its place in a letter's row."""
    return f"""
WITH letters AS (
    SELECT o.delivery_id, o.period, d.ctid AS place, o.next_attempt_at, 0 AS turn,
           NULL::bigint AS revision_id, 'always_resend' AS policy, NULL AS purpose_id
      FROM outbox o JOIN delivery d ON d.id = o.delivery_id AND d.period = o.period AND d.state = {QUEUED}
     WHERE o.waiting AND o.mailing_id IS NULL AND o.next_attempt_at <= %(now)s AND %(letters)s
       AND o.delivery_id <> ALL(%(held)s::bigint[])
       AND (SELECT sending_enabled FROM instance)
     ORDER BY o.mailing_id, o.next_attempt_at, o.delivery_id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
), issues AS (
    SELECT o.delivery_id, o.period, o.place, o.next_attempt_at, 1 AS turn, m.revision_id, c.policy, c.purpose_id
      FROM mailing m JOIN campaign c ON c.id = m.campaign_id AND c.state = 'running'
     CROSS JOIN LATERAL (
        SELECT o.delivery_id, o.period, d.ctid AS place, o.next_attempt_at
          FROM outbox o JOIN delivery d ON d.id = o.delivery_id AND d.period = o.period AND d.state = {QUEUED}
         WHERE o.waiting AND o.mailing_id = m.id AND o.next_attempt_at <= %(now)s
           AND o.delivery_id <> ALL(%(held)s::bigint[])
         ORDER BY o.next_attempt_at, o.delivery_id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED) o
     WHERE m.state = 'sending' AND %(issues)s AND (SELECT sending_enabled FROM instance) AND {CLEARED}
), chosen AS (
    SELECT * FROM (SELECT * FROM letters UNION ALL SELECT * FROM issues) due
     ORDER BY turn, next_attempt_at, delivery_id LIMIT %(limit)s
), taken AS (
    UPDATE delivery d
       SET state = {LEASED}, lease_token = %(token)s, lease_until = clock_timestamp() + {LEASE}
      FROM chosen n WHERE d.ctid = n.place AND d.period = n.period AND d.id = n.delivery_id AND d.state = {QUEUED}
    RETURNING d.id, d.period, d.uid, d.stream, d.attempt_no, d.ambiguous_attempts, d.created_at, d.expires_at,
              d.mailing_id, d.confirmation_id, d.note_id, d.test_send_id, d.subscriber_id, n.revision_id, n.policy,
              n.purpose_id
)
SELECT d.id, d.period, d.uid, d.stream, NULL, s.uid, s.wrapped_key, s.sealed_address, s.sealed_name, d.attempt_no,
       d.ambiguous_attempts, d.created_at, d.expires_at, d.mailing_id, d.revision_id, d.confirmation_id, u.uid,
       u.since, d.policy, NULL::uuid, NULL::jsonb, NULL::uuid, NULL::text, NULL::jsonb{yes}
  FROM taken d
  LEFT JOIN subscriber s ON s.id = d.subscriber_id
  LEFT JOIN subscription u ON u.subscriber_id = d.subscriber_id AND u.purpose_id = d.purpose_id{of_yes}
 WHERE d.mailing_id IS NOT NULL
 UNION ALL
SELECT d.id, d.period, d.uid, d.stream, coalesce(t.address, nullif(y.address, '')), s.uid, s.wrapped_key,
       coalesce(y.sealed_address, s.sealed_address), s.sealed_name, d.attempt_no, d.ambiguous_attempts, d.created_at,
       d.expires_at, NULL,
       t.revision_id, d.confirmation_id, NULL, NULL, d.policy, f.uid, f.purposes, y.uid, y.kind, y.values{no_yes}
  FROM taken d
  LEFT JOIN test_send t ON t.id = d.test_send_id
  LEFT JOIN confirmation f ON f.id = d.confirmation_id
  LEFT JOIN note y ON y.id = d.note_id
  LEFT JOIN subscriber s ON s.id = d.subscriber_id
 WHERE d.mailing_id IS NULL
 ORDER BY 14 NULLS FIRST, 1
"""


_CLAIM = _claim()
_CLAIM_MEASURED = _claim(", o.uid", _OF_YES, ", NULL::uuid")


async def _readable(link: Link, token: UUID, rows: Sequence[tuple[Any, ...]]) -> list[ClaimedDelivery]:
    """Those whose mailbox is known. Whoever was erased meanwhile is settled as suppressed, and a row that was tampered
    with as failed: one of them must not hold up the others. What was sealed under a secret that came after this sender
    is another's to send.
    """
    claimed, away, later = [], [], []
    for row in rows:
        id_, period, uid, stream, address, subscriber, wrapped_key, sealed_address, sealed_name, *more = row
        name = ""
        try:
            if address is None:
                address, name = sealing.open_person(subscriber, wrapped_key, sealed_address, sealed_name)
        except DamagedError:
            away.append((id_, period, int(DeliveryState.FAILED), "unreadable"))
            continue
        except UnknownKeyError:
            later.append((id_, period))
            continue
        if address:
            claimed.append(ClaimedDelivery(id_, period, uid, stream, address, name, *more))
        else:
            away.append((id_, period, int(DeliveryState.SUPPRESSED), Reason.ERASED.value))
    for delivery, period, state, reason in away:
        await link.execute(
            f"""
            UPDATE delivery SET state = %s, reason = %s, done_at = clock_timestamp(), lease_token = NULL,
                   lease_until = NULL
             WHERE id = %s AND period = %s AND state = {LEASED} AND lease_token = %s
            """,
            [state, reason, delivery, period, token],
        )
    for delivery, period in later:
        await link.execute(
            f"""
            UPDATE delivery SET state = {QUEUED}, lease_token = NULL, lease_until = NULL
             WHERE id = %s AND period = %s AND state = {LEASED} AND lease_token = %s
            """,
            [delivery, period, token],
        )
    return claimed


async def release(link: Link, token: UUID, keep: Collection[int] = ()) -> int:
    """Give back what `token` has leased and not begun to send, but for those in `keep`. Returns how many."""
    done = await link.execute(
        f"""
        UPDATE delivery d SET state = {QUEUED}, lease_token = NULL, lease_until = NULL
          FROM outbox o
         WHERE NOT o.waiting AND d.id = o.delivery_id AND d.period = o.period
           AND d.state = {LEASED} AND d.lease_token = %s AND d.id <> ALL(%s::bigint[])
        """,
        [token, list(keep)],
    )
    return done.rowcount


def _array(numbers: Iterable[int]) -> str:
    """Integers as PostgreSQL writes an array: psycopg would ask of each for its type."""
    return f"{{{','.join(map(str, numbers))}}}"


# --- the intent


async def record_intents(
    link: Link,
    token: UUID,
    epoch: int,
    route: str,
    deliveries: Sequence[ClaimedDelivery],
    now: datetime,
) -> set[int]:
    """Commit that the final dots of these deliveries are about to be sent, where consent, the campaign and whoever
    answers for its words still allow it (B3, step 3). Returns the ids that were allowed; no dot may be sent for the
    others, nor when this raises.

    `FOR SHARE` on the subscriptions orders this against an unsubscribe: whichever commits first is seen by the other.
    The commit waits for the disk: without that, a crash of the database sent 108 of a few thousand twice (fact 6).
    """
    allowed: set[int] = set()
    groups: dict[tuple[date, bool], list[int]] = {}
    mailings = list({delivery.mailing_id for delivery in deliveries if delivery.mailing_id is not None})
    for delivery in deliveries:
        groups.setdefault((delivery.period, delivery.mailing_id is not None), []).append(delivery.id)
    # All or none: whoever asks again after a deadlock would be told of those already committed that they may not go.
    async with link.transaction() if len(groups) > 1 else nullcontext():
        for (period, newsletter), ids in groups.items():
            values = {
                "ids": _array(ids),
                "period": period,
                "now": now,
                "token": token,
                "epoch": epoch,
                "route": route,
            }
            found = await (
                link.execute(_NEWSLETTER_INTENT, values | {"mailings": _array(mailings)})
                if newsletter
                else link.execute(_LETTER_INTENT, values)
            )
            allowed.update(row[0] for row in await found.fetchall())
    return allowed


_INTENT = f"""
    UPDATE delivery d
       SET state = {SENDING}, attempt_no = attempt_no + 1, consent_event_id = ok.consent_event_id,
           intent_at = clock_timestamp(), lease_until = clock_timestamp() + {LEASE}, route = %(route)s
      FROM ok
     WHERE d.ctid = ok.place AND d.id = ok.id AND d.period = %(period)s  -- looked up once: ok saw the same row
       AND d.state = {LEASED} AND d.lease_token = %(token)s AND d.lease_until > clock_timestamp()
    RETURNING d.id
"""

_NEWSLETTER_INTENT = f"""
WITH running AS MATERIALIZED (  -- a mailing is looked up once, and not for each of its letters
    SELECT m.id, c.purpose_id, must.version, must.since
      FROM instance n JOIN mailing m ON m.id = ANY(%(mailings)s::bigint[]) AND m.state = 'sending'
      JOIN campaign c ON c.id = m.campaign_id AND c.state = 'running'{must_renew_sql("c.purpose_id")}
     WHERE n.sending_enabled AND n.epoch = %(epoch)s AND {CLEARED}
), ok AS MATERIALIZED (
    SELECT d.id, d.ctid AS place, s.consent_event_id
      FROM unnest(%(ids)s::bigint[]) AS asked(id)
      JOIN delivery d ON d.id = asked.id AND d.period = %(period)s AND d.expires_at > %(now)s
      JOIN running must ON must.id = d.mailing_id
      JOIN subscription s ON s.subscriber_id = d.subscriber_id AND s.purpose_id = must.purpose_id
                         AND {CARRIES}
     WHERE NOT EXISTS (SELECT 1 FROM suppression x
                        WHERE x.address_key = d.address_key AND (x.until IS NULL OR x.until > %(now)s)
                          AND x.scope IN ('all', 'marketing', 'list:' || must.purpose_id))
     ORDER BY s.id  -- one order for all who lock
       FOR SHARE OF s)
{_INTENT}
"""

# Of a suppression `x` and a confirmation `f`: it was not asked for through a door that staff had opened in the other.
CLOSED = "(f.created_at >= x.door_since AND f.created_at < x.door_until) IS NOT TRUE"

# A confirmation is stopped by `all` and by "this was not me" alone (B-30). A bounce stops none that was asked for
# after it: such a letter alone can show that the mailbox is back (B-10). A test goes to the staff who asked for it.
# A note that lives by consent for a list is ordered against an unsubscribe as an issue is, and stopped by the same;
# only the one that asks for a new yes goes to a yes that is outdated.
_LETTER_INTENT = f"""
WITH consented AS MATERIALIZED (
    SELECT d.id, s.consent_event_id, y.purpose_id
      FROM unnest(%(ids)s::bigint[]) AS asked(id)
      JOIN delivery d ON d.id = asked.id AND d.period = %(period)s
      JOIN note y ON y.id = d.note_id
      {must_renew_sql("y.purpose_id").strip()}
      JOIN subscription s ON s.subscriber_id = d.subscriber_id AND s.purpose_id = y.purpose_id
                         AND s.status IN ('given', 'renewed') AND s.valid_until > %(now)s
                         AND (y.kind IN ({ASKING}) OR {UP_TO_DATE})
     ORDER BY s.id
       FOR SHARE OF s
), ok AS MATERIALIZED (
    SELECT d.id, d.ctid AS place, c.consent_event_id
      FROM instance n CROSS JOIN unnest(%(ids)s::bigint[]) AS asked(id)
      JOIN delivery d ON d.id = asked.id AND d.period = %(period)s AND d.expires_at > %(now)s
      LEFT JOIN confirmation f ON f.id = d.confirmation_id
      LEFT JOIN note y ON y.id = d.note_id
      LEFT JOIN consented c ON c.id = d.id
     WHERE n.sending_enabled AND n.epoch = %(epoch)s
       AND (d.stream = 'test' OR f.state = 'pending'
            OR (y.id IS NOT NULL AND (y.purpose_id IS NULL OR c.id IS NOT NULL)))
       AND NOT EXISTS (SELECT 1 FROM suppression x
                        WHERE x.address_key = d.address_key AND (x.until IS NULL OR x.until > %(now)s)
                          AND (x.scope IN ('all', 'confirmation')
                               OR (y.purpose_id IS NOT NULL AND x.scope IN ('marketing', 'list:' || y.purpose_id)))
                          AND (x.reason <> 'hard_bounce' OR f.id IS NULL OR x.created_at >= f.created_at)
                          AND {CLOSED}))
{_INTENT}
"""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an intent was not recorded: the state the delivery belongs in now, and the reason in a word."""

    state: DeliveryState
    reason: str


async def obstacles(link: Link, period: date, ids: Sequence[int], now: datetime) -> dict[int, Obstacle]:
    """Say why `record_intents` left these out. A delivery that nothing stands against goes back to the queue."""
    found = await link.execute(
        f"""
        SELECT d.id, d.expires_at <= %(now)s, m.state, c.state,
               coalesce(c.purpose_id, y.purpose_id) IS NOT NULL,
               CASE WHEN s.status NOT IN ('given', 'renewed') THEN s.status
                    WHEN s.valid_until <= %(now)s THEN 'consent_expired'
                    WHEN coalesce(y.kind, '') NOT IN ({ASKING}) AND NOT {UP_TO_DATE} THEN 'notice_outdated'
                    ELSE s.status END,
               f.state,
               (SELECT x.reason FROM suppression x
                 WHERE x.address_key = d.address_key AND (x.until IS NULL OR x.until > %(now)s)
                   AND (x.reason <> 'hard_bounce' OR f.id IS NULL OR x.created_at >= f.created_at)
                   AND {CLOSED}
                   AND (x.scope = 'all'
                        OR x.scope IN ('marketing', 'list:' || coalesce(c.purpose_id, y.purpose_id))
                           AND coalesce(c.purpose_id, y.purpose_id) IS NOT NULL
                        OR (d.stream IN ('confirmation', 'note') AND x.scope = 'confirmation'))
                 ORDER BY x.id LIMIT 1)
          FROM delivery d
          LEFT JOIN mailing m ON m.id = d.mailing_id
          LEFT JOIN campaign c ON c.id = m.campaign_id
          LEFT JOIN note y ON y.id = d.note_id
          LEFT JOIN subscription s ON s.subscriber_id = d.subscriber_id
                                  AND s.purpose_id = coalesce(c.purpose_id, y.purpose_id)
          {must_renew_sql("s.purpose_id").strip()}
          LEFT JOIN confirmation f ON f.id = d.confirmation_id
         WHERE d.id = ANY(%(ids)s::bigint[]) AND d.period = %(period)s
        """,
        {"ids": list(ids), "period": period, "now": now},
    )
    return {row[0]: _obstacle(*row[1:]) for row in await found.fetchall()}


def _obstacle(
    expired: bool,
    mailing: str | None,
    campaign: str | None,
    needs_consent: bool,
    status: str | None,
    confirmation: str | None,
    suppressed: str | None,
) -> Obstacle:
    if suppressed:
        return Obstacle(DeliveryState.SUPPRESSED, suppressed)
    if needs_consent and status not in ("given", "renewed"):
        return Obstacle(DeliveryState.SUPPRESSED, status or "no_consent")
    if confirmation is not None and confirmation != "pending":
        return Obstacle(DeliveryState.CANCELLED, f"already_{confirmation}")
    if "cancelled" in (mailing, campaign):
        return Obstacle(DeliveryState.CANCELLED, "campaign_cancelled")
    if expired:
        return Obstacle(DeliveryState.EXPIRED, "expired")
    return Obstacle(DeliveryState.QUEUED, "")


async def leave_unsent(
    link: Link,
    token: UUID,
    period: date,
    found: Mapping[int, Obstacle],
    next_attempt_at: Mapping[int, datetime] | None = None,
) -> int:
    """Settle leased deliveries that must not or cannot go now. Returns how many were still ours."""
    later = next_attempt_at or {}
    done = await link.execute(
        f"""
        UPDATE delivery d SET state = o.state, reason = o.reason, lease_token = NULL, lease_until = NULL,
               next_attempt_at = coalesce(o.later, d.next_attempt_at),
               done_at = CASE WHEN o.state >= 10 THEN clock_timestamp() END
          FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::timestamptz[]) AS o(id, state, reason, later)
         WHERE d.id = o.id AND d.period = %s AND d.state = {LEASED} AND d.lease_token = %s
        """,
        [
            list(found),
            [int(o.state) for o in found.values()],
            [o.reason for o in found.values()],
            [later.get(id_) for id_ in found],
            period,
            token,
        ],
    )
    return done.rowcount


# --- the end of an attempt


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A complete 2yz to a dot."""

    id: int
    code: int
    enhanced: str
    reply: str


async def accept(link: Link, token: UUID, period: date, accepted: Sequence[Acceptance]) -> set[int]:
    """Record acceptances, fenced by the lease: a zombie's late result and the reaper cannot both win.

    Returns the ids that were ours to record. The delivery itself tells of the attempt.
    """
    found = await link.execute(
        f"""
        UPDATE delivery d
           SET state = {ACCEPTED}, cause = 'accepted', reason = '', code = a.code, enhanced = a.enhanced,
               reply = a.reply, done_at = clock_timestamp(), lease_token = NULL, lease_until = NULL
          FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::text[]) AS a(id, code, enhanced, reply)
         WHERE d.id = a.id AND d.period = %s AND d.state = {SENDING} AND d.lease_token = %s
        RETURNING d.id
        """,
        [
            _array(a.id for a in accepted),
            _array(a.code for a in accepted),
            [a.enhanced for a in accepted],
            [a.reply for a in accepted],
            period,
            token,
        ],
    )
    return {row[0] for row in await found.fetchall()}


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that did not end in acceptance. `held` is the state that the delivery must still be in: leased before
    the intent, sending after it, None where it is in doubt which of the two was committed. `attempt` is its number.
    """

    id: int
    held: DeliveryState | None
    end: Settlement
    attempt: int
    suppresses: bool = False


async def settle(
    link: Link, token: UUID, period: date, route: str, ended: Sequence[Ended], now: datetime
) -> set[int]:
    """Record the ends of attempts, each with its line in `attempt`. Returns the ids that were ours to record.

    A mailbox that the next hop says does not exist is suppressed for all mail in the same statement (B-10).
    """
    found = await link.execute(
        _SETTLE,
        {
            "ids": [e.id for e in ended],
            "attempts": [e.attempt for e in ended],
            "held": [None if e.held is None else int(e.held) for e in ended],
            "states": [int(e.end.state) for e in ended],
            "verdicts": [e.end.verdict for e in ended],
            "stages": [e.end.stage for e in ended],
            "causes": [e.end.cause for e in ended],
            "reasons": [e.end.reason for e in ended],
            "codes": [e.end.code for e in ended],
            "enhanced": [e.end.enhanced for e in ended],
            "replies": [e.end.reply for e in ended],
            "nexts": [e.end.next_attempt_at for e in ended],
            "ambiguous": [int(e.end.ambiguous) for e in ended],
            "suppresses": [e.suppresses for e in ended],
            "period": period,
            "token": token,
            "route": route,
            "now": now,
        },
    )
    return {row[0] for row in await found.fetchall()}


_SETTLE = f"""
WITH ended AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(attempts)s::smallint[], %(held)s::smallint[],
                         %(states)s::smallint[], %(verdicts)s::text[],
                         %(stages)s::text[], %(causes)s::text[], %(reasons)s::text[], %(codes)s::smallint[],
                         %(enhanced)s::text[], %(replies)s::text[], %(nexts)s::timestamptz[],
                         %(ambiguous)s::smallint[], %(suppresses)s::boolean[])
        AS e(id, attempt, held, state, verdict, stage, cause, reason, code, enhanced, reply, next, ambiguous,
             suppresses)
), settled AS (
    UPDATE delivery d
       SET state = e.state, cause = e.cause, reason = e.reason, code = e.code, enhanced = e.enhanced, reply = e.reply,
           next_attempt_at = coalesce(e.next, d.next_attempt_at),
           attempt_no = d.attempt_no + CASE WHEN d.state = {LEASED} THEN 1 ELSE 0 END,
           ambiguous_attempts = d.ambiguous_attempts + e.ambiguous,
           done_at = CASE WHEN e.state >= 10 THEN clock_timestamp() END,
           route = %(route)s, lease_token = NULL, lease_until = NULL
      FROM ended e
     WHERE d.id = e.id AND d.period = %(period)s AND d.lease_token = %(token)s
       AND (d.state = e.held OR (e.held IS NULL AND d.state IN ({LEASED}, {SENDING})))
       -- The same sender may hold it once more by now, for another attempt: what is said twice is heard once.
       AND e.attempt = d.attempt_no + CASE WHEN d.state = {LEASED} THEN 1 ELSE 0 END
    RETURNING d.id, d.attempt_no, d.address_key
), suppressed AS (
    INSERT INTO suppression (address_key, scope, reason, created_at)
    SELECT s.address_key, 'all', 'hard_bounce', %(now)s FROM settled s JOIN ended e USING (id) WHERE e.suppresses
    -- One that a fresh yes had lifted holds again from now on.
    ON CONFLICT (address_key, scope, reason) DO UPDATE SET until = NULL, created_at = excluded.created_at
     WHERE suppression.until IS NOT NULL
)
INSERT INTO attempt (period, delivery_id, at, attempt_no, route, stage, verdict, cause, code, reply)
SELECT %(period)s, e.id, clock_timestamp(), s.attempt_no, %(route)s, e.stage, e.verdict, e.cause, e.code, e.reply
  FROM ended e JOIN settled s USING (id)
RETURNING delivery_id
"""


# --- whether there is work (Django's connection: asked by the tick, the pump and the pages)


def oldest_due(now: datetime) -> datetime | None:
    """The moment since which the first delivery that a sender could take has been due; None where nothing is."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT min(first) FROM (
                (SELECT next_attempt_at AS first FROM outbox
                  WHERE waiting AND mailing_id IS NULL AND next_attempt_at <= %(now)s
                  ORDER BY next_attempt_at LIMIT 1)
                UNION ALL
                SELECT d.next_attempt_at FROM mailing m JOIN campaign c ON c.id = m.campaign_id AND c.state = 'running'
                 CROSS JOIN LATERAL (SELECT next_attempt_at FROM outbox
                                      WHERE waiting AND mailing_id = m.id AND next_attempt_at <= %(now)s
                                      ORDER BY next_attempt_at LIMIT 1) d
                 WHERE m.state = 'sending' AND {CLEARED}) due
            """,
            {"now": now},
        )
        moment: datetime | None = cursor.fetchone()[0]
        return moment


def anything_due(now: datetime) -> bool:
    """Whether a sender would find work at `now`."""
    return oldest_due(now) is not None
