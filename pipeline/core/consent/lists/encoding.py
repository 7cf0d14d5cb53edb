"""Which encoding a list is in, told from its bytes as they stream by."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass

from pipeline.core.errors import BadInput

# How files begin that people take for a CSV.
_OTHERS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"\x7fELF": "a program",
}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NOT_IN_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
SAVE_AS = "Save the list as CSV in UTF-8."
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252, which Latin-1 is a part of",
}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`encoding` is Python's name for it; `size` is in bytes, `sha256` hex."""

    encoding: str
    sha256: str
    size: int


class Sniffer:
    """`feed` it the file block by block, then ask for the `result`. It keeps no more than a block."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._hash = hashlib.sha256()
        self._size = 0
        self._encoding = ""
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines, self._first_bad = 1, 0
        self._good = self._bad = 0
        self._strange = False

    def feed(self, block: bytes) -> None:
        """Raises BadInput with a sentence for what is no text."""
        if not self._size:
            self._begin(block)
        self._hash.update(block)
        self._size += len(block)
        if self._encoding == "utf-16":
            return
        if b"\0" in block:
            raise BadInput(f"This is not a text file: it holds NUL bytes. {SAVE_AS}", place=self._place)
        self._weigh(block)

    def result(self) -> Sniffed:
        """Raises BadInput for an empty file, and for one that is neither UTF-8 nor Windows-1252."""
        self._weigh(b"", final=True)
        if not self._size:
            raise BadInput(
                "The file is empty. Give it a header line with a column `email`.", place=self._place
            )
        return Sniffed(self._encoding or self._guess(), self._hash.hexdigest(), self._size)

    def _begin(self, block: bytes) -> None:
        for start, what in _OTHERS.items():
            if block.startswith(start):
                raise BadInput(
                    f"This is {what}, not a CSV file. Open it and save it as CSV.", place=self._place
                )
        mark = next((mark for mark in _MARKS if block.startswith(mark)), b"")
        self._encoding = _MARKS.get(mark, "")

    def _weigh(self, block: bytes, *, final: bool = False) -> None:
        """Count what is good UTF-8 beyond ASCII, and what is not."""
        if not final and block.isascii() and not self._utf8.getstate()[0]:
            self._lines += block.count(b"\n")
            return
        text = self._utf8.decode(block, final)
        bad = text.count("\ufffd")
        if bad and not self._bad:
            self._first_bad = self._lines + text.count("\n", 0, text.index("\ufffd"))
        self._bad += bad
        self._good += sum(1 for mark in text if mark > "\x7f" and mark != "\ufffd")
        self._lines += text.count("\n")
        self._strange = self._strange or any(byte in _NOT_IN_1252 for byte in block)

    def _guess(self) -> str:
        """Words in Windows-1252 are hardly ever good UTF-8 by chance: where most of it is, a piece was damaged."""
        if not self._bad:
            return "utf-8"
        if self._strange or self._good >= self._bad:
            raise BadInput(
                f"The file is not in UTF-8 from here on, and not in Windows-1252 either. {SAVE_AS}",
                place=self._place,
                line=self._first_bad,
            )
        return "cp1252"
