"""What grows with the list: opening an issue, sending from a long queue, and a sender's memory.

Each size has a database of its own. The opening is timed alone. Then one sender sends the same number of messages from
each queue, into the cheap sink, and leaves the rest: its memory must not know how many are waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from bench import sinks
from bench.cluster import Opened
from bench.contenders import Lost, programs, python, start_and_wait
from bench.measured import Facts
from bench.work import Work
from pipeline.core.delivery.lifecycle import DeliveryState

SENT = 10_000  # messages that the sender sends from each queue, or all where there are fewer
BEND = 1.5  # times the smallest cost of one recipient: from there on, we say that the curve bends
LONG = 200_000  # recipients from which an issue is opened no more than twice

Tell = Callable[[str], None]


def growth(work: Work, sizes: Sequence[int], rounds: int, connections: int, tell: Tell) -> dict[str, Any]:
    """By number of recipients: seconds to open, and the sender's time and memory. Empty without sizes."""
    if not sizes:
        return {}
    opened = _openings(work, sorted(sizes), rounds, tell)
    found = {str(size): _of(work, size, opened[size], connections, tell) for size in sorted(sizes)}
    return {
        "recipients": found,
        "sent_from_each": min(SENT, *sizes),
        "opening_1m_vs_100k": _ratio(found, "opening_seconds", 1_000_000, 100_000),
        "rss_1m_vs_10k": _ratio(found, "rss_mb", 1_000_000, 10_000),
        "bends": bends(found),
    }


def rss_mb(growth: dict[str, Any]) -> dict[str, float]:
    """Peak memory of a sender by number of recipients that were due."""
    return {size: each["rss_mb"] for size, each in growth.get("recipients", {}).items()}


def bends(found: dict[str, dict[str, float]]) -> str:
    """Where a recipient begins to cost clearly more than on a shorter list, in a sentence."""
    costs = {
        "opening": "opening_us_a_recipient",
        "CPU of opening": "opening_cpu_us_a_recipient",
        "sending": "sending_us_a_message",
        "memory": "rss_mb",
    }
    told = []
    for what, key in costs.items():
        least = float("inf")
        for size, each in found.items():
            if each[key] > BEND * least:
                told.append(f"{what} from {int(size):,}, {each[key] / least:.1f} times the least")
                break
            least = min(least, each[key])
    return (
        f"Bends: {'; '.join(told)}."
        if told
        else "Nothing bends: each recipient costs what the first ones cost."
    )


def _openings(work: Work, sizes: Sequence[int], rounds: int, tell: Tell) -> dict[int, list[Opened]]:
    """The sizes take turns: a machine that is slow for a minute is slow for all of them."""
    opened: dict[int, list[Opened]] = {size: [] for size in sizes}
    for number in range(1, rounds + 1):
        for size in sizes:
            if size >= LONG and number > 2:
                continue
            tell(f"{size:,} recipients, opening {number}")
            if opened[size]:
                work.cluster.forget(size)
            opened[size].append(work.cluster.opened(size))
    return opened


def _of(work: Work, size: int, opened: list[Opened], connections: int, tell: Tell) -> dict[str, float]:
    tell(f"{size:,} recipients, sending")
    wall, facts = _send_some(work, size, connections)
    database = facts["cpu_database"]
    work.cluster.forget(size)
    seconds = median(each.seconds for each in opened)
    sent = facts["sent"]
    return {
        "opening_seconds": round(seconds, 3),
        "opening_us_a_recipient": round(seconds / size * 1e6, 1),
        "opening_cpu_us_a_recipient": round(
            median(each.cpu + each.cpu_database for each in opened) / size * 1e6, 1
        ),
        "sent": sent,
        "sending_us_a_message": round(wall / sent * 1e6, 1),
        "sending_cpu_us_a_message": round((facts["cpu"] + database) / sent * 1e6, 1),
        "rss_mb": round(facts["rss_mb"], 1),
    }


def _send_some(work: Work, size: int, connections: int) -> tuple[float, Facts]:
    """One sender stops after `SENT` messages; what it did not send must be queued as before."""
    database = work.cluster.opened(size).database
    with sinks.running(sinks.SINKS["cheap"]) as taker:
        given = database.environment(
            ROUNDS_SMTP_URL=f"smtp://127.0.0.1:{taker.port}?tls=none",
            ROUNDS_CONNECTIONS=str(connections),
            ROUNDS_SENDERS="1",
            **work.signing(False),
        )
        with programs([python("senders", 1, SENT)], given) as started:
            before = work.cluster.cpu_seconds()
            wall, (facts,) = start_and_wait(started)
            facts["cpu_database"] = work.cluster.cpu_seconds() - before
        sent, taken = facts["sent"], taker.messages(facts["sent"])
    wanted = {DeliveryState.ACCEPTED: sent, DeliveryState.QUEUED: size - sent}
    states = database.states()
    if sent != taken or states != {state: n for state, n in wanted.items() if n}:
        raise Lost(f"{size} due: {sent} sent, {taken} at the sink, and the database says {states}")
    return wall, facts


def _ratio(found: dict[str, dict[str, float]], key: str, size: int, base: int) -> float | None:
    if str(size) in found and str(base) in found:
        return round(found[str(size)][key] / found[str(base)][key], 3)
    return None


def lines(growth: dict[str, Any]) -> Iterator[str]:
    """For a terminal: everything against the smallest list."""
    recipients = growth.get("recipients", {})
    if not recipients:
        return
    first = next(iter(recipients.values()))
    yield f"\nGrowth, a recipient's cost against the shortest list; {growth['sent_from_each']:,} sent from each"
    yield f"  {'recipients':>12} {'opening':>9} {'its CPU':>9} {'sending':>9} {'its CPU':>9} {'memory':>9} {'MB':>6}"
    keys = (
        "opening_us_a_recipient",
        "opening_cpu_us_a_recipient",
        "sending_us_a_message",
        "sending_cpu_us_a_message",
        "rss_mb",
    )
    for size, each in recipients.items():
        relative = " ".join(f"{each[key] / first[key]:9.2f}" for key in keys)
        yield f"  {int(size):12,} {relative} {each['rss_mb']:6.0f}"
    yield f"  opening an issue for 1,000,000 against 100,000: {growth['opening_1m_vs_100k']} times"
    yield f"  memory of a sender, 1,000,000 against 10,000: {growth['rss_1m_vs_10k']} times"
    yield f"  {growth['bends']}"
