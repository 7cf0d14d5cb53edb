"""Forks senders out of a process that has imported everything already: a start takes milliseconds and not a second.

A forked child is a process like any other: a kill of it is a real kill. Reads JSON lines, answers with JSON lines:

    {"call": "tests.faults.actors:sender", "with": {...}, "environment": {...}, "log": "path"}   ->  {"pid": 12}
    {"wait": 12, "seconds": 5}   ->  {"status": -9}, or null while it runs

`JUDGE_MUTANT` names a mutant that is put into the code before anything imports it (`mutants.py`).
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys
import time
import traceback
from typing import Any

ended: dict[int, int] = {}


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing of a run outlives it


def import_everything() -> None:
    """The mutant first, then the clock, then all else, so that nobody holds an older one."""
    if name := os.environ.get("JUDGE_MUTANT"):
        from tests.faults import mutants

        mutants.install(name)
    from tests.faults import moved_clock

    moved_clock.install()
    import django

    django.setup()
    from tests.faults import actors

    actors.warm_up()


def fork(order: dict[str, Any]) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setsid()
        die_with_parent()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        log = os.open(order.get("log") or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, nothing), (1, log), (2, log)):
            os.dup2(source, target)
        os.environ.update(order.get("environment") or {})
        arm_failpoints()
        be_asked_alone()
        module, _, function = order["call"].partition(":")
        getattr(importlib.import_module(module), function)(**(order.get("with") or {}))
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def arm_failpoints() -> None:
    """The points were read when the module was imported, which was before this child had its environment."""
    if setting := os.environ.get("ROUNDS_FAILPOINT"):
        from pipeline.gateways import failpoints

        failpoints._points = failpoints._read(setting)
        failpoints._reached = {}


def be_asked_alone() -> None:
    """The flag that asks a worker's children to stop is shared by fork; this child is nobody's but ours."""
    from multiprocessing.sharedctypes import RawValue

    from pipeline.gateways import queue

    queue._stopping = RawValue("b", 0)


def wait(pid: int, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while pid not in ended:
        try:
            found, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return None
        if found:
            ended[pid] = os.waitstatus_to_exitcode(status)
        elif time.monotonic() > deadline:
            return None
        else:
            time.sleep(0.002)
    return ended[pid]


def main() -> None:
    die_with_parent()
    import_everything()
    print(json.dumps({"ready": True}), flush=True)
    for text in sys.stdin:
        order = json.loads(text)
        answer = (
            {"status": wait(order["wait"], order["seconds"])} if "wait" in order else {"pid": fork(order)}
        )
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
