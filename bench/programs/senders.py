"""Senders of Rounds, forked from one process that has imported everything, as `rounds pump` forks them.

python -m bench.programs.senders PROCESSES [AT_MOST]

The environment says which database, which relay, how many connections, and who signs. Measured from the first fork to
the end of the last sender, which has recorded all its results by then. With AT_MOST a sender that has recorded so many
takes no more, as when it is asked to stop.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django
from django.db import connections

django.setup()

from bench.measured import Facts, cpu_seconds, measure, peak_rss_mb  # noqa: E402
from pipeline.actions.drain import drain  # noqa: E402
from pipeline.actions.tick import tick  # noqa: E402,F401 - the pump has imported it too
from pipeline.gateways import queue  # noqa: E402
from pipeline.store import sending  # noqa: E402

LONG = 600.0  # seconds that a sender may take


def main(processes: int, at_most: int = 0) -> None:
    if at_most:
        _stop_after(at_most)

    def work() -> Facts:
        told = forked([_send] * processes)
        return {
            "sent": sum(each["accepted"] for each in told),
            "rss_mb": max(each["rss_mb"] for each in told),
            "cpu_each": [each["cpu"] for each in told],
        }

    measure(work)


def _stop_after(at_most: int) -> None:
    accept, recorded = sending.accept, 0

    async def counted(*words: Any, **more: Any) -> set[int]:
        nonlocal recorded
        ours = await accept(*words, **more)
        recorded += len(ours)
        if recorded >= at_most:
            queue.stop_soon()
        return ours

    sending.accept = counted


def _send() -> Facts:
    began = cpu_seconds()
    batch = drain(LONG)
    if batch is None or batch.route_failed:
        sys.exit(f"a sender stopped: {batch.route_failed if batch else 'no place was free'}")
    return {"accepted": batch.accepted, "rss_mb": peak_rss_mb(), "cpu": cpu_seconds() - began}


def forked(acts: list[Callable[[], Facts]]) -> list[Facts]:
    """Run each in a child of this process. Returns what they tell, when all have ended."""
    connections.close_all()
    children = [_fork(act) for act in acts]
    told = []
    for child, reading in children:
        with os.fdopen(reading) as words:
            line = words.read()
        os.waitpid(child, 0)
        if not line:
            sys.exit("a sender failed, see above")
        told.append(json.loads(line))
    return told


def _fork(act: Callable[[], Facts]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        facts = act()
        os.write(writing, json.dumps(facts).encode())
        status = 0
    except SystemExit as ended:
        print(ended, file=sys.stderr, flush=True)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
