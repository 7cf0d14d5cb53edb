"""Quoted-printable with holes: text is encoded once a letter, and one subscriber's values are joined in (RFC 2045
section 6.7, M-06).

A value is encoded by itself and fits wherever it falls, since a line ends before it and after it: soft line breaks,
which readers take away. Only a token, whose length never changes and whose characters stand for themselves, stands
in the line like any word.

Stricter than the RFC, so that the bytes are the same after dot-stuffing (RFC 5321 section 4.5.2) and after DKIM's
relaxed canonicalisation (RFC 6376 section 3.4.4): no line begins with a dot, no two blanks stand together, no blank
ends a line, and a tab is always encoded. Nor does a line begin with "From ", which mailboxes alter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.core.errors import BadInput

ROOM = 75  # characters on a line; the "=" of a soft line break is the 76th
SOFT_BREAK = "=\r\n"

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# What does not stand for itself; and a space before another, before a line's end or before a hole.
_ENCODED = re.compile(r"[^\n -<>-~]| (?=[ \n]|\Z)")
_MISREAD_AT_START = re.compile(r"\.|F(?=rom(?: |=20))")


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for one subscriber's value, which `key` names.

    `length` is that of all its values, which then hold only letters, digits, `-` and `_`. At 0 they may be anything.
    """

    key: str
    length: int = 0


def quoted_printable(pieces: Iterable[str | Hole]) -> list[bytes | Hole]:
    """Text and holes as encoded bytes and the same holes. Line breaks of any kind become CRLF.

    BadInput for half a surrogate pair, which no encoding has.
    """
    written: list[bytes | Hole] = []
    column = 0
    for piece in pieces:
        if isinstance(piece, Hole):
            if column and column + (piece.length or ROOM) > ROOM:
                written.append(SOFT_BREAK.encode("ascii"))
                column = 0
            written.append(piece)
            column += piece.length or ROOM
        else:
            encoded, column = _flowed(_escaped(piece), column)
            written.append(encoded.encode("ascii"))
    return written


def encoded_value(value: str) -> bytes:
    """One value for a hole of no fixed length: lines of at most 75, the last one too. It holds no line break."""
    return b"".join(piece for piece in quoted_printable([value]) if isinstance(piece, bytes))


def _escaped(text: str) -> str:
    return _ENCODED.sub(_hex, _LINE_BREAK.sub("\n", text))


def _hex(found: re.Match[str]) -> str:
    try:
        return "".join(f"={byte:02X}" for byte in found[0].encode("utf-8"))
    except UnicodeEncodeError:
        raise BadInput("The letter holds half of a surrogate pair, which is not a character.") from None


def _flowed(encoded: str, column: int) -> tuple[str, int]:
    """The lines of `encoded`, none longer than they may be, and the column after the last one."""
    lines = encoded.split("\n")
    for number, line in enumerate(lines):
        if number:
            column = 0
        lines[number], column = _broken(line, column)
    return "\r\n".join(lines), column


def _broken(line: str, column: int) -> tuple[str, int]:
    """One line with soft breaks where it needs them, never inside an `=XX`."""
    parts: list[str] = []
    at = 0
    while at < len(line):
        if not column and (misread := _MISREAD_AT_START.match(line, at)):
            parts.append(_hex(misread))
            at, column = at + 1, 3
            continue
        cut = _cut(line, at, at + ROOM - column)
        parts.append(line[at:cut])
        column += cut - at
        at = cut
        if at < len(line):
            parts.append(SOFT_BREAK)
            column = 0
    return "".join(parts), column


def _cut(line: str, at: int, end: int) -> int:
    """The last place up to `end` where the line may be broken."""
    if end >= len(line):
        return len(line)
    sign = line.rfind("=", max(at, end - 2), end)
    return end if sign < 0 else sign
