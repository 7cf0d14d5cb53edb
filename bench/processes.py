"""CPU time of processes that are not ours to ask, from the operating system."""

from __future__ import annotations

import os
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def tree_cpu_seconds(pid: int) -> float:
    """User and system time of a process, of its living children and of all that ever ended among them.

    The time of a child that has ended is in its parent's account, so that nothing is lost when a backend of PostgreSQL
    leaves between two readings. Read again if one left during the reading. To a hundredth of a second for each process.
    """
    for _ in range(5):
        try:
            return sum(_cpu_seconds(each) for each in [pid, *_children(pid)])
        except FileNotFoundError:
            time.sleep(0.01)
    raise RuntimeError(f"process {pid} has ended")


def backend_cpu_seconds(pid: int) -> float:
    """CPU time of one process, to the nanosecond where the kernel keeps it so (proc(5), schedstat)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return _cpu_seconds(pid)


def _cpu_seconds(pid: int) -> float:
    fields = _stat(pid)
    return sum(int(fields[at]) for at in (11, 12, 13, 14)) / _TICK  # utime, stime, cutime, cstime: proc(5)


def _children(pid: int) -> list[int]:
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _parent(int(entry.name)) == pid
    ]


def _parent(pid: int) -> int:
    try:
        return int(_stat(pid)[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may itself hold spaces and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
