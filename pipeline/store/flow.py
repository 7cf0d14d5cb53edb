"""How fast the senders may go: tokens, pauses and breakers, shared by all of them through PostgreSQL (B6, B-20).

A sender asks on its own asyncio connection, in autocommit. Every question is one statement, so that it may share the
connection with others; none of them waits for the disk, since a crash may cost no more than the tokens of a moment.
The sums are those of `core.delivery.throttle`, on PostgreSQL's clock, and a test holds the two together.

What each sender remembers itself (`_Memory`) only saves statements: which domains are paced, what was not yet
tallied, where the spread of a domain's letters has come to.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from pipeline.core.address import without_local_parts
from pipeline.core.delivery import breaker, throttle
from pipeline.core.delivery.breaker import Alarm, Level
from pipeline.core.delivery.replies import Cause, Outcome, Stage, Verdict
from pipeline.core.delivery.throttle import Signal
from pipeline.settings import Settings, current
from pipeline.store import locks
from pipeline.store.alerts import LONGEST_SUBJECT, RAISE

FREE_FOR = 0.2  # seconds for which a route without a limit is not asked about again
PACED_FOR = 2.0  # seconds for which the set of paced domains is good
TALLY_EVERY = 0.25  # seconds
SLOW_ONCE_IN = 5.0  # seconds: what is in flight when a server asks for patience is one request, not twenty
SPREAD_OVER = timedelta(minutes=15)  # letters of a paced domain come back within this, and are spread anew
REMEMBERED = 4_000  # letters of a domain that its breaker looks back on
DOMAINS = 20_000  # domains that one sender remembers
Moment = datetime
PROVEN_FOR = timedelta(minutes=10)  # a route that took a message within this is known to work
DAY = "day:"  # a row of domain_pace with this before a route's name is what its warm-up leaves of the day
FIRST_ROUTE_RATE = 100.0  # messages a second: where a route without a limit starts when it asks for patience

_QUICK = "quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"
# A hold that seems longer than any is what a clock left behind that has gone back since.
_BLOCKED = """
    coalesce({t}.blocked_until > clock_timestamp()
         AND {t}.blocked_until < clock_timestamp() + interval '25 hours', false)
"""
_TODAY = "(date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC'))"
_TOKENS = """
    greatest(0, least({t}.burst, {t}.tokens + coalesce({t}.rate, 0) * {t}.factor * greatest(0,
        extract(epoch FROM clock_timestamp() - coalesce({t}.refilled_at, clock_timestamp()))::float8)))
"""


@dataclass
class _Memory:
    set_up: bool = False
    free: dict[str, float] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    paced: set[str] = field(default_factory=set)
    recovering: set[str] = field(default_factory=set)
    paced_until: float = 0.0
    spread: dict[str, datetime] = field(default_factory=dict)
    tally: dict[str, list[int]] = field(default_factory=dict)
    taken_by: Counter[str] = field(
        default_factory=Counter
    )  # accepted since the last tally, by recovering domain
    tallied: float = 0.0
    slowed: dict[str, float] = field(default_factory=dict)
    streaks: Counter[tuple[str, Cause]] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


_memory = _Memory()


def forget() -> None:
    """Start with nothing remembered, as a new process does."""
    global _memory
    _memory = _Memory()


# What the settings say.


def ensure_routes(settings: Settings) -> None:
    """Write what the settings say of each route and domain. What they have been slowed down to stays.

    A sender does this by itself when it first asks for tokens.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, values in _as_set(settings):
            cursor.execute(statement, values)
    forget()


def _as_set(settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in [route.name for route in settings.routes]:
        yield _ENSURE.format(table="route", key="name"), _bucket(name, _rate_of(settings, name))
        if settings.warm_up_of(name) is not None:
            yield _ENSURE.format(table="domain_pace", key="domain"), _bucket(DAY + name, None)
    for domain, rate in settings.domain_rates.items():
        yield _ENSURE.format(table="domain_pace", key="domain"), _bucket(domain, rate)


def _rate_of(settings: Settings, route: str) -> float | None:
    return settings.rates.get(route, settings.rates.get(""))


_ENSURE = """
    INSERT INTO {table} AS t ({key}, rate, burst, tokens, refilled_at)
    VALUES (%(name)s, %(rate)s, %(burst)s, %(burst)s, clock_timestamp())
    ON CONFLICT ({key}) DO UPDATE SET rate = excluded.rate, burst = excluded.burst,
        tokens = CASE WHEN t.rate IS NULL THEN excluded.tokens ELSE least(t.tokens, excluded.burst) END
     WHERE excluded.rate IS NOT NULL AND t.rate IS DISTINCT FROM excluded.rate
"""


def _bucket(name: str, rate: float | None) -> dict[str, Any]:
    return {"name": name, "rate": rate, "burst": 0.0 if rate is None else throttle.burst_of(rate)}


def forget_settled(settings: Settings) -> None:
    """Let go of the limits that were learned and are outgrown: those that no setting names."""
    routes = [route.name for route in settings.routes if _rate_of(settings, route.name) is None]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE route SET rate = NULL, burst = 0, tokens = 0"
            " WHERE name = ANY(%s) AND rate IS NOT NULL AND factor >= 1",
            [routes],
        )
        cursor.execute(
            "DELETE FROM domain_pace WHERE factor >= 1 AND domain <> ALL(%s) AND position(':' IN domain) = 0"
            " AND (blocked_until IS NULL OR blocked_until <= clock_timestamp())",
            [list(settings.domain_rates)],
        )


# What people look at and change.


@dataclass(frozen=True, slots=True)
class RouteLine:
    """One route, or one domain whose pace is limited, as an operator sees it. Rates are messages a second."""

    name: str
    rate: float | None
    factor: float
    blocked_until: datetime | None
    blocked_because: str
    failures: int = 0
    accepted_lately: int = 0  # in the last hour
    cap_today: int | None = None
    left_today: int | None = None


def route_lines() -> list[RouteLine]:
    """All routes that were used or are set, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT r.name, r.rate, r.factor, CASE WHEN {_BLOCKED.format(t="r")} THEN r.blocked_until END,
                   r.blocked_because, r.failures,
                   (SELECT coalesce(sum(accepted), 0) FROM route_tally t
                     WHERE t.route = r.name AND t.minute > clock_timestamp() - interval '1 hour'),
                   CASE WHEN p.refilled_at >= {_TODAY} AT TIME ZONE 'UTC' AND p.burst > 0 THEN p.burst END,
                   CASE WHEN p.refilled_at >= {_TODAY} AT TIME ZONE 'UTC' AND p.burst > 0 THEN p.tokens END
              FROM route r LEFT JOIN domain_pace p ON p.domain = %s || r.name ORDER BY r.name
            """,
            [DAY],
        )
        return [
            RouteLine(*row[:7], *(None if n is None else int(n) for n in row[7:]))
            for row in cursor.fetchall()
        ]


def domain_lines() -> list[RouteLine]:
    """All recipient domains with a limit, or that are left alone for a while, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT d.domain, d.rate, d.factor, CASE WHEN {_BLOCKED.format(t="d")} THEN d.blocked_until END,
                   d.blocked_because
              FROM domain_pace d WHERE position(':' IN d.domain) = 0 ORDER BY d.domain
            """
        )
        return [RouteLine(*row) for row in cursor.fetchall()]


def resting() -> set[str]:
    """The names of the routes and domains to which nothing is sent at present."""
    return {line.name for line in (*route_lines(), *domain_lines()) if line.blocked_until is not None}


def clock() -> datetime:
    """PostgreSQL's, by which all rests and buckets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def release(name: str) -> bool:
    """A person lifts the rest of a route or a domain, and its slow-down too. False if there is no such name."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE route SET blocked_until = NULL, blocked_because = '', failures = 0, factor = 1 WHERE name = %s",
            [name],
        )
        found = cursor.rowcount
        cursor.execute(
            "UPDATE domain_pace SET blocked_until = NULL, blocked_because = '', factor = 1"
            " WHERE domain = %s AND position(':' IN domain) = 0",
            [name],
        )
        found += cursor.rowcount
        kinds = [*breaker.ROUTE_ALARMS, Alarm.SLOWED, Alarm.DOMAIN]
        cursor.execute(
            "UPDATE alert SET cleared_at = greatest(at, clock_timestamp())"
            " WHERE subject = %s AND kind = ANY(%s) AND cleared_at IS NULL",
            [name, [kind.value for kind in kinds]],
        )
    forget()
    return bool(found)


# Tokens.


async def take(conn: AsyncConnection[Any], route: str, wanted: int, now: datetime) -> int:
    """How many of `wanted` messages the route may carry now. What is not used goes back with `put_back`.

    A route without limits is asked about a few times a second and no more. One that has failed gets a single message
    after its rest, and no other before that one has got through or 15 seconds have passed.
    """
    if _memory.free.get(route, 0.0) > time.monotonic():
        return wanted
    plan = current().warm_up_of(route)
    values = {
        "route": route,
        "day": DAY + route,
        "wanted": wanted,
        "caps": list(plan.caps) if plan else None,
        "start": plan.start if plan else date.max,
        "probe": breaker.PROBE,
    }
    row = await _one(conn, _TAKE, values) if _memory.set_up else None
    if row is None:
        for statement, said in _as_set(current()):
            await _run(conn, statement, said)
        _memory.set_up = True
        row = await _one(conn, _TAKE, values)
    if row is None:
        return wanted  # a route that no setting names
    granted, free, failing = row
    if free:
        _memory.free[route] = time.monotonic() + FREE_FOR
    if failing:
        _memory.failing.add(route)
    return int(granted)


_TAKE = f"""
WITH {_QUICK}, plan AS MATERIALIZED (
    SELECT (%(caps)s::int[])[1 + greatest(0, {_TODAY}::date - %(start)s::date)] AS cap,
           {_TODAY} AT TIME ZONE 'UTC' AS today
), r AS MATERIALIZED (
    SELECT r.name, r.rate, r.failures, {_BLOCKED.format(t="r")} AS blocked, clock_timestamp() AS at,
           {_TOKENS.format(t="r")} AS tokens
      FROM route r, quick WHERE r.name = %(route)s FOR UPDATE OF r
), d AS MATERIALIZED (
    SELECT p.domain, plan.cap, plan.today,
           CASE WHEN p.refilled_at >= plan.today AND p.burst > 0 THEN greatest(0, p.tokens + plan.cap - p.burst)
                ELSE plan.cap END AS tokens
      FROM domain_pace p, plan WHERE p.domain = %(day)s AND plan.cap IS NOT NULL FOR UPDATE OF p
), g AS MATERIALIZED (
    SELECT r.*, d.domain, d.cap, d.today, d.tokens AS left_today,
           CASE WHEN r.blocked THEN 0
                ELSE least(%(wanted)s, CASE WHEN r.failures > 0 THEN 1 END,
                           CASE WHEN r.rate IS NOT NULL THEN floor(r.tokens) END, floor(d.tokens)) END::int AS n
      FROM r LEFT JOIN d ON true
), spent AS (
    UPDATE route SET tokens = CASE WHEN g.rate IS NULL THEN route.tokens ELSE g.tokens - g.n END, refilled_at = g.at,
           blocked_until = CASE WHEN g.failures > 0 THEN g.at + %(probe)s ELSE route.blocked_until END,
           blocked_because = CASE WHEN g.failures > 0 THEN '' ELSE route.blocked_because END
      FROM g WHERE route.name = g.name AND NOT g.blocked AND (g.rate IS NOT NULL OR g.failures > 0)
       AND (g.n > 0 OR route.refilled_at > g.at)
), spent_today AS (
    UPDATE domain_pace p SET tokens = g.left_today - g.n, burst = g.cap, refilled_at = greatest(p.refilled_at, g.today)
      FROM g WHERE p.domain = g.domain AND g.n > 0
)
SELECT n, rate IS NULL AND failures = 0 AND cap IS NULL AND NOT blocked, failures > 0 FROM g
"""


async def put_back(conn: AsyncConnection[Any], route: str, tokens: int) -> None:
    """Return tokens that were taken and not used."""
    if tokens <= 0 or _memory.free.get(route, 0.0) > time.monotonic():
        return
    await _run(
        conn,
        f"""
        WITH {_QUICK}, back AS (
            UPDATE route r SET tokens = least(r.burst, r.tokens + %(n)s) FROM quick
             WHERE r.name = %(route)s AND r.rate IS NOT NULL
        )
        UPDATE domain_pace p SET tokens = least(p.burst, p.tokens + %(n)s) FROM quick WHERE p.domain = %(day)s
        """,
        {"n": tokens, "route": route, "day": DAY + route},
    )


async def shape(
    conn: AsyncConnection[Any], claimed: Sequence[tuple[int, str]], now: datetime
) -> dict[int, Moment]:
    """Which of the claimed (delivery id, recipient domain) have to wait, and until when.

    The engine returns them to the queue with that moment as their next attempt. Domains that nothing is said about
    cost nothing here.
    """
    await _read_paced(conn)
    waits = await _in_quiet_hours(conn, [row[0] for row in claimed], now) if current().quiet_hours else {}
    by_domain: dict[str, list[int]] = {}
    for delivery_id, domain in claimed:
        if domain in _memory.paced and delivery_id not in waits:
            by_domain.setdefault(domain, []).append(delivery_id)
    if by_domain:
        wanted = {domain: len(ids) for domain, ids in by_domain.items()}
        for domain, granted, speed, rests in await _spend(conn, wanted):
            waits.update(_spread(domain, by_domain[domain][granted:], speed, rests, now))
    return waits


async def _read_paced(conn: AsyncConnection[Any]) -> None:
    if _memory.paced_until > time.monotonic():
        return
    rows = await _all(
        conn, "SELECT domain, factor < 1 FROM domain_pace WHERE position(':' IN domain) = 0", {}
    )
    _memory.paced = {domain for domain, _ in rows}
    _memory.recovering = {domain for domain, slow in rows if slow}
    _memory.spread = {domain: at for domain, at in _memory.spread.items() if domain in _memory.paced}
    _memory.paced_until = time.monotonic() + PACED_FOR


async def _spend(conn: AsyncConnection[Any], wanted: dict[str, int]) -> list[tuple[str, int, float, float]]:
    """Take tokens of several domains: (domain, granted, messages a second or 0, seconds that it still rests)."""
    return await _all(conn, _SPEND, {"domains": list(wanted), "counts": list(wanted.values())})


_SPEND = f"""
WITH {_QUICK}, w AS MATERIALIZED (
    SELECT w.domain, w.n FROM unnest(%(domains)s::text[], %(counts)s::int[]) AS w(domain, n), quick
), p AS MATERIALIZED (
    SELECT p.domain, p.rate, p.factor, w.n AS wanted, clock_timestamp() AS at,
           CASE WHEN {_BLOCKED.format(t="p")} THEN extract(epoch FROM p.blocked_until - clock_timestamp())::float8
                ELSE 0 END AS rests,
           {_TOKENS.format(t="p")} AS tokens
      FROM domain_pace p JOIN w ON w.domain = p.domain ORDER BY p.domain FOR UPDATE OF p
), g AS MATERIALIZED (
    SELECT p.*, CASE WHEN rests > 0 THEN 0
                     ELSE least(wanted, CASE WHEN rate IS NOT NULL THEN floor(tokens) END) END::int AS n FROM p
), spent AS (
    UPDATE domain_pace SET tokens = g.tokens - g.n, refilled_at = g.at FROM g
     WHERE domain_pace.domain = g.domain AND g.rests = 0 AND g.rate IS NOT NULL
       AND (g.n > 0 OR domain_pace.refilled_at > g.at)
)
SELECT domain, n, coalesce(rate * factor, 0), rests FROM g
"""


def _spread(
    domain: str, ids: Sequence[int], speed: float, rests: float, now: datetime
) -> dict[int, datetime]:
    """Moments at which the domain will have tokens again, one after another, behind those already given out.

    Beyond a quarter of an hour they begin anew: by then the pace may be another.
    """
    start = now + timedelta(seconds=rests)
    if speed <= 0:
        return dict.fromkeys(ids, start)
    gap = timedelta(seconds=1 / speed)
    moment = max(start, _memory.spread.get(domain, start))
    waits = {}
    for delivery_id in ids:
        moment += gap
        if moment > start + SPREAD_OVER:
            moment = start + gap if gap < SPREAD_OVER else start + SPREAD_OVER
        waits[delivery_id] = moment
    _memory.spread[domain] = moment
    return waits


async def _in_quiet_hours(
    conn: AsyncConnection[Any], ids: Sequence[int], now: datetime
) -> dict[int, datetime]:
    """Newsletters whose reader is in their quiet hours, with the moment those end."""
    quiet = current().quiet_hours
    if quiet is None:
        return {}
    rows = await _all(
        conn,
        """
        SELECT d.id, coalesce(nullif(s.zone, ''), c.home_zone) FROM delivery d
          JOIN subscriber s ON s.id = d.subscriber_id
          JOIN mailing m ON m.id = d.mailing_id JOIN campaign c ON c.id = m.campaign_id
         WHERE d.id = ANY(%(ids)s) AND d.mailing_id IS NOT NULL
        """,
        {"ids": list(ids)},
    )
    moments = {zone: quiet.after(now, zone) for zone in {zone for _, zone in rows}}
    return {delivery_id: moments[zone] for delivery_id, zone in rows if moments[zone] > now}


# What the servers say.

_TALLIED = {Verdict.ACCEPTED: 0, Verdict.DEFERRED: 1, Verdict.REFUSED: 2, Verdict.UNKNOWN: 3}


async def observe(
    conn: AsyncConnection[Any], route: str, outcomes: Sequence[tuple[str, Outcome]], now: datetime
) -> None:
    """Learn from a group of results, each with the recipient's domain.

    Dots are tallied, a few times a second; `flush` writes the rest at the end. A server that asks for patience gets
    it, and one that refuses too much is left alone for a while.
    """
    memory = _memory
    tally = memory.tally.setdefault(route, [0, 0, 0, 0])
    bad: list[tuple[str, Outcome]] = []
    for domain, outcome in outcomes:
        if outcome.stage is Stage.DOT:
            tally[_TALLIED.get(outcome.verdict, 1)] += 1
        memory.seen[domain] += 1
        if outcome.verdict is not Verdict.ACCEPTED:
            bad.append((domain, outcome))
        elif domain in memory.recovering:
            memory.taken_by[domain] += 1
    if (route in memory.failing or memory.streaks) and any(_got_through(said) for _, said in outcomes):
        await _got_well(conn, route)
    if bad:
        await _learn(conn, route, bad, now)
    if memory.tallied + TALLY_EVERY <= time.monotonic():
        await flush(conn)


def _got_through(outcome: Outcome) -> bool:
    """Whether the relay has talked about a recipient or a message: then it is in working order."""
    answered = outcome.reply is not None and outcome.stage in (Stage.RCPT, Stage.DOT)
    return answered and outcome.cause not in (Cause.CLOSING, Cause.SENDER)


async def flush(conn: AsyncConnection[Any]) -> None:
    """Write down what was counted since the last time. A sender calls this before it ends."""
    memory = _memory
    memory.tallied = time.monotonic()
    tally, memory.tally = memory.tally, {}
    grown, memory.taken_by = memory.taken_by, Counter()
    for route, counts in tally.items():
        if any(counts):
            await _run(
                conn,
                _TALLY,
                {
                    "route": route,
                    "counts": counts,
                    "accepted": counts[0],
                    "faster": throttle.FASTER,
                    "seconds": throttle.STEP_SECONDS,
                    "domains": list(grown),
                    "taken": list(grown.values()),
                },
            )
            grown = Counter()
    if len(memory.seen) > DOMAINS:
        memory.seen = Counter(dict(memory.seen.most_common(DOMAINS // 2)))
        memory.refused = Counter({domain: n for domain, n in memory.refused.items() if domain in memory.seen})


_FASTER = """
    factor = least(1, {t}.factor * power(%(faster)s,
        {n} / greatest(1, {t}.rate * {t}.factor * %(seconds)s)))
"""
_TALLY = f"""
WITH {_QUICK}, tallied AS (
    INSERT INTO route_tally AS t (route, minute, accepted, deferred, refused, unknown)
    SELECT %(route)s, date_trunc('minute', clock_timestamp()), c[1], c[2], c[3], c[4]
      FROM (SELECT %(counts)s::int[] AS c) AS counted, quick
    ON CONFLICT (route, minute) DO UPDATE SET accepted = t.accepted + excluded.accepted,
        deferred = t.deferred + excluded.deferred, refused = t.refused + excluded.refused,
        unknown = t.unknown + excluded.unknown
), faster AS (
    UPDATE route r SET {_FASTER.format(t="r", n="%(accepted)s")}
     WHERE r.name = %(route)s AND r.factor < 1 AND r.rate IS NOT NULL
)
UPDATE domain_pace p SET {_FASTER.format(t="p", n="g.n")}
  FROM unnest(%(domains)s::text[], %(taken)s::int[]) AS g(domain, n)
 WHERE p.domain = g.domain AND p.factor < 1 AND p.rate IS NOT NULL
"""


async def _learn(
    conn: AsyncConnection[Any], route: str, bad: Iterable[tuple[str, Outcome]], now: datetime
) -> None:
    refusing: set[str] = set()
    for domain, outcome in bad:
        if outcome.cause in (Cause.SENDER, Cause.CLOSING):
            await _streak(conn, route, outcome, now)
        if outcome.verdict is Verdict.REFUSED:
            _memory.refused[domain] += 1
            refusing.add(domain)
        signal = throttle.signal_of(outcome)
        if signal is Signal.NONE:
            continue
        if throttle.about_the_route(outcome):
            await _slow(conn, ("route", "name", route, FIRST_ROUTE_RATE), signal, outcome, now)
        else:
            await _slow(
                conn, ("domain_pace", "domain", domain, throttle.FIRST_DOMAIN_RATE), signal, outcome, now
            )
    for domain in refusing:
        await _judge(conn, domain, now)


async def _streak(conn: AsyncConnection[Any], route: str, outcome: Outcome, now: datetime) -> None:
    """Count rejections that are not about a message. Too many with nothing in between: the route rests."""
    key = (route, outcome.cause)
    _memory.streaks[key] += 1
    said = _said(outcome)
    limit = breaker.streak_limit(outcome.cause, current().connections, failing=route in _memory.failing)
    if _memory.streaks[key] < limit:
        return
    count = _memory.streaks[key]
    did = (
        f"it refused us as the sender {_times(count)}"
        if outcome.cause is Cause.SENDER
        else f"it ended {count} conversations before it took a message"
    )
    sentence = f'{did}, last with "{said[:200]}"'
    del _memory.streaks[key]
    await route_failed(conn, route, outcome.cause, sentence, now)


def _said(outcome: Outcome) -> str:
    """In one line, and naming nobody: it stands in alerts, which outlive an erasure."""
    return without_local_parts(" ".join(outcome.reply.text.split())) if outcome.reply else ""


def _times(count: int) -> str:
    return "once more" if count == 1 else f"{count} times in a row"


async def _slow(
    conn: AsyncConnection[Any],
    which: tuple[str, str, str, float],
    signal: Signal,
    outcome: Outcome,
    now: datetime,
) -> None:
    table, key, name, first = which
    last = _memory.slowed.get(f"{table} {name} {signal}")
    if last is not None and time.monotonic() - last < SLOW_ONCE_IN:
        return
    _memory.slowed[f"{table} {name} {signal}"] = time.monotonic()
    _memory.free.pop(name, None)
    stop = signal is Signal.STOP
    said = _said(outcome)[:200]
    code = outcome.reply.code if outcome.reply else ""
    because = f'It said "{code} {said}".'
    await _run(
        conn,
        _SLOW.format(table=table, key=key),
        {
            "name": name,
            "first": first,
            "burst": throttle.burst_of(first),
            "slower": throttle.SLOWER,
            "least": throttle.LEAST_FACTOR,
            "one": throttle.ONE_CONNECTION_RATE,
            "stop": stop,
            "rests": throttle.STOP,
            "because": because,
        },
    )
    if table == "domain_pace":
        _memory.paced.add(name)
        _memory.recovering.add(name)
    if stop:
        setting = "ROUNDS_DOMAIN_RATES" if table == "domain_pace" else "ROUNDS_RATE"
        sentence = (
            f"{name} asked us to stop: {because} Nothing is sent there for {breaker.in_words(throttle.STOP)}, and then "
            f"slowly more. If it happens again, set a lower {setting} for it."
        )
        await _raise(conn, Alarm.SLOWED, name, sentence, now)


_SLOW = f"""
WITH {_QUICK}, said AS (
    SELECT CASE WHEN %(stop)s THEN clock_timestamp() + %(rests)s END AS until,
           CASE WHEN %(stop)s THEN %(because)s ELSE '' END AS because
      FROM quick
)
INSERT INTO {{table}} AS t ({{key}}, rate, burst, tokens, refilled_at, factor, blocked_until, blocked_because)
SELECT %(name)s, %(first)s, %(burst)s, 0, coalesce(until, clock_timestamp()),
       CASE WHEN %(stop)s THEN least(1, %(one)s / %(first)s::float8) ELSE %(slower)s END, until, because
  FROM said
ON CONFLICT ({{key}}) DO UPDATE SET
       rate = coalesce(t.rate, excluded.rate),
       burst = CASE WHEN t.rate IS NULL THEN excluded.burst ELSE t.burst END,
       factor = greatest(%(least)s, CASE WHEN %(stop)s THEN least(t.factor, %(one)s / coalesce(t.rate, excluded.rate))
                                         ELSE t.factor * %(slower)s END),
       tokens = CASE WHEN %(stop)s OR t.rate IS NULL THEN 0 ELSE t.tokens END,
       refilled_at = CASE WHEN %(stop)s THEN greatest(t.blocked_until, excluded.blocked_until)
                          WHEN t.rate IS NULL THEN excluded.refilled_at ELSE t.refilled_at END,
       blocked_until = greatest(t.blocked_until, excluded.blocked_until),
       blocked_because = CASE WHEN %(stop)s THEN excluded.blocked_because ELSE t.blocked_because END
"""


async def _judge(conn: AsyncConnection[Any], domain: str, now: datetime) -> None:
    """The breaker of a domain, over what this sender saw of it lately."""
    seen, refused = _memory.seen[domain], _memory.refused[domain]
    if seen > REMEMBERED:
        _memory.seen[domain], _memory.refused[domain] = seen // 2, refused // 2
    finding = breaker.domain_finding(domain, seen, refused)
    if finding.level is not Level.PAUSE:
        return
    del _memory.seen[domain], _memory.refused[domain]
    _memory.paced.add(domain)
    await _run(
        conn,
        """
        INSERT INTO domain_pace AS t (domain, refilled_at, blocked_until, blocked_because)
        VALUES (%(domain)s, clock_timestamp(), clock_timestamp() + %(rests)s, %(because)s)
        ON CONFLICT (domain) DO UPDATE SET blocked_because = excluded.blocked_because,
            blocked_until = greatest(t.blocked_until, excluded.blocked_until)
        """,
        {"domain": domain, "rests": breaker.DOMAIN_HOLD, "because": finding.sentence},
    )
    await _raise(conn, finding.alarm, domain, finding.sentence, now)


# Breakers of routes.


class Knock(StrEnum):
    """Whether a sender may open its first connection to a route."""

    GO = "go"
    FIRST = "first"  # go, and say `knocked` when it is written down what came of it
    WAIT = "wait"  # somebody else is finding out whether it works: ask again in a moment
    RESTS = "rests"


async def knock(conn: AsyncConnection[Any], route: str) -> Knock:
    """Ask before the first connection of a sender.

    A route that took a message lately is open to all. Any other is tried by one sender at a time: two that begin
    together would try a wrong password twice, and a provider locks the account for that (B6).
    """
    # The lock comes first, and then the look: whoever had it before has written down what they found.
    lock = {"key": locks.key_of(f"knock {route}")}
    [mine] = await _one(conn, "SELECT pg_try_advisory_lock(%(key)s)", lock)
    rests, proven = await _one(conn, _STANDS, {"route": route, "proven_for": PROVEN_FOR}) or (False, True)
    if mine and (rests or proven):
        await knocked(conn, route)
    if rests or proven:
        return Knock.RESTS if rests else Knock.GO
    return Knock.FIRST if mine else Knock.WAIT


async def knocked(conn: AsyncConnection[Any], route: str) -> None:
    """Somebody else may knock. The turn of a sender that dies ends with its connection."""
    await _run(conn, "SELECT pg_advisory_unlock(%(key)s)", {"key": locks.key_of(f"knock {route}")})


# A rest without a reason is that of the one message that knocks, and that may be ours.
_STANDS = f"""
SELECT r.failures > 0 AND r.blocked_because <> '' AND {_BLOCKED.format(t="r")},
       EXISTS (SELECT 1 FROM route_tally t WHERE t.route = r.name AND t.accepted > 0
                  AND t.minute > clock_timestamp() - %(proven_for)s)
  FROM route r WHERE r.name = %(route)s
"""


async def route_failed(
    conn: AsyncConnection[Any], route: str, cause: Cause, sentence: str, now: datetime
) -> None:
    """The route could not be used, for `cause`: let it rest, longer each time.

    Of connections that fail together the first counts; `sentence` is kept for the operator, and a failure that stays
    raises an alert.
    """
    _memory.free.pop(route, None)
    _memory.failing.add(route)
    holds = [hold.total_seconds() for hold in breaker.holds_of(cause)]
    row = await _one(conn, _FAILED, {"route": route, "holds": holds, "because": sentence})
    if row is None:
        return
    failures, rests = row
    if failures >= breaker.TELL_AFTER or cause in breaker.TELL_AT_ONCE:
        told = breaker.route_sentence(route, cause, sentence, failures, timedelta(seconds=rests))
        await _raise(conn, breaker.alarm_of(cause), route, told, now)


# A rest without a reason is that of the one message that knocks; when that fails too, it counts.
_FAILED = f"""
WITH {_QUICK}, f AS MATERIALIZED (
    SELECT r.name, r.failures + 1 AS failures,
           (%(holds)s::float8[])[least(r.failures + 1, cardinality(%(holds)s::float8[]))] AS rests
      FROM route r, quick
     WHERE r.name = %(route)s
       AND (r.failures = 0 OR r.blocked_because = '' OR NOT {_BLOCKED.format(t="r")}) FOR UPDATE OF r
)
UPDATE route SET failures = f.failures, blocked_because = %(because)s,
       blocked_until = greatest(CASE WHEN f.failures = 1 THEN route.blocked_until END,
                                clock_timestamp() + f.rests * interval '1 second')
  FROM f WHERE route.name = f.name RETURNING f.failures, f.rests
"""


async def route_worked(conn: AsyncConnection[Any], route: str) -> None:
    """A connection of the route opened, with its greeting, encryption and login: it needs no rest any more.

    Where the relay took connections and then no message, only a message that passes proves that (`observe`).
    """
    uncured = [alarm.value for alarm in breaker.NOT_CURED_BY_CONNECTING]
    await _well(conn, route, uncured)


async def _got_well(conn: AsyncConnection[Any], route: str) -> None:
    for cause in (Cause.SENDER, Cause.CLOSING):
        _memory.streaks.pop((route, cause), None)
    if route in _memory.failing:
        _memory.failing.discard(route)
        await _well(conn, route, [])


async def _well(conn: AsyncConnection[Any], route: str, unless: list[str]) -> None:
    await _run(
        conn,
        f"""
        WITH {_QUICK}, well AS (
            UPDATE route r SET failures = 0, blocked_until = NULL, blocked_because = '' FROM quick
             WHERE r.name = %(route)s AND r.failures > 0
               AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.subject = r.name AND a.cleared_at IS NULL
                                AND a.kind = ANY(%(unless)s)) RETURNING r.name
        )
        UPDATE alert a SET cleared_at = greatest(a.at, clock_timestamp()) FROM well
         WHERE a.subject = well.name AND a.kind = ANY(%(kinds)s) AND a.cleared_at IS NULL
        """,
        {"route": route, "unless": unless, "kinds": [alarm.value for alarm in breaker.ROUTE_ALARMS]},
    )


async def _raise(
    conn: AsyncConnection[Any], alarm: Alarm, subject: str, sentence: str, now: datetime
) -> None:
    subject = subject[:LONGEST_SUBJECT]
    await _run(conn, RAISE, {"kind": alarm.value, "subject": subject, "sentence": sentence, "at": now})


async def _run(conn: AsyncConnection[Any], statement: str, values: dict[str, Any]) -> None:
    async with conn.cursor() as cursor:
        await cursor.execute(statement.encode(), values)


async def _all(conn: AsyncConnection[Any], statement: str, values: dict[str, Any]) -> list[Any]:
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(statement.encode(), values)
        return await cursor.fetchall()


async def _one(conn: AsyncConnection[Any], statement: str, values: dict[str, Any]) -> Any:
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(statement.encode(), values)
        return await cursor.fetchone()
