"""A page of plain text as chunks: lines and lists, with the blank lines before each, which may be all that is left
of a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.core.content.importers.heading_lines import stands_between
from pipeline.core.content.inlines import tidy_text

_BULLET = re.compile(r"(\s*)(?:[•◦▪‣·∙●○*–-]\s+|・\s*)(?=\S)")  # a Japanese dot needs no space
_NUMBER = re.compile(r"(\s*)(?:(\d{1,3})[.)]|\[(\d{1,3})\])\s+(?=\S)")
_WRAPPED_AT = 100  # columns; a file that was wrapped has no longer lines
_FULL_FROM = 50  # columns; a shorter line ended because its paragraph did
_TAB = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, or one entry of a list. `number` is 0 for a bullet and -1 where there is no marker."""

    text: str
    line: int
    indent: int = 0
    number: int = -1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A paragraph or heading (one entry without marker), or a list. `gap` counts the blank lines before it."""

    entries: tuple[Entry, ...]
    gap: int

    @property
    def is_list(self) -> bool:
        return self.entries[0].number >= 0

    @property
    def is_numbered(self) -> bool:
        return self.entries[0].number > 0

    @property
    def line(self) -> int:
        return self.entries[0].line

    @property
    def text(self) -> str:
        return " ".join(entry.text for entry in self.entries)


@dataclass(slots=True)
class _Open:
    """A chunk that may still grow. Words collect in pieces, since a wrapped paragraph may have thousands of lines."""

    entries: list[Entry]
    pieces: list[list[str]]
    gap: int

    def add(self, entry: Entry) -> None:
        if entry.number >= 0:
            self.entries.append(entry)
            self.pieces.append([entry.text])
        else:
            self.pieces[-1].append(entry.text)

    def takes(self, entry: Entry, blanks: int, wrapped: bool) -> bool:
        first = self.entries[0]
        if first.number >= 0:
            if entry.number >= 0:
                return blanks <= 1 and (
                    entry.indent > first.indent or (entry.number > 0) == (first.number > 0)
                )
            return blanks == 0 and entry.indent > first.indent
        return blanks == 0 and wrapped and entry.number < 0 and len(self.pieces[-1][-1]) >= _FULL_FROM

    def chunk(self) -> Chunk:
        texts = (tidy_text(" ".join(pieces)) for pieces in self.pieces)
        return Chunk(
            tuple(replace(e, text=text) for e, text in zip(self.entries, texts, strict=True)), self.gap
        )


def chunks(text: str) -> tuple[Chunk, ...]:
    lines = text.split("\n")
    wrapped = _is_wrapped(lines)
    found: list[Chunk] = []
    growing: _Open | None = None
    blanks = 0
    for at, entry in enumerate(_entries(lines)):
        if entry is None:
            blanks += 1
            continue
        if growing and growing.takes(entry, blanks, wrapped) and not _heads_prose(lines, at):
            growing.add(entry)
        else:
            if growing:
                found.append(growing.chunk())
            growing = _Open([entry], [[entry.text]], blanks)
        blanks = 0
    if growing:
        found.append(growing.chunk())
    return tuple(_numbered_headings_made_plain(found))


def _heads_prose(lines: list[str], at: int) -> bool:
    """Whether a line of a wrapped file is a heading without blank lines around it, and no end of a paragraph."""
    if at == 0 or at + 1 == len(lines) or len(lines[at].strip()) >= _FULL_FROM:
        return False
    return stands_between(lines[at - 1].rstrip(), lines[at].strip(), lines[at + 1].strip())


def _entries(lines: list[str]) -> Iterator[Entry | None]:
    """One for each line; None for a blank one."""
    for number, raw in enumerate(lines, 1):
        line = raw.expandtabs(_TAB)
        if not line.strip():
            yield None
        elif bullet := _BULLET.match(line):
            yield Entry(line[bullet.end() :].strip(), number, len(bullet.group(1)), 0)
        elif count := _NUMBER.match(line):
            yield Entry(
                line[count.end() :].strip(),
                number,
                len(count.group(1)),
                int(count.group(2) or count.group(3)),
            )
        else:
            yield Entry(line.strip(), number, len(line) - len(line.lstrip()))


def _is_wrapped(lines: list[str]) -> bool:
    """Whether lines were broken at a column: none is long, and one at least goes on below without a stop."""
    if any(len(line) > _WRAPPED_AT for line in lines):
        return False
    return any(
        len(line) >= _FULL_FROM and below.strip() and line.rstrip()[-1:] not in ".!?:"
        for line, below in pairwise(lines)
    )


def _numbered_headings_made_plain(found: list[Chunk]) -> Iterator[Chunk]:
    """`2. Causes` over a paragraph is a heading with a number, not a list of one."""
    for chunk, after in zip(found, [*found[1:], None], strict=True):
        entry = chunk.entries[0]
        alone = len(chunk.entries) == 1 and entry.number > 0 and after is not None and not after.is_list
        if alone and len(entry.text) <= 80 and entry.text[-1] not in ".;,:":
            yield Chunk((replace(entry, number=-1),), chunk.gap)
        else:
            yield chunk
