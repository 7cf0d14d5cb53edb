"""Lines that are about a page and no part of its article: who wrote it and when, who reviewed it, sign-up boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.core.content.article import Listing, Paragraph
from pipeline.core.content.importers import bylines, furniture
from pipeline.core.content.importers.foreign.blocks import Fold, Head, Piece, Standing
from pipeline.core.content.importers.foreign.references import plain_with_links
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.words import plain, texts

_MOST = 8  # lines of one paragraph that may be bylines


class Judge(Protocol):
    """Whether a line is about the page, and noted as that. `at_start` says that no heading stands above it."""

    def __call__(self, words: str, line: int, *, at_start: bool) -> bool: ...


def without(pieces: Sequence[Piece], lines: Sequence[str], is_of_page: Judge, notes: Notes) -> list[Piece]:
    """`pieces` without such paragraphs, nor a heading that has nothing else under it."""
    kept: list[Piece] = []
    at_start, emptied = True, False
    skipped: Piece = Fold("", 0)
    skipping: tuple[int, str] | None = None  # level and reason of a heading whose section is left out
    for piece in pieces:
        if isinstance(piece, Head) and (skipping is None or piece.level <= skipping[0]):
            why = furniture.heading_reason(piece.text)
            skipping = (piece.level, why) if why and why != furniture.CONTENTS else None
            skipped = piece
        if skipping and skipping[1] == furniture.EDITING and _is_list(piece):
            kept.append(skipped)  # publishers put their sources under a heading on how they edit
            skipping = None
        if skipping:
            _leave(piece, skipping[1], notes)
            continue
        if isinstance(piece, Head):
            _drop_emptied(kept, emptied, piece, notes)
            at_start = emptied = False
        if isinstance(piece, Standing) and _judged(piece, lines, is_of_page, at_start):
            emptied = True
            continue
        kept.append(piece)
    _drop_emptied(kept, emptied, None, notes)
    return kept


def _is_list(piece: Piece) -> bool:
    return isinstance(piece, Standing) and isinstance(piece.block, Listing)


def _leave(piece: Piece, why: str, notes: Notes) -> None:
    if isinstance(piece, Head | Fold):
        notes.leave(piece.line, piece.text, why)
    elif isinstance(piece, Standing):
        words = " / ".join(plain(text) for text, _ in texts((piece.block,)))
        notes.leave(piece.block.line, words, why)


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
