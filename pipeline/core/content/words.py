"""Counting words, and text without its marks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from pipeline.core.content.article import Block, Callout, Inlines, Listing, Paragraph, Run

WORDS_A_MINUTE = 200  # an adult reads plain prose at 200 to 250; the slower figure suits health

_CLOSING = (" ", ".", ",", ";", ":", "!", "?", ")")

_WORD = re.compile(r"\S*\w\S*")
# Japanese and Chinese part no words: two signs are read in the time of one English word (Trauzettel-Klosinski and Dietz
# 2012 measure 357 signs of Japanese and 255 of Chinese a minute beside 228 words of English).
_SIGN = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SIGNS_A_WORD = 2


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
    if text.isascii():
        return len(_WORD.findall(text))
    parted, signs = _SIGN.subn(" ", text)
    return len(_WORD.findall(parted)) + -(-signs // _SIGNS_A_WORD)


def _titles(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Callout):
            yield block.title
            yield from _titles(block.blocks)
        elif isinstance(block, Listing):
            for item in block.items:
                yield from _titles(item.blocks)
