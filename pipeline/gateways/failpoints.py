"""Places where a test may make this process die, stop or fail: `ROUNDS_FAILPOINT=name:action[:nth]`.

Several are separated by commas. Actions: `kill` (SIGKILL, as a power cut does), `stop` (SIGSTOP, a zombie until it is
continued), `hang` (for ever), `raise`. `nth` counts from 1 and is 1 by default. Without the variable a point costs one
look at a name.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time


class Failpoint(RuntimeError):  # noqa: N818 - it is what was reached
    """What `raise` raises. Nobody catches it by name."""


def _read(setting: str) -> dict[str, tuple[str, int]]:
    points = {}
    for word in filter(None, setting.split(",")):
        name, action, nth = (*word.split(":"), "1")[:3]
        points[name] = (action, int(nth))
    return points


_points = _read(os.environ.get("ROUNDS_FAILPOINT", ""))
_reached: dict[str, int] = {}


def reach(name: str) -> None:
    """Say that this place was reached."""
    if _points and name in _points:
        _act(name)


def reach_soon(name: str) -> None:
    """Say that what follows is about to be waited for: the point is reached in the midst of it."""
    if _points and name in _points:
        asyncio.get_running_loop().call_later(_points_delay, _act, name)


_points_delay = 0.0005  # seconds: about half of a commit


def _act(name: str) -> None:
    action, nth = _points[name]
    _reached[name] = _reached.get(name, 0) + 1
    if _reached[name] != nth:
        return
    match action:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "hang":
            while True:
                time.sleep(3600)
        case _:
            raise Failpoint(name)
