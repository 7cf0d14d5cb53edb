"""The other end of `bench.contenders`: what a Python program does to be measured.

It gets ready, says so on a line, waits for a line, works, and writes one line of JSON: the CPU time that the operating
system counted for it between the two, its peak memory, and whatever it wants to add. Its start is not measured.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Facts = dict[str, Any]


def measure(work: Callable[[], Facts]) -> None:
    """Wait for the start, do `work`, and tell what it took. What `work` itself says of that goes before."""
    print("ready", flush=True)
    if not sys.stdin.readline():
        return
    before = cpu_seconds()
    facts = work()
    facts = {"cpu": cpu_seconds() - before, "rss_mb": peak_rss_mb(), **facts}
    print(json.dumps(facts), flush=True)
    sys.stdin.readline()


def cpu_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak_rss_mb(pid: int | str = "self") -> float:
    """The most memory that a process had. `ru_maxrss` will not do: it begins with what the parent had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
