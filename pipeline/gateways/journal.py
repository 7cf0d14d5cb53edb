"""The sender's journal: two lines a message, so that a crash leaves evidence and not a riddle (delivery.md B3, B4).

One file for each lease token, in memory that the kernel shares with the file: a line is copied there and needs no
system call, so that between the line of a dot and the dot itself there is next to no time in which to die. It is not
synced: it outlives the process, and the boot id in the header says whether it has outlived the machine, in which case
what is missing proves nothing. The sender holds a lock on its file for as long as it lives, and the kernel drops the
lock with it: that is how a dead sender is told from a slow one, without a clock.

    {"format": 2, "boot": ..., "token": ..., "instance": ..., "at": "00000000000000000007"}
    D <delivery> <attempt> <sum>           the final dot is about to be sent
    S <delivery> <attempt> <code> <sum>    a complete reply, none, or no dot left (core/delivery/recovery.py)

`sum` is the CRC-32 of the line before it, carried on from the sum of the line above and, at the first, from the token:
a bit that turned, a line that is missing and a line of another journal are all found out. `at` is the delivery whose
message was being written when the sender died, zero where none was. Behind the last line there are zeros: room on the
disk that is ours already, so that no full disk comes between a line and its file.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID
from zlib import crc32

from pipeline.core.errors import Unavailable

FORMAT = 2
LONGEST_HEADER = 512
LARGEST = 256 * 1024 * 1024  # octets; a sender of twenty seconds writes a few million
STEP = 64 * 1024  # octets that a journal grows by
TAIL = STEP + 4096
AT = b'"at": "'
DIGITS = 20


def boot_id() -> str:
    """The kernel's name for this run of the machine; empty where there is none, and then no journal is trusted."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


class Journal:
    """The journal of one sender, open for appending. Raises Unavailable where it cannot be written."""

    def __init__(self, folder: Path, token: UUID, instance: UUID | None = None) -> None:
        """`instance` names the database that the deliveries are of."""
        self.path = folder / str(token)
        header = {
            "format": FORMAT,
            "boot": boot_id(),
            "token": str(token),
            "instance": str(instance or ""),
            "at": "0" * DIGITS,
        }
        line = json.dumps(header).encode() + b"\n"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.posix_fallocate(self._file, 0, STEP)
            self._room = STEP
            self._page = mmap.mmap(self._file, STEP)
        except OSError as error:
            raise Unavailable(
                f"The journal folder {folder} cannot be written ({error.strerror}). Nothing is sent without a journal:"
                " make the folder writable or set ROUNDS_DATA_DIR."
            ) from error
        self._page[: len(line)] = line
        self._end = len(line)
        self._at = line.index(AT) + len(AT)
        self._sum = crc32(token.bytes)
        self._dots = False

    def _append(self, said: bytes) -> None:
        """A line, whole; or an OSError, before anything of it is said, where the disk has no room."""
        following = crc32(said, self._sum)
        line = b"%b %08x\n" % (said, following)
        end = self._end + len(line)
        if end > self._room:
            os.posix_fallocate(self._file, self._room, STEP)
            self._page.resize(self._room + STEP)
            self._room += STEP
        self._page[self._end : end] = line
        self._end, self._sum = end, following

    def writing(self, delivery_id: int) -> None:
        """Note that this delivery's message is being written, 0 that it is done. If that kills us, we know which."""
        self._page[self._at : self._at + DIGITS] = b"%020d" % delivery_id

    def dot(self, delivery_id: int, attempt_no: int) -> None:
        """Note that the final dot is about to leave."""
        self._append(b"D %d %d" % (delivery_id, attempt_no))
        self._dots = True

    def reply(self, delivery_id: int, attempt_no: int, code: int) -> None:
        """Note how the dot ended: the code of the complete reply to it, or what stands for one (`code_noted`)."""
        self._append(b"S %d %d %d" % (delivery_id, attempt_no, code))

    def close(self, *, keep: bool = False) -> None:
        """Close. A journal with a dot stays, since a restored database may need it; so does one to be kept."""
        self._page.close()
        os.ftruncate(self._file, self._end)
        os.close(self._file)
        if not keep and not self._dots:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(keep=error is not None)


@dataclass(frozen=True, slots=True)
class JournalReading:
    """What a journal says.

    `found`: it is on this host. `alive`: its sender is still at work. `trusted`: it was written in this run of the
    machine and is whole, so that a line which is missing was never written. What stands in it is true in any case, or
    it would not be here. `dots` holds (delivery, attempt); `replies` maps the same pair to the reply's code. `writing`
    is the delivery whose message was being written, 0 where none was.
    """

    found: bool = False
    alive: bool = False
    trusted: bool = False
    instance: str = ""
    writing: int = 0
    dots: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    replies: dict[tuple[int, int], int] = field(default_factory=dict)


def read(folder: Path, token: UUID, wanted: Collection[int] | None = None) -> JournalReading:
    """Read a journal, or of its lines only those about `wanted`.

    A missing, foreign, damaged or giant one is simply not trusted.
    """
    try:
        file = os.open(folder / str(token), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return JournalReading()
    try:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode):
            return JournalReading()
        alive = _locked(file)
        if not _ours(about) or about.st_size > LARGEST:
            return JournalReading(found=True, alive=alive)
        content = b"".join(iter(lambda: os.read(file, 1 << 20), b""))
    finally:
        os.close(file)
    head, _, body = content.partition(b"\n")
    header = _header(head)
    if header.get("token") != str(token):
        return JournalReading(found=True, alive=alive)
    lines = _Lines(crc32(token.bytes), wanted)
    lines.take(body)
    boot = header.get("boot")
    trusted = bool(boot) and boot == boot_id() and not lines.damaged
    return JournalReading(
        True,
        alive,
        trusted,
        str(header.get("instance", "")),
        _number(header.get("at")),
        frozenset(lines.dots),
        lines.replies,
    )


class _Lines:
    """Reads the lines under the header, and keeps those whose sums are right."""

    def __init__(self, seed: int, wanted: Collection[int] | None) -> None:
        self.damaged = False
        self.dots: set[tuple[int, int]] = set()
        self.replies: dict[tuple[int, int], int] = {}
        self._sum: int | None = seed
        self._wanted = wanted

    def take(self, body: bytes) -> None:
        *lines, rest = body.rstrip(b"\0").split(b"\n")
        self.damaged = bool(rest)  # half a line: what followed it is not known
        for line in lines:
            try:
                self._line(line)
            except ValueError:
                self.damaged = True

    def _line(self, line: bytes) -> None:
        said, _, written = line.rpartition(b" ")
        before, self._sum = self._sum, None
        self._sum = int(written, 16)
        if before is None or crc32(said, before) != self._sum:
            raise ValueError("the sum is wrong")
        kind, delivery, attempt, *code = said.split(b" ")
        pair = int(delivery), int(attempt)
        if self._wanted is not None and pair[0] not in self._wanted:
            return
        if kind == b"D" and not code:
            self.dots.add(pair)
        elif kind == b"S" and len(code) == 1:
            self.replies[pair] = int(code[0])
        else:
            raise ValueError("neither a dot nor a reply")


def _ours(about: os.stat_result) -> bool:
    """Whether nobody but the one who sends, and root, may have written it."""
    return about.st_uid in (os.geteuid(), 0) and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _header(head: bytes) -> dict[str, object]:
    """The first line, or nothing if it is not one of ours."""
    try:
        header = json.loads(head) if len(head) <= LONGEST_HEADER else None
    except ValueError:
        return {}
    return header if isinstance(header, dict) and header.get("format") == FORMAT else {}


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else 0


def _locked(file: int) -> bool:
    """Whether somebody else holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


# --- all journals of this host


@dataclass(frozen=True, slots=True)
class Kept:
    """A journal in the folder, and when it was last written to: seconds since 1970, by the wall clock."""

    token: UUID
    written: float


def kept(folder: Path) -> list[Kept]:
    """The journals of this host, the oldest first."""
    return sorted(_found(folder), key=lambda each: (each.written, each.token))


def _found(folder: Path) -> Iterator[Kept]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        with suppress(ValueError, OSError):
            yield Kept(UUID(entry.name), entry.stat(follow_symlinks=False).st_mtime)


def last_dot(folder: Path, token: UUID, instance: UUID) -> tuple[int, int] | None:
    """The last dot that a journal of this database speaks of, as (delivery, attempt), from its last few lines."""
    try:
        with (folder / str(token)).open("rb") as file:
            header = _header(file.readline(LONGEST_HEADER + 1))
            if header.get("token") != str(token) or header.get("instance") != str(instance):
                return None
            start = file.tell()
            end = file.seek(0, os.SEEK_END)
            file.seek(max(start, end - TAIL))
            lines = file.read(TAIL).rstrip(b"\0").split(b"\n")[:-1]
    except OSError:
        return None
    if end - TAIL <= start:
        lines.insert(0, b"token %08x" % crc32(token.bytes))
    for before, line in reversed(list(pairwise(lines))):
        if line.startswith(b"D ") and (found := _believed(before, line)):
            return found
    return None


def _believed(before: bytes, line: bytes) -> tuple[int, int] | None:
    """A dot whose sum follows from the line above."""
    said, _, written = line.rpartition(b" ")
    try:
        if crc32(said, int(before.rpartition(b" ")[2], 16)) != int(written, 16):
            return None
        _, delivery, attempt = said.split(b" ")
        return int(delivery), int(attempt)
    except ValueError:
        return None


def discard(folder: Path, token: UUID) -> None:
    """Remove a journal that nothing can need any more."""
    (folder / str(token)).unlink(missing_ok=True)


def alive(folder: Path, token: UUID) -> bool:
    """Whether the sender of this journal is at work."""
    try:
        file = os.open(folder / str(token), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return _locked(file)
    finally:
        os.close(file)
