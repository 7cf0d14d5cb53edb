"""An article as passages and sentences, each with its line: what the rules read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.core.content.article import (
    Article,
    Block,
    Callout,
    Cite,
    Figure,
    Inlines,
    Listing,
    Paragraph,
    Run,
)
from pipeline.core.content.words import plain

_MARK = "\ue000"  # stands for a citation while a passage is cut into sentences
_END = re.compile(rf"(?<=[.!?])({_MARK}*)\s+(?=[\"“‘(A-Z0-9])")
_NOT_AN_END = re.compile(r"\b(?:e\.g|i\.e|etc|vs|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Fig)\.$")
_LONGEST = 4000  # characters of a sentence that a rule is given; no reader gets that far


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text of one block. `cited_above` says that the sentence leading into its list carries the citation."""

    text: Inlines
    line: int
    cited_above: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    line: int
    cited: bool


def passages(article: Article) -> Iterator[Passage]:
    """Sections, then questions, without their headings."""
    for section in article.sections:
        yield from _of(section.blocks, False)
    for question in article.faq:
        yield from _of(question.answer, False)


def headings(article: Article) -> Iterator[tuple[str, int]]:
    yield article.title, 1
    yield from ((section.heading, section.line) for section in article.sections)
    yield from ((question.question, question.line) for question in article.faq)


def all_text(article: Article) -> Iterator[tuple[str, int]]:
    """Headings and passages as plain words."""
    yield from headings(article)
    yield from ((plain(passage.text), passage.line) for passage in passages(article))


def sentences(article: Article) -> Iterator[Sentence]:
    for passage in passages(article):
        yield from _sentences(passage)


def _of(blocks: Iterable[Block], cited_above: bool) -> Iterator[Passage]:
    leads = cited_above
    for block in blocks:
        if isinstance(block, Paragraph):
            yield Passage(block.text, block.line, cited_above)
            leads = cited_above or _leads_in_cited(block.text)
            continue
        if isinstance(block, Listing):
            for item in block.items:
                yield Passage(item.text, item.line, leads)
                yield from _of(item.blocks, leads or _leads_in_cited(item.text))
        elif isinstance(block, Callout):
            if block.title:
                yield Passage((Run(block.title),), block.line, cited_above)
            yield from _of(block.blocks, cited_above)
        elif isinstance(block, Figure):
            for words in (block.alt, block.caption):
                if words:
                    yield Passage((Run(words),), block.line, cited_above)
        else:
            for row in (block.header, *block.rows):
                cited = leads or any(_has_cite(cell) for cell in row)
                yield from (Passage(cell, block.line, cited) for cell in row if cell)
        leads = cited_above


def _leads_in_cited(text: Inlines) -> bool:
    return plain(text).rstrip().endswith(":") and _has_cite(text)


def _has_cite(text: Inlines) -> bool:
    return any(isinstance(part, Cite) for part in text)


def _sentences(passage: Passage) -> Iterator[Sentence]:
    marked = "".join(
        _MARK if isinstance(part, Cite) else part.text.replace(_MARK, "") for part in passage.text
    )
    start = 0
    for end in [*_ends(marked), len(marked)]:
        piece = marked[start:end]
        text = " ".join(piece.replace(_MARK, "").split())
        if text:
            yield Sentence(text[:_LONGEST], passage.line, passage.cited_above or _MARK in piece)
        start = end


def _ends(marked: str) -> Iterator[int]:
    for match in _END.finditer(marked):
        if not _NOT_AN_END.search(marked, max(0, match.start() - 8), match.start()):
            yield match.end()
