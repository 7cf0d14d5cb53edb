"""Counting words, and text without its marks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from pipeline.core.content.article import Block, Callout, Figure, Inlines, Listing, Paragraph, Run
from pipeline.core.content.script import SPACELESS, has_kana

WORDS_A_MINUTE = 200  # an adult reads plain prose at 200 to 250; the slower figure suits health

_CLOSING = (" ", ".", ",", ";", ":", "!", "?", ")")

_LETTER = re.compile(r"\w")

# Of scripts without spaces, how many characters take as long to read as an English word. Adults read 228 words of
# English a minute, 255 characters of Chinese and 357 of Japanese (Trauzettel-Klosinski and Dietz 2012, IReST).
_HAN_A_WORD = 255 / 228
_JAPANESE_A_WORD = 357 / 228


def plain(inlines: Inlines) -> str:
    """The words alone, without styles, links and citation marks, nor the space that parted a mark from its word."""
    pieces: list[str] = []
    after_mark = False
    for part in inlines:
        if not isinstance(part, Run):
            after_mark = True
            continue
        if after_mark and pieces and part.text[:1] in _CLOSING:
            pieces[-1] = pieces[-1].removesuffix(" ")
        pieces.append(part.text)
        after_mark = False
    return "".join(pieces).rstrip() if after_mark else "".join(pieces)


def texts(blocks: Iterable[Block]) -> Iterator[tuple[Inlines, int]]:
    """Every piece of running text under `blocks` in reading order, with the line of its block."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text, block.line
        elif isinstance(block, Listing):
            for item in block.items:
                yield item.text, item.line
                yield from texts(item.blocks)
        elif isinstance(block, Callout):
            yield from texts(block.blocks)
        elif isinstance(block, Figure):
            if block.caption:
                yield (Run(block.caption),), block.line
        else:
            for row in (block.header, *block.rows):
                for cell in row:
                    yield cell, block.line


def word_count(blocks: Iterable[Block]) -> int:
    """Words under `blocks`, callout titles included."""
    blocks = tuple(blocks)
    titles = sum(_count(title) for title in _titles(blocks))
    return titles + sum(_count(plain(text)) for text, _ in texts(blocks))


def reading_minutes(words: int) -> int:
    """Minutes to read `words`, rounded up, at least 1."""
    return max(1, math.ceil(words / WORDS_A_MINUTE))


def _count(text: str) -> int:
    if not SPACELESS.search(text):
        return _words(text)
    others, characters = SPACELESS.subn(" ", text)
    return _words(others) + math.ceil(characters / (_JAPANESE_A_WORD if has_kana(text) else _HAN_A_WORD))


def _words(text: str) -> int:
    """What stands between spaces and has a letter or a digit in it."""
    return sum(_LETTER.search(token) is not None for token in text.split())


def _titles(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Callout):
            yield block.title
            yield from _titles(block.blocks)
        elif isinstance(block, Listing):
            for item in block.items:
                yield from _titles(item.blocks)
