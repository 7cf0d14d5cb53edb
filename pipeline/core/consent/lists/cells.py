"""Cells that a spreadsheet shows and never runs (S-11; OWASP ASVS 1.2.10, RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

# What starts a formula in Excel, LibreOffice or Sheets, also in full width; and what a spreadsheet takes away before it
# looks.
_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")
_PASSED_OVER = " \u00a0\u3000\ufeff"
_MARK = "'"


def safe(text: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet would take it for a formula."""
    first = text.lstrip(_PASSED_OVER)[:1]
    return f"{_MARK}{text}" if first in _STARTS and first else text


def plain(text: str) -> str:
    """What `safe` was given, from what it made. Any other text is left alone."""
    return text[1:] if text[:1] == _MARK and safe(text[1:]) != text[1:] else text


def quoted(text: str, most: int = 40) -> str:
    """A cell as a report may show it: where columns are shifted it may hold an address, and then it is not shown."""
    return repr(text[:most]) if "@" not in text else "of this cell"


def line(cells: Iterable[str], delimiter: str = ",") -> str:
    """One record as RFC 4180 writes it, each cell safe, with its CRLF."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return written.getvalue()
