"""The places of an article, each by a path that no line number moves.

`causes` is a heading, `causes/0` the first block under it, `causes/0/2` the third entry of that list or the third block
of that callout, and `causes/0/2/0` the first block under the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.core.content.article import Article, Block, Callout, Listing, ListItem, Question, Section

Thing = Section | Question | Block | ListItem


@dataclass(frozen=True, slots=True)
class Place:
    at: str
    line: int
    thing: Thing


def places(article: Article) -> Iterator[Place]:
    """Headings, blocks and entries of lists in reading order: sections, then questions."""
    for section in article.sections:
        yield Place(section.id, section.line, section)
        yield from _under(section.id, section.blocks)
    for question in article.faq:
        yield Place(question.id, question.line, question)
        yield from _under(question.id, question.answer)


def _under(at: str, blocks: Iterable[Block]) -> Iterator[Place]:
    for n, block in enumerate(blocks):
        here = f"{at}/{n}"
        yield Place(here, block.line, block)
        if isinstance(block, Listing):
            for m, item in enumerate(block.items):
                yield Place(f"{here}/{m}", item.line, item)
                yield from _under(f"{here}/{m}", item.blocks)
        elif isinstance(block, Callout):
            yield from _under(here, block.blocks)
