"""Run a program that ends when the one who started it does: `python -m pipeline.gateways.leash PARENT COMMAND...`

A supervisor that is killed cannot stop its programs. Linux can: the kernel sends them SIGTERM when their parent is
gone. Elsewhere the program just runs.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:
        raise SystemExit(0)  # It ended before the kernel knew of our wish.
    os.execvp(command[0], command)  # noqa: S606 - replacing this process is the point


if __name__ == "__main__":
    main()
