"""The hashes of the seals that this host made, outside the database: whoever rewrites that does not rewrite this.

One file for each database, `ledger/<its uid>` in the data folder, one line a seal: `<number> <hash>`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from pipeline.core.errors import Unavailable


def note(folder: Path, instance: UUID, number: int, hashed: bytes) -> None:
    """Add a line, on the disk before this returns. Raises Unavailable."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / str(instance), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, f"{number} {hashed.hex()}\n".encode())
            os.fdatasync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise Unavailable(
            f"The witness of the ledger in {folder} cannot be written ({error.strerror})."
        ) from error


def has_others(folder: Path, instance: UUID) -> bool:
    """Whether this host made seals of other databases, and none of this one."""
    return not (folder / str(instance)).exists() and any(folder.glob("*-*-*-*-*"))


def noted(folder: Path, instance: UUID) -> Iterator[tuple[int, bytes]]:
    """(number, hash) of every seal that this host made. A line that cannot be read is passed over."""
    try:
        with (folder / str(instance)).open(encoding="ascii", errors="replace") as file:
            for line in file:
                number, _, hashed = line.strip().partition(" ")
                try:
                    yield int(number), bytes.fromhex(hashed)
                except ValueError:
                    continue
    except FileNotFoundError:
        return
