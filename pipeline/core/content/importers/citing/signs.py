"""Footnote signs: `*` and `†` after a word, and a list of notes at the foot of the page that says what they stand for.

Only notes that name a source are taken, so that `† Adults only.` stays where it is, mark and note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.content.importers.citing.found import Found, Mark

_AFTER_WORD = re.compile(r"(?<=[\w.,;:!?)”\"’%])(\*{1,3}|†{1,3}|‡{1,3}|§|¶)(?=[\s.,;:!?)]|$)")
_NOTE = re.compile(r"\s*(\*{1,3}|†{1,3}|‡{1,3}|§|¶)\s?(?=[^\s*†‡§¶])")
_SOURCE = re.compile(
    r"https?://|\bdoi\b|\[internet\]|\b(?:19|20)\d\d\b|\bet al\b|\baccessed\b", re.IGNORECASE
)
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
            if _SOURCE.search(note.text):
                found.append(note)
    return tuple(sorted(found, key=lambda note: note.lines)[:_MOST])


def _note(lines: Sequence[str], sign: str, at: int) -> Note:
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _NOTE.match(lines[end]):
        end += 1
    words = " ".join(lines[at:end]).strip().removeprefix(sign)
    return Note(sign, " ".join(words.split()), tuple(range(at, end)))
