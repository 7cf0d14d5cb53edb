"""Every no that this host heard, outside the database: what a restored backup has forgotten (standards S-18).

One file for each database, `noes/<its uid>` in the data folder, appended to and never rewritten. A line is
`<CRC-32 of the rest, 8 hex digits> <JSON>` and names the mailbox by its keyed hash alone. A line that cannot be read is
passed over and counted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID
from zlib import crc32

from pipeline.core.errors import Unavailable


def note(folder: Path, instance: UUID, records: Sequence[Mapping[str, Any]], *, sync: bool) -> None:
    """Add lines, in one write. `sync`: on the disk before this returns. Raises Unavailable."""
    lines = b"".join(_line(record) for record in records)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / str(instance), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                lines = b"\n" + lines  # a full disk cut the last one short: it is lost, and this one is not
            if os.write(file, lines) != len(lines):
                raise OSError(0, "the disk is full")
            if sync:
                os.fdatasync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise Unavailable(f"The noes in {folder} cannot be written ({error.strerror}).") from error


def noted(folder: Path, instance: UUID) -> Iterator[Mapping[str, Any] | None]:
    """Each line that is there now, from the first; None for one that cannot be read, as what a full disk cut short.

    What is added meanwhile, such as by whoever applies them, is left for another time.
    """
    try:
        with (folder / str(instance)).open("rb") as file:
            left = os.fstat(file.fileno()).st_size
            while left > 0 and (line := file.readline(left)):
                left -= len(line)
                if line.strip():
                    yield _record(line.rstrip(b"\n"))
    except FileNotFoundError:
        return


def _line(record: Mapping[str, Any]) -> bytes:
    said = json.dumps(record, separators=(",", ":")).encode()
    return b"%08x %b\n" % (crc32(said), said)


def _record(line: bytes) -> Mapping[str, Any] | None:
    said = line[9:]
    if line[:9] != b"%08x " % crc32(said):
        return None
    try:
        record = json.loads(said)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
