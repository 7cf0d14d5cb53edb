"""Footnote signs: `*` and `†` after a word, and a list of notes at the foot of the page that says what they stand for.

Only notes that name a source are taken, so that `† Adults only.` stays where it is, mark and note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pipeline.core.content.importers.citing.found import Found, Mark
from pipeline.core.content.importers.reference_list import is_traced

_AFTER_WORD = re.compile(r"(?<=[\w.,;:!?)”\"’%])(\*{1,3}|†{1,3}|‡{1,3}|§|¶)(?=[\s.,;:!?)]|$)")
_NOTE = re.compile(r"\s*(\*{1,3}|†{1,3}|‡{1,3}|§|¶)\s?(?=[^\s*†‡§¶])")
_SIGN_OPENS = re.compile(r"(?:^\s*|(?<=\s))(\*{1,3}|†{1,3}|‡{1,3}|§|¶)\s?(?=[^\s*†‡§¶])")
_MOST = 40  # notes at the foot of one page


@dataclass(frozen=True, slots=True)
class Note:
    """A source at the foot of a page. `lines` are its lines in the page, from 0."""

    sign: str
    text: str
    lines: tuple[int, ...]


def find(text: str, signs: Mapping[str, int]) -> Iterator[Found]:
    """Marks whose sign stands for a reference; `signs` maps each to its number."""
    if not signs:
        return
    for match in _AFTER_WORD.finditer(text):
        if number := signs.get(match.group(1)):
            yield Mark(match.start(), match.end(), (number,))


def notes(lines: Sequence[str]) -> tuple[Note, ...]:
    """The notes of a page that name a source and whose sign stands at a word above them.

    A sign that opens two lines opens a list and no note. A note goes on to the next blank line or sign.
    """
    opening: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if match := _NOTE.match(line):
            opening.setdefault(match.group(1), []).append(at)
    first_use: dict[str, int] = {}
    for at, line in enumerate(lines):
        for match in _AFTER_WORD.finditer(line) if opening else ():
            first_use.setdefault(match.group(1), at)
    found = []
    for sign, places in opening.items():
        if len(places) == 1 and first_use.get(sign, places[0]) < places[0]:
            note = _note(lines, sign, places[0])
            if is_traced(note.text):
                found.append(note)
    return tuple(sorted(found, key=lambda note: note.lines)[:_MOST])


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A paragraph of an article that may be a note, or one sign's part of it. `block` is the `id()` of its block."""

    sign: str
    text: str
    line: int
    block: int


def notes_among(standing: Iterable[PlacedNote | str]) -> list[PlacedNote]:
    """The notes of an article that name a source, given all its texts in order, those that may be notes as such.

    One paragraph may hold several, each after its sign, as where only line breaks parted them.
    """
    used: dict[str, int] = {}
    opening: dict[str, list[tuple[int, PlacedNote]]] = {}
    for at, part in enumerate(standing):
        text = part if isinstance(part, str) else part.text
        if isinstance(part, PlacedNote) and _NOTE.match(text):
            for note in _parted(part):
                opening.setdefault(note.sign, []).append((at, note))
        else:
            for match in _AFTER_WORD.finditer(text):
                used.setdefault(match.group(1), at)
    whole: dict[int, list[PlacedNote]] = {}
    unsure: set[int] = set()
    for sign, places in opening.items():
        for at, note in places:
            if len(places) == 1 and used.get(sign, at) < at and is_traced(note.text):
                whole.setdefault(note.block, []).append(note)
            else:
                unsure.add(note.block)
    found = [note for block, notes in whole.items() if block not in unsure for note in notes]
    return sorted(found, key=lambda note: note.line)[:_MOST]


def _parted(paragraph: PlacedNote) -> Iterator[PlacedNote]:
    starts = list(_SIGN_OPENS.finditer(paragraph.text))
    for match, after in zip_longest(starts, starts[1:]):
        text = paragraph.text[match.end() : after.start() if after else None]
        yield PlacedNote(match.group(1), " ".join(text.split()), paragraph.line, paragraph.block)


def _note(lines: Sequence[str], sign: str, at: int) -> Note:
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _NOTE.match(lines[end]):
        end += 1
    words = " ".join(lines[at:end]).strip().removeprefix(sign)
    return Note(sign, " ".join(words.split()), tuple(range(at, end)))
