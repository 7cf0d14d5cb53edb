"""The audit log again, outside the database: whoever cuts or rewrites that does not rewrite this (S-15).

One file for each database, `audit/<its uid>.jsonl` in the data folder: the lines that this host wrote, as JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from pipeline.core.errors import Unavailable


def add(folder: Path, instance: UUID, line: str) -> None:
    """Add a line, on the disk before this returns. Raises Unavailable."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(_file(folder, instance), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, f"{line}\n".encode("ascii"))
            os.fdatasync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise Unavailable(f"The audit log in {folder} cannot be written ({error.strerror}).") from error


def kept(folder: Path, instance: UUID) -> Iterator[tuple[int, bytes]]:
    """(number, hash) of every line that this host wrote. One that cannot be read is (0, b"")."""
    try:
        with _file(folder, instance).open(encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    said = json.loads(text)
                    yield int(said["seq"]), bytes.fromhex(said["hash"])
                except (ValueError, KeyError, TypeError):
                    yield 0, b""
    except FileNotFoundError:
        return


def _file(folder: Path, instance: UUID) -> Path:
    return folder / f"{instance}.jsonl"
