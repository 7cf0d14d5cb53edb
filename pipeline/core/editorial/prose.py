"""An article as passages and sentences, each with its line: what the rules read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

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
    SectionKind,
)
from pipeline.core.content.words import plain

_MARK = "\ue000"  # stands for a citation while a passage is cut into sentences
_END = re.compile(rf"(?<=[.!?])({_MARK}*)\s+(?=[\"“‘(A-Z0-9])")
_NOT_AN_END = re.compile(r"\b(?:e\.g|i\.e|etc|vs|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Fig)\.$")
_LONGEST = 4000  # characters of a sentence that a rule is given; no reader gets that far


class Part(Enum):
    """What a passage is of its block."""

    PARAGRAPH = 1
    ITEM = 2
    TITLE = 3  # of a callout
    CELL = 4
    PICTURE = 5  # its words or caption


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text of one block. `cited_above` says that the sentence leading into its list carries the citation.

    `section` is the id of the section or question that it stands in, and `kind` what that is about.
    """

    text: Inlines
    line: int
    cited_above: bool = False
    part: Part = Part.PARAGRAPH
    section: str = ""
    kind: SectionKind = SectionKind.OTHER
    in_callout: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words without citation marks; `lower` is the same in small letters."""

    text: str
    lower: str
    line: int
    cited: bool
    passage: Passage


def passages(article: Article) -> Iterator[Passage]:
    """Sections, then questions, without their headings."""
    for section in article.sections:
        yield from _Walk(section.id, section.kind).of(section.blocks, False)
    for question in article.faq:
        yield from _Walk(question.id, SectionKind.QUESTIONS).of(question.answer, False)


def headings(article: Article) -> Iterator[tuple[str, int]]:
    yield article.title, 1
    yield from ((section.heading, section.line) for section in article.sections)
    yield from ((question.question, question.line) for question in article.faq)


@dataclass(frozen=True, slots=True)
class _Walk:
    section: str
    kind: SectionKind
    in_callout: bool = False

    def of(self, blocks: Iterable[Block], cited_above: bool) -> Iterator[Passage]:
        leads = cited_above
        for block in blocks:
            if isinstance(block, Paragraph):
                yield self._passage(block.text, block.line, cited_above, Part.PARAGRAPH)
                leads = cited_above or _leads_in_cited(block.text)
                continue
            if isinstance(block, Listing):
                for item in block.items:
                    yield self._passage(item.text, item.line, leads, Part.ITEM)
                    yield from self.of(item.blocks, leads or _leads_in_cited(item.text))
            elif isinstance(block, Callout):
                within = replace(self, in_callout=True)
                if block.title:
                    yield within._passage((Run(block.title),), block.line, cited_above, Part.TITLE)
                yield from within.of(block.blocks, cited_above)
            elif isinstance(block, Figure):
                for words in (block.alt, block.caption):
                    if words:
                        yield self._passage((Run(words),), block.line, cited_above, Part.PICTURE)
            else:
                for row in (block.header, *block.rows):
                    cited = leads or any(_has_cite(cell) for cell in row)
                    yield from (self._passage(cell, block.line, cited, Part.CELL) for cell in row if cell)
            leads = cited_above

    def _passage(self, text: Inlines, line: int, cited_above: bool, part: Part) -> Passage:
        return Passage(text, line, cited_above, part, self.section, self.kind, self.in_callout)


def _leads_in_cited(text: Inlines) -> bool:
    return _has_cite(text) and plain(text).rstrip().endswith(":")


def _has_cite(text: Inlines) -> bool:
    return any(isinstance(part, Cite) for part in text)


def sentences_of(passage: Passage) -> Iterator[Sentence]:
    marked = "".join(
        _MARK if isinstance(part, Cite) else part.text.replace(_MARK, "") for part in passage.text
    )
    start = 0
    for end in [*_ends(marked), len(marked)]:
        piece = marked[start:end]
        text = " ".join(piece.replace(_MARK, "").split())[:_LONGEST]
        if text:
            cited = passage.cited_above or _MARK in piece
            yield Sentence(text, text.lower(), passage.line, cited, passage)
        start = end


def _ends(marked: str) -> Iterator[int]:
    for match in _END.finditer(marked):
        if not _NOT_AN_END.search(marked, max(0, match.start() - 8), match.start()):
            yield match.end()
