"""`python -m bench.profile [--signed] [--messages N] [--connections K] [--sink NAME]`: where the CPU time goes.

One sender, watched from within, on a PostgreSQL of its own, into a sink. For those who want to make it faster; its
figures are of one run on a machine that may have had other work.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from bench import sinks
from bench.contenders import Lost, programs, python, start_and_wait
from bench.work import Work, shared_work
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.errors import RoundsError


def profiled(
    work: Work, *, signed: bool, messages: int, connections: int, sink: str = "cheap", functions: int = 40
) -> dict[str, Any]:
    """What `bench.programs.profiled` tells, with `cpu_database` and `wall` in seconds."""
    with sinks.running(sinks.SINKS[sink]) as taker, work.cluster.copy(messages) as database:
        given = database.environment(
            ROUNDS_SMTP_URL=f"smtp://127.0.0.1:{taker.port}?tls=none",
            ROUNDS_CONNECTIONS=str(connections),
            ROUNDS_SENDERS="1",
            **work.signing(signed),
        )
        with programs([python("profiled", functions)], given) as started:
            before = work.cluster.cpu_seconds()
            _, (facts,) = start_and_wait(started)
            facts["cpu_database"] = work.cluster.cpu_seconds() - before
        if (states := database.states()) != {DeliveryState.ACCEPTED: messages}:
            raise Lost(f"{messages} to accept, and the database says {states}")
    return facts


def main() -> None:
    asked = _asked()
    with shared_work() as work:
        facts = profiled(
            work,
            signed=asked.signed,
            messages=asked.messages,
            connections=asked.connections,
            sink=asked.sink,
            functions=asked.functions,
        )
    _tell(facts)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.profile", description="Where a sender's CPU time goes."
    )
    parser.add_argument("--signed", action="store_true", help="with RSA-2048")
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--sink", choices=sorted(sinks.SINKS), default="cheap")
    parser.add_argument("--functions", type=int, default=40, help="how many functions to list")
    return parser.parse_args()


def _tell(facts: dict[str, Any]) -> None:
    sent, cpu = facts["sent"], facts["cpu"] / facts["sent"] * 1e6
    print(
        f"{sent / facts['wall']:.0f} a second, {cpu:.0f} us of CPU a message, and PostgreSQL"
        f" {facts['cpu_database'] / sent * 1e6:.0f}; peak {facts['rss_mb']:.0f} MB"
    )
    print("\nThe sender's CPU by step, us a message")
    for step, part in facts["steps"].items():
        print(f"  {step:12} {part * cpu:8.1f}")
    print("\nBy function: own, with what it calls, us a message")
    for name, own, whole in facts["functions"]:
        print(f"  {own * cpu:8.1f} {whole * cpu:8.1f}  {name}")
    print(f"\nStatements {'':20} {'calls':>7} {'a call':>7} {'wall us/msg':>12} {'backend CPU us/msg':>19}")
    for name, each in sorted(facts["statements"].items(), key=lambda item: -item[1]["cpu"]):
        print(
            f"  {name:29} {each['calls']:7} {sent / each['calls']:7.1f} {each['seconds'] / sent * 1e6:12.1f}"
            f" {each['cpu'] / sent * 1e6:19.1f}"
        )
    told = sum(each["cpu"] for each in facts["statements"].values())
    print(f"  {'all other of PostgreSQL':57} {(facts['cpu_database'] - told) / sent * 1e6:20.1f}")


if __name__ == "__main__":
    try:
        main()
    except RoundsError as error:
        sys.exit(f"bench: {error}")
