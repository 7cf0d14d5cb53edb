"""`python -m bench`: measure in turn, print the ratios, write `bench/latest.json`, the chart and the page.

Options come from the environment, as `make bench N=10000 ROUNDS=3 CONNECTIONS="1 8 32"` gives them. ONLY names the
contenders of a short look, which writes neither the chart nor the page. The exit status says whether everything ran
and every message arrived; it says nothing about how long that took.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench import chart, growth, imports, page, pages, report, steps, writing
from bench.contenders import EVERYBODY, IN_TWO, Contender, Measured
from bench.work import Work, shared_work
from pipeline.core.errors import RoundsError

MOST_VISITS = 390  # of each kind of page, in each part: more sign-ups than 500 an hour are held


@dataclass(frozen=True, slots=True)
class Options:
    messages: int
    rounds: int
    connections: tuple[int, ...]
    headline: int  # the number of connections that the ratios are of: the most, which is nearest to what a sender uses
    recipients: tuple[int, ...]  # the sizes of lists that growth and imports are measured with
    only: frozenset[str]


def options() -> Options:
    connections = tuple(int(word) for word in (os.environ.get("CONNECTIONS") or "1 8 32").split())
    return Options(
        messages=int(os.environ.get("N") or 10_000),
        rounds=int(os.environ.get("ROUNDS") or 3),
        connections=connections,
        headline=int(os.environ.get("HEADLINE") or max(connections)),
        recipients=tuple(
            int(word) for word in (os.environ.get("RECIPIENTS") or "10000 100000 1000000").split()
        ),
        only=frozenset(os.environ.get("ONLY", "").split()),
    )


def main() -> int:
    signal.signal(signal.SIGTERM, _end)
    asked = options()
    more: dict[str, Any] = {}
    with shared_work() as work:
        measured = list(_all_rounds(asked, work))
        if not asked.only or "steps" in asked.only:
            more["cpu_us_per_message"] = steps.steps(work, asked.messages, asked.headline, report.progress)
        if not asked.only or "growth" in asked.only:
            more["growth"] = growth.growth(
                work, asked.recipients, asked.rounds, asked.headline, report.progress
            )
        if not asked.only or "pages" in asked.only:
            more["pages"] = pages.pages(work, min(asked.messages, MOST_VISITS), report.progress)
        if not asked.only or "import" in asked.only:
            more["imports"] = imports.imports(work, asked.recipients, report.progress)
        if not asked.only or "writing" in asked.only:
            more["writing"] = writing.writing(work, report.progress)
    facts = report.facts(measured, asked.headline, asked.rounds, more)
    report.tell(measured, asked.headline, facts)
    report.write(facts)
    if not asked.only:
        chart.draw(facts)
        page.write(facts)
    return 0


def _end(*_: object) -> None:
    """Asked to end: leave no server and no folder behind."""
    sys.exit("bench: ended before its time; nothing was written.")


def _all_rounds(asked: Options, work: Work) -> Iterator[Measured]:
    plan = [("smtp-sink", each) for each in asked.connections] + [("cheap", asked.headline)]
    for sink, connections in plan:
        for number in range(1, asked.rounds + 1):
            for contender in _contenders(asked, connections):
                report.progress(f"{sink}, {connections} connections, round {number}: {contender.title}")
                yield contender.measure(sink, asked.messages, connections, work)


def _contenders(asked: Options, connections: int) -> list[Contender]:
    """All of them; the peers in two processes only at the number of connections that the headline is of."""
    found = [*EVERYBODY, *(IN_TWO if connections == asked.headline else ())]
    return [each for each in found if not asked.only or each.name in asked.only]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RoundsError as error:
        sys.exit(f"bench: {error}")
