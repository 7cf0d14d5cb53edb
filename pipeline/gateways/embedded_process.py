"""Processes and folders of the embedded servers: whose they are, how they start, how they end."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from pipeline.core.errors import Unavailable

STOP_SECONDS = 8.0

# What a server sees of the environment: no PG* variable of the operator's shell reaches it.
PLAIN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class ServerUser:
    """The unprivileged user that the servers run as when root starts them."""

    uid: int
    gid: int


def server_user(data_dir: Path) -> ServerUser | None:
    """None for ourselves. For root: whoever owns the files already, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return None
    folder = data_dir / "postgres"
    if folder.exists() and (owner := folder.stat()).st_uid != 0:
        return ServerUser(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid)
    raise Unavailable(
        "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor `nobody`. "
        "Start Rounds as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def run_as(user: ServerUser | None) -> dict[str, Any]:
    """The arguments of `subprocess` that make a child that user."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def own_folder(folder: Path, user: ServerUser | None) -> None:
    """Make a private folder of the server's. The folders above keep their modes and owners."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    if user:
        os.chown(folder, user.uid, user.gid)


def socket_home(folder: Path, user: ServerUser | None) -> None:
    """Make the folder of the sockets, in the temporary folder that all share: refuse what others put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {
        os.geteuid(),
        user.uid if user else os.geteuid(),
    }:
        raise Unavailable(
            f"{folder} belongs to somebody else, so the embedded servers cannot put their sockets there. "
            "Remove it, or set TMPDIR to a folder of your own."
        )
    own_folder(folder, user)


def address_of(folder: Path, user: ServerUser | None) -> str:
    """How a server names the folder it stands in. Another user may have no way to it by its path."""
    return "/proc/self/cwd" if user and sys.platform == "linux" else str(folder)


def spawn(command: list[str], folder: Path, log: Path, user: ServerUser | None) -> psutil.Process:
    """Start a server standing in its folder, in a session of its own: Ctrl-C is for its owner, not for it."""
    with log.open("ab") as output:
        child = psutil.Popen(
            command,
            cwd=folder,
            env=PLAIN_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **run_as(user),
        )
    return psutil.Process(child.pid)


def find(pid: int | None) -> psutil.Process | None:
    """The living process of that number. A zombie is dead: in a container nobody may ever bury it."""
    try:
        process = psutil.Process(pid) if pid and pid > 0 else None
        return process if process and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def is_alive(pid: int) -> bool:
    return find(pid) is not None


def standing_in(folder: Path, pid: int | None) -> psutil.Process | None:
    """The process of that number, if it stands in `folder`: the sign that it is this folder's server."""
    process = find(pid)
    try:
        return process if process and Path(process.cwd()).samefile(folder) else None
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        return None  # It ended meanwhile, is somebody else's, or stands in a deleted folder: it is not ours.


def end(process: psutil.Process, *signals: signal.Signals) -> None:
    """Ask, wait, insist, and kill at last. A frozen process is woken, or it would hear nothing."""
    for number in (*signals, signal.SIGKILL):
        try:
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
        except psutil.NoSuchProcess:
            return
        if _ended(process):
            return


def _ended(process: psutil.Process) -> bool:
    """Wait for the end. Not with `wait`, which would also wait until whoever adopted the process buries it."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if not is_alive(process.pid):
            return True
        time.sleep(0.02)
    return False


def number_in(file: Path) -> int | None:
    """The number on the first line of a pid file; None when there is no such file or no number in it."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it said nothing."
