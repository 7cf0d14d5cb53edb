"""Goodbyes that came while PostgreSQL was away: kept on the disk until it is back (delivery.md G7, B8).

One line for each, `<CRC-32 of the rest, 8 hex digits> <JSON>`, and none is acknowledged before the disk has it. What
a crash cut short was never acknowledged: it has no end of line, stands last, and the next goodbye begins a new one. Any
other line with a wrong sum is told as damage, and its file is laid aside for a person.

Who applies them takes the file away under another name first, so that whoever comes meanwhile begins a new one.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

from pipeline.core.errors import Unavailable

OPEN, TAKEN, DAMAGED = "goodbyes", "taken-", "damaged-"
LARGEST = 256 * 1024 * 1024  # bytes: a million goodbyes
LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class Part:
    """A file that was taken away to be applied. `damage`: how many of its lines cannot be read, or make no sense."""

    path: Path
    records: tuple[Mapping[str, Any], ...]
    damage: int


def waiting(folder: Path) -> bool:
    """Whether any goodbye waits to be applied. Cheap enough to ask before every group of dots."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return False
    for name in names:
        if name == OPEN or name.startswith(TAKEN):
            try:
                if (folder / name).stat().st_size:
                    return True
            except FileNotFoundError:
                return True  # it was moved while we looked: somebody is applying it
    return False


def since(folder: Path) -> tuple[datetime | None, datetime | None]:
    """When the oldest goodbye was said that waits to be applied, and the oldest of a file that was laid aside."""
    waits: list[datetime] = []
    aside: list[datetime] = []
    for path in folder.glob("*"):
        if path.name == OPEN or path.name.startswith((TAKEN, DAMAGED)):
            try:
                said = _first_said(path)
            except FileNotFoundError:
                continue  # it was applied while we looked
            if said is not None:
                (aside if path.name.startswith(DAMAGED) else waits).append(said)
    return min(waits, default=None), min(aside, default=None)


def _first_said(path: Path) -> datetime | None:
    """By the first line; where that cannot be read, by when the file was last written to. None for an empty file."""
    with path.open("rb") as file:
        line = file.readline(LONGEST_LINE)
        written = os.fstat(file.fileno()).st_mtime
    if not line:
        return None
    try:
        said = datetime.fromisoformat(str((_record(line.rstrip(b"\n")) or {}).get("at")))
    except ValueError:
        said = datetime.fromtimestamp(written, UTC)
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def add(folder: Path, record: Mapping[str, Any]) -> None:
    """Keep one, on the disk before this returns. Raises Unavailable, with nothing kept, where that cannot be."""
    said = json.dumps(record, separators=(",", ":")).encode()
    line = b"%08x %b\n" % (crc32(said), said)
    try:
        new = not folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if new:
            _sync_folder(folder.parent)
        file = _locked(folder / OPEN)
        try:
            _append(file, line)
        finally:
            os.close(file)
        _sync_folder(folder)
    except OSError as error:
        raise Unavailable(
            f"A goodbye could not be kept in {folder} ({error.strerror}), and the database is away."
        ) from error


def _locked(path: Path) -> int:
    """The open file, ours alone. One that was taken away while we waited for it is not the one any more."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            if os.fstat(file).st_ino == path.stat().st_ino:
                return file
        except FileNotFoundError:
            pass
        os.close(file)


def _append(file: int, line: bytes) -> None:
    size = os.fstat(file).st_size
    if size + len(line) > LARGEST:
        raise OSError(0, "it is full")
    if size and os.pread(file, 1, size - 1) != b"\n":
        line = b"\n" + line
    try:
        written = os.write(file, line)
        if written != len(line):
            raise OSError(0, "the disk is full")
        os.fdatasync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def taken(folder: Path) -> Iterator[list[Part] | None]:
    """What waits, for one process at a time; None for a second one. Each part is given up by `applied`."""
    if not waiting(folder):
        yield []
        return
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        _take_away(folder)
        yield [_read(path) for path in sorted(folder.glob(f"{TAKEN}*"))]
    finally:
        os.close(lock)


def _take_away(folder: Path) -> None:
    file = _locked(folder / OPEN)
    try:
        if os.fstat(file).st_size:
            # Never without a name: whoever looks meanwhile sees that something waits.
            os.link(folder / OPEN, folder / f"{TAKEN}{time.time_ns():020d}")
            (folder / OPEN).unlink()
            _sync_folder(folder)
    finally:
        os.close(file)


def _read(path: Path) -> Part:
    records, damage = [], 0
    *lines, _cut_short = path.read_bytes().split(b"\n")
    for line in lines:
        record = _record(line)
        if record is not None:
            records.append(record)
        elif line:
            damage += 1
    return Part(path, tuple(records), damage)


def _record(line: bytes) -> Mapping[str, Any] | None:
    said = line[9:]
    if line[:9] != b"%08x " % crc32(said):
        return None
    try:
        record = json.loads(said)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def applied(part: Part, *, strange: int = 0) -> Path | None:
    """Give a part up. One with lines that nobody could read or apply is laid aside; where it is then."""
    if not part.damage and not strange:
        part.path.unlink()
        return None
    return part.path.rename(aside(part))


def aside(part: Part) -> Path:
    """Where a part is laid that a person must look at."""
    return part.path.with_name(part.path.name.replace(TAKEN, DAMAGED, 1))
