"""The sender's journal: two lines a message, so that a crash leaves evidence and not a riddle (delivery.md B3, B4).

One file for each lease token. A line is one `write` to an `O_APPEND` file and is not synced: it outlives the process,
and the boot id in the header says whether it has outlived the machine, in which case it proves nothing. The sender
holds a lock on its file for as long as it lives, and the kernel drops the lock with it: that is how a dead sender is
told from a slow one, without a clock.

    D <delivery> <attempt>           the final dot is about to be sent
    S <delivery> <attempt> <code>    a complete reply was read
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from pipeline.core.errors import Unavailable

FORMAT = 1


def boot_id() -> str:
    """The kernel's name for this run of the machine; empty where there is none, and then no journal is trusted."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


class Journal:
    """The journal of one drain, open for appending."""

    def __init__(self, folder: Path, token: UUID) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / str(token)
        try:
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
        except OSError as error:
            raise Unavailable(
                f"The journal folder {folder} cannot be written ({error.strerror}). Nothing is sent without a journal:"
                " make the folder writable or set ROUNDS_DATA_DIR."
            ) from error
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._append(json.dumps({"format": FORMAT, "boot": boot_id()}))

    def _append(self, line: str) -> None:
        """One write, whole or an OSError: on a disk that is full, half a line would be taken for none."""
        octets = line.encode() + b"\n"
        if os.write(self._file, octets) != len(octets):
            raise OSError(errno.ENOSPC, "The journal took half a line", str(self.path))

    def dot(self, delivery_id: int, attempt_no: int) -> None:
        """Note that the final dot is about to leave."""
        self._append(f"D {delivery_id} {attempt_no}")

    def reply(self, delivery_id: int, attempt_no: int, code: int) -> None:
        """Note the code of the complete reply to the dot."""
        self._append(f"S {delivery_id} {attempt_no} {code}")

    def close(self, *, keep: bool = False) -> None:
        """Close, and remove the file unless deliveries are left that it may have to speak for."""
        os.close(self._file)
        if not keep:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(keep=error is not None)


@dataclass(frozen=True, slots=True)
class JournalReading:
    """What a journal says. `found`: it is on this host. `alive`: its sender is still at work. `trusted`: it was written
    in this run of the machine.

    `dots` holds (delivery, attempt); `replies` maps the same pair to the reply's code.
    """

    found: bool = False
    alive: bool = False
    trusted: bool = False
    dots: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    replies: dict[tuple[int, int], int] = field(default_factory=dict)


def read(folder: Path, token: UUID) -> JournalReading:
    """Read a journal. A missing, foreign or damaged one is simply not trusted; a half-written last line is left out."""
    try:
        file = os.open(folder / str(token), os.O_RDONLY)
    except OSError:
        return JournalReading()
    try:
        alive = _locked(file)
        content = b"".join(iter(lambda: os.read(file, 1 << 20), b""))
    finally:
        os.close(file)
    lines = content.split(b"\n")[:-1]
    try:
        header = json.loads(lines[0])
        boot = header["boot"]
        dots, replies = _entries(lines[1:])
    except (ValueError, KeyError, IndexError, TypeError):
        return JournalReading(found=True, alive=alive)
    trusted = header.get("format") == FORMAT and bool(boot) and boot == boot_id()
    return JournalReading(True, alive, trusted, frozenset(dots), replies)


def _locked(file: int) -> bool:
    """Whether somebody else holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


def _entries(lines: list[bytes]) -> tuple[set[tuple[int, int]], dict[tuple[int, int], int]]:
    dots: set[tuple[int, int]] = set()
    replies: dict[tuple[int, int], int] = {}
    for line in lines:
        kind, *numbers = line.decode("ascii").split(" ")
        delivery, attempt, *code = map(int, numbers)
        if kind == "D":
            dots.add((delivery, attempt))
        elif kind == "S":
            replies[delivery, attempt] = code[0]
        else:
            raise ValueError(f"unknown journal line {kind!r}")
    return dots, replies


def discard(folder: Path, token: UUID) -> None:
    """Remove a journal whose deliveries are all settled."""
    (folder / str(token)).unlink(missing_ok=True)
