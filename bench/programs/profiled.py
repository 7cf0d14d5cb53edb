"""One sender within this process, watched: where its CPU time goes, and PostgreSQL's by the kind of statement.

python -m bench.programs.profiled [FUNCTIONS]

The environment says what to send and where, as for `bench.programs.senders`. Looking costs a few hundredths.
"""

from __future__ import annotations

import functools
import inspect
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

import django
from django.db import connections

django.setup()

from bench.measured import Facts, cpu_seconds, measure, peak_rss_mb  # noqa: E402
from bench.processes import backend_cpu_seconds  # noqa: E402
from bench.sampling import Sampler  # noqa: E402
from pipeline.actions.drain import drain  # noqa: E402
from pipeline.store import flow, sending  # noqa: E402


@dataclass
class Statement:
    """What one function of the store asked of PostgreSQL. CPU is the backend's, from the kernel's scheduler."""

    calls: int = 0
    seconds: float = 0.0
    cpu: float = 0.0


statements: dict[str, Statement] = defaultdict(Statement)


def main(functions: int = 40) -> None:
    _watch(sending)
    _watch(flow)

    def work() -> Facts:
        connections.close_all()
        began, used = time.monotonic(), cpu_seconds()
        with Sampler() as found:
            batch = drain(600.0)
        if batch is None or batch.route_failed:
            sys.exit(f"the sender stopped: {batch.route_failed if batch else 'no place was free'}")
        return {
            "sent": batch.accepted,
            "wall": time.monotonic() - began,
            "cpu": cpu_seconds() - used,
            "rss_mb": peak_rss_mb(),
            "steps": found.steps(),
            "functions": found.functions(functions),
            "statements": {name: asdict(each) for name, each in statements.items()},
        }

    measure(work)


def _watch(module: ModuleType) -> None:
    """Count what each coroutine function of the module costs, if its first argument is a connection."""
    for name, function in vars(module).copy().items():
        if (
            inspect.iscoroutinefunction(function)
            and function.__module__ == module.__name__
            and name[0] != "_"
        ):
            setattr(module, name, _watched(f"{module.__name__.rpartition('.')[2]}.{name}", function))


def _watched(name: str, function: Any) -> Any:
    @functools.wraps(function)
    async def watched(link: Any, *words: Any, **more: Any) -> Any:
        pid = link.info.backend_pid
        began, used = time.monotonic(), _counted(pid)
        try:
            return await function(link, *words, **more)
        finally:
            seen = statements[name]
            seen.calls += 1
            seen.seconds += time.monotonic() - began
            seen.cpu += _counted(pid) - used

    return watched


def _counted(pid: int) -> float:
    """Seconds of CPU of a backend so far. Its name keeps it out of what is found (`bench.sampling`)."""
    return backend_cpu_seconds(pid)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
