"""Lines that are about a page and no part of its article: who wrote it and when, who reviewed it, sign-up boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.core.content.article import Paragraph
from pipeline.core.content.importers import bylines
from pipeline.core.content.importers.foreign.blocks import Head, Piece, Standing
from pipeline.core.content.importers.foreign.references import plain_with_links
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.words import plain

_MOST = 8  # lines of one paragraph that may be bylines


class Judge(Protocol):
    """Whether a line is about the page, and noted as that. `at_start` says that no heading stands above it."""

    def __call__(self, words: str, line: int, *, at_start: bool) -> bool: ...


def without(pieces: Sequence[Piece], lines: Sequence[str], is_of_page: Judge, notes: Notes) -> list[Piece]:
    """`pieces` without such paragraphs, nor a heading that has nothing else under it."""
    kept: list[Piece] = []
    at_start, emptied = True, False
    for piece in pieces:
        if isinstance(piece, Head):
            _drop_emptied(kept, emptied, piece, notes)
            at_start = emptied = False
        if isinstance(piece, Standing) and _judged(piece, lines, is_of_page, at_start):
            emptied = True
            continue
        kept.append(piece)
    _drop_emptied(kept, emptied, None, notes)
    return kept


def _drop_emptied(kept: list[Piece], emptied: bool, after: Head | None, notes: Notes) -> None:
    last = kept[-1] if kept else None
    if emptied and isinstance(last, Head) and (after is None or after.level <= last.level):
        notes.leave(last.line, last.text, "the heading of what was left out")
        kept.pop()


def _judged(piece: Standing, lines: Sequence[str], is_of_page: Judge, at_start: bool) -> bool:
    block = piece.block
    if not isinstance(block, Paragraph):
        return False
    several = [line for line in lines[piece.at : piece.until] if line.strip()]
    if at_start and 1 < len(several) <= _MOST:
        # All of them or none: a name in the first line of a paragraph may begin its sentence.
        found = [plain_with_links(line) for line in several]
        if all(_is_byline(words) for words in found):
            for n, words in enumerate(found):
                is_of_page(words, block.line + n, at_start=True)
            return True
    return is_of_page(plain(block.text), block.line, at_start=at_start)


def _is_byline(words: str) -> bool:
    return bool(bylines.reviewer(words) or bylines.is_date(words) or bylines.person(words, marked=False))
