"""Lists on the disk: read line by line, and written for their owner's eyes alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.core.consent.lists import cells
from pipeline.core.consent.lists.encoding import Sniffed, Sniffer
from pipeline.core.errors import BadInput, NotFound

LARGEST = 1024 * 1024 * 1024  # bytes
LONGEST_LINE = 256 * 1024  # characters
_BLOCK = 1024 * 1024


def sniff(path: Path) -> Sniffed:
    """Read the file once: its encoding, size and hash. Raises NotFound, or BadInput with a sentence."""
    place = str(path)
    try:
        if path.is_dir():
            raise BadInput("This is a folder. Name one file in it.", place=place)
        if path.stat().st_size > LARGEST:
            raise BadInput(f"The file is larger than {LARGEST // 1024**2} MB. Split it.", place=place)
        sniffer = Sniffer(path.name)
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                sniffer.feed(block)
        return sniffer.result()
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file. Check the name.") from None
    except OSError as error:
        raise BadInput(f"The file cannot be read ({error.strerror}).", place=place) from error


def lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines with their ends, whatever ends them. BadInput at one that no list has, before it fills the memory."""
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            while text := file.readline(LONGEST_LINE):
                number += 1
                if len(text) >= LONGEST_LINE:
                    raise BadInput(
                        f"This line has more than {LONGEST_LINE:,} characters. Is this a list of people?",
                        place=path.name,
                        line=number,
                    )
                if "\0" in text:
                    told = "This line holds a NUL. Save the list as CSV in UTF-8."
                    raise BadInput(told, place=path.name, line=number)
                yield text
    except UnicodeError as error:
        raise BadInput(
            "The file is not in the encoding that it begins with. Save the list as CSV in UTF-8.",
            place=path.name,
            line=number + 1,
        ) from error
    except OSError as error:
        raise BadInput(f"The file cannot be read ({error.strerror}).", place=str(path)) from error


class PrivateFile:
    """A text file that nobody but its owner reads, in UTF-8 with the mark by which Excel knows it.

    It is made with the first line. `size` is what has been written of it, in bytes.
    """

    def __init__(self, path: Path, size: int = 0) -> None:
        self.path = path
        self.size = size
        self._file: int | None = None

    def write(self, text: str) -> None:
        if self._file is None:
            self._file = self._open()
        data = text.encode("utf-8", "backslashreplace")
        view = memoryview(b"\xef\xbb\xbf" + data if not self.size else data)
        self.size += len(view)
        while view:
            view = view[os.write(self._file, view) :]

    def sync(self) -> None:
        """Have it on the disk before this returns."""
        if self._file is not None:
            os.fsync(self._file)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        """What stands behind `size` was written by somebody who died before it counted."""
        file = private(self.path, truncate=False)
        os.ftruncate(file, self.size)
        os.lseek(file, self.size, os.SEEK_SET)
        return file


def private(path: Path, *, truncate: bool = True) -> int:
    """Open a file for writing that is readable by its owner alone, also where it was there before."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (os.O_TRUNC if truncate else 0)
        file = os.open(path, flags, 0o600)
        os.fchmod(file, 0o600)
    except OSError as error:
        raise BadInput(f"The file cannot be written ({error.strerror}).", place=str(path)) from error
    return file


@contextmanager
def refused_rows(
    path: Path | None, header: list[str], delimiter: str, size: int = 0
) -> Iterator[RefusedRows]:
    """A file for rows that one can correct and import again. Without a path it takes them and keeps nothing."""
    rows = RefusedRows(PrivateFile(path, size) if path else None, header, delimiter)
    try:
        yield rows
    finally:
        rows.close()


class RefusedRows:
    """`size`: its bytes so far."""

    def __init__(self, file: PrivateFile | None, header: list[str], delimiter: str) -> None:
        self._file, self._header, self._delimiter = file, header, delimiter

    def write(self, records: Iterable[list[str]]) -> None:
        if self._file is None:
            return
        for record in records:
            if not self._file.size:
                self._file.write(cells.line(self._header, self._delimiter))
            self._file.write(cells.line(record, self._delimiter))

    def sync(self) -> None:
        if self._file is not None:
            self._file.sync()

    @property
    def size(self) -> int:
        return self._file.size if self._file else 0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
