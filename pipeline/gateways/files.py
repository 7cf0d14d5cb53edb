"""Files that people name on the command line: read whole, or written whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pipeline.core.errors import BadInput, NotFound

LARGEST = 2 * 1024 * 1024  # bytes


def read_source(path: Path, largest: int = LARGEST) -> bytes:
    """The bytes of a file. Raises NotFound or BadInput with a sentence that names it."""
    try:
        if path.is_dir():
            raise BadInput("This is a folder. Name one file in it.", place=str(path))
        if path.stat().st_size > largest:
            raise BadInput(
                f"The file is larger than {largest // (1024 * 1024)} MB. Name a smaller one.", place=str(path)
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file. Check the name.") from None
    except OSError as error:
        raise BadInput(f"The file cannot be read ({error.strerror}).", place=str(path)) from error


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all: a reader never sees half of it."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """The same for any file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(fresh).chmod(0o644)
            Path(fresh).replace(path)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadInput(f"The file cannot be written ({error.strerror}).", place=str(path)) from error
