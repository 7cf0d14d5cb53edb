"""What sending costs, and what a volume needs: the arithmetic behind docs/scaling.md.

Everything here is a function of measured costs. `tests/core/delivery/test_capacity.py` holds the model against a
simulation of senders, lanes and group commits, and holds the tables of the page against these functions.

Times are seconds, costs are microseconds of one core, sizes are bytes, rates are messages a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

MICRO = 1e-6
WEEKS_A_MONTH = 365.25 / 12 / 7
HEADROOM = 1.3  # connections beyond the mean: replies do not come evenly (performance.md)
KNEE = 3  # how sharply one shortage takes over from another; the simulation bends like this
BUSY = 0.6  # share of a core, of a disk's or a line's capacity that is planned for


@dataclass(frozen=True, slots=True)
class Costs:
    """What a message costs. `database_commit` is shared by all whose intents, and whose results, go in one commit."""

    sender: float  # microseconds: claim, fill, SMTP, keeping the books
    signature: float  # microseconds: one RSA-2048 signature with its hashes
    database: float  # microseconds for each message: its claim, its row twice, its share of the indexes
    database_commit: float  # microseconds for each pair of commits
    opening: float  # microseconds of the database for each row that an opening writes
    commit: float  # seconds until a commit is on the disk
    gather: float  # seconds that a group waits for more lanes
    message: int  # bytes on the wire
    row: int  # bytes on the disk that a delivery keeps, with its share of five indexes
    log: int  # bytes of write-ahead log from the opening to the result
    memory: int  # bytes of one sender


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail goes next: how far away, and how long it takes to answer the final dot."""

    round_trip: float
    reply: float


# Measured in November 2026 on two virtual cores, PostgreSQL 18, 46 KB a message: `make bench` for the sender, its
# signature, its memory and the opening; claims, intents and results in groups of 1, 5, 20 and 60 for the database;
# `pg_total_relation_size` and `pg_wal_lsn_diff` for the sizes.
MEASURED = Costs(
    sender=430,
    signature=880,
    database=64,
    database_commit=1320,
    opening=30,
    commit=0.005,
    gather=0.003,
    message=46_000,
    row=680,
    log=2_950,
    memory=97_000_000,
)

LOCAL = Relay(round_trip=0.0002, reply=0.002)  # a Postfix beside the senders
NEAR = Relay(round_trip=0.010, reply=0.020)  # a provider in the same country
FAR = Relay(round_trip=0.080, reply=0.100)  # one across an ocean


def cpu_a_message(costs: Costs, *, signed: bool) -> float:
    """Seconds of one core."""
    return (costs.sender + (costs.signature if signed else 0)) * MICRO


def time_in_a_lane(costs: Costs, relay: Relay, *, signed: bool) -> float:
    """Seconds from one message of a connection to its next, while no resource is short.

    Two round trips: the envelope, pipelined with the body behind it, and the dot. Between them the barrier: half a
    cycle until the group closes, and the commit.
    """
    barrier = (costs.gather + costs.commit) / 2 + costs.commit
    return 2 * relay.round_trip + relay.reply + barrier + cpu_a_message(costs, signed=signed)


def sender_rate(connections: int, costs: Costs, relay: Relay, *, signed: bool = True) -> float:
    """What one sender sends: as fast as its connections turn round, and no faster than one core fills and signs."""
    turning = connections / time_in_a_lane(costs, relay, signed=signed)
    return _scarcer(turning, 1 / cpu_a_message(costs, signed=signed))


def _scarcer(one: float, other: float) -> float:
    """The lesser of two rates, and less where both are short: each then waits for the other a part of the time."""
    both: float = (one**-KNEE + other**-KNEE) ** (-1 / KNEE)
    return both


def group(rate: float, connections: int, costs: Costs) -> float:
    """How many lanes of a sender meet in one commit, when it sends `rate`."""
    return min(float(connections), max(1.0, rate * (costs.gather + costs.commit)))


def database_a_message(costs: Costs, size: float) -> float:
    """Seconds of a database core for a message whose intent and result are committed in groups of `size`."""
    return (costs.database + costs.database_commit / size) * MICRO


def connections_needed(rate: float, costs: Costs, relay: Relay, *, signed: bool = True) -> int:
    """Connections for a rate, all senders together: rate times the time in a lane, and headroom."""
    return ceil(rate * time_in_a_lane(costs, relay, signed=signed) * HEADROOM)


def total_rate(
    senders: int, connections: int, database_cores: float, costs: Costs, relay: Relay, *, signed: bool = True
) -> float:
    """What so many senders send together against one database: the scarcer of the two decides."""
    each = sender_rate(connections, costs, relay, signed=signed)
    # What the database holds back waits at the barrier, so that the groups grow with it, up to all the lanes.
    most = database_cores / database_a_message(costs, connections)
    return _scarcer(senders * each, most)


@dataclass(frozen=True, slots=True)
class Need:
    """What a volume a week needs, if all of it is to leave within `window` seconds of one morning."""

    a_week: int
    window: float
    rate: float
    connections: int
    senders: int
    sender_cores: int
    sender_memory: int
    group: float
    database_cores: int
    commits: float  # a second, intents and results of all senders
    log_rate: float  # bytes a second
    network_rate: float  # bytes a second
    disk_a_month: float  # bytes that a month's partition keeps
    log_a_month: float
    opening: float  # seconds of one database core


def need(
    a_week: int, window: float, costs: Costs, relay: Relay, *, connections: int = 20, signed: bool = True
) -> Need:
    """Size an installation. `connections` is what one sender holds (ROUNDS_CONNECTIONS)."""
    rate = a_week / window
    wanted = connections_needed(rate, costs, relay, signed=signed)
    busy = rate * cpu_a_message(costs, signed=signed) / BUSY
    senders = max(1, ceil(wanted / connections), ceil(busy))
    together = group(rate / senders, connections, costs)
    a_month = a_week * WEEKS_A_MONTH
    return Need(
        a_week=a_week,
        window=window,
        rate=rate,
        connections=wanted,
        senders=senders,
        sender_cores=max(1, ceil(busy)),
        sender_memory=senders * costs.memory,
        group=together,
        database_cores=max(1, ceil(rate * database_a_message(costs, together) / BUSY)),
        commits=2 * rate / together,
        log_rate=rate * costs.log,
        network_rate=rate * costs.message,
        disk_a_month=a_month * costs.row,
        log_a_month=a_month * costs.log,
        opening=a_week * costs.opening * MICRO,
    )


def kept_on_disk(a_week: int, months: int, costs: Costs) -> float:
    """Bytes of all partitions that a policy of so many months keeps, this month's among them."""
    return a_week * WEEKS_A_MONTH * (months + 1) * costs.row


# --- the tables of docs/scaling.md


def costs_table(costs: Costs) -> str:
    """What a message costs, by step."""
    rows = [
        ("sender: claim, fill, SMTP, books", f"{costs.sender:.0f} us of a core"),
        ("sender: RSA-2048 signature", f"{costs.signature:.0f} us of a core"),
        ("database: claim, intent, result, for each message", f"{costs.database:.0f} us of a core"),
        ("database: the two commits, shared by a group", f"{costs.database_commit:.0f} us of a core"),
        ("database: opening, each row", f"{costs.opening:.0f} us of a core"),
        ("a commit, until it is on the disk", f"{costs.commit * 1000:.0f} ms"),
        ("a message on the wire", f"{costs.message / 1000:.0f} KB"),
        ("a delivery on the disk, indexes included", f"{costs.row} bytes"),
        ("write-ahead log, from opening to result", f"{costs.log} bytes"),
        ("memory of a sender, whatever the list", f"{costs.memory / 1e6:.0f} MB"),
    ]
    return _table(("step", "cost"), rows)


def groups_table(costs: Costs) -> str:
    """What the database pays for a message, by the size of the groups."""
    sizes = (1, 5, 20, 60)
    rows = [
        (
            str(size),
            f"{database_a_message(costs, size) / MICRO:.0f} us",
            f"{_round(1 / database_a_message(costs, size))}",
        )
        for size in sizes
    ]
    return _table(("lanes in a commit", "database, each message", "messages a second, each core of it"), rows)


def connections_table(costs: Costs) -> str:
    """What one sender reaches by its connections, and where the relay is."""
    relays = (LOCAL, NEAR, FAR)
    rows = [
        (str(held), *(_round(sender_rate(held, costs, relay)) for relay in relays)) for held in (1, 5, 20, 64)
    ]
    return _table(("connections", "beside it", "near (10 ms)", "far (80 ms)"), rows)


def needs_table(costs: Costs, window: float) -> str:
    """What 1M, 10M and 100M a week need, all of it sent in one window."""
    needs = [need(volume, window, costs, NEAR) for volume in (1_000_000, 10_000_000, 100_000_000)]
    wide = [need(n.a_week, window, costs, NEAR, connections=64) for n in needs]
    rows = [
        ("messages a second", *(_round(n.rate) for n in needs)),
        ("connections to relays", *(str(n.connections) for n in needs)),
        ("senders of 20 connections", *(str(n.senders) for n in needs)),
        ("cores for them, signing", *(str(n.sender_cores) for n in needs)),
        ("memory for them", *(f"{n.sender_memory / 1e9:.1f} GB" for n in needs)),
        ("lanes in a commit", *(f"{n.group:.1f}" for n in needs)),
        ("cores of PostgreSQL", *(str(n.database_cores) for n in needs)),
        ("the same, senders of 64", *(str(n.database_cores) for n in wide)),
        ("commits a second", *(_round(n.commits) for n in needs)),
        ("write-ahead log", *(f"{n.log_rate / 1e6:.1f} MB/s" for n in needs)),
        ("network, out", *(f"{n.network_rate * 8 / 1e6:.0f} Mbit/s" for n in needs)),
        ("opening, one core", *(f"{n.opening:.0f} s" for n in needs)),
        ("disk, each month", *(f"{n.disk_a_month / 1e9:.1f} GB" for n in needs)),
        ("disk, 24 months kept", *(f"{kept_on_disk(n.a_week, 24, costs) / 1e9:.0f} GB" for n in needs)),
        ("write-ahead log, each month", *(f"{n.log_a_month / 1e9:.0f} GB" for n in needs)),
    ]
    return _table(("", "1M a week", "10M a week", "100M a week"), rows)


def _round(value: float) -> str:
    """Two digits that count, with commas: the model is not better than that."""
    digits = 10 ** max(0, len(str(int(value))) - 2)
    return f"{round(value / digits) * digits:,}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
