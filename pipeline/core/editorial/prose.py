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
# A full stop that a space follows: Latin and Cyrillic, Arabic, Urdu, Hindi. Closing quotes belong to their sentence.
_END = re.compile(rf"(?<=[.!?…؟۔।॥])[”“\"’')\]]{{0,3}}(?:\s?»)?{_MARK}*\s+(?=\S)")
# A full stop of Chinese and Japanese, which needs no space. After "」" a sentence often goes on: 「痛い。」と言う.
_WIDE_END = re.compile(
    rf"(?<=[。！？｡])(?:[”’]{_MARK}*|[」』）]{_MARK}*(?=[\s「『]|$)|{_MARK}*(?![”’」』）]))\s*"
)
_BEGINS = frozenset("\"“„‘'«(¿¡")
# A lone small letter is the first of several: z. B., p. ej.
_NOT_AN_END = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|approx|Dr|Mr|Mrs|Ms|Prof|St|Fig|"
    r"[a-zäöü]|z\.\s?B|d\.\s?h|u\.\s?a|bzw|ca|Nr|vgl|inkl|evtl|ggf|Abb|"  # German
    r"MM?|Mme|env|cf|p\.\s?ex|"  # French
    r"Sra?|Dra|Uds?|p\.\s?ej|aprox|núm)\.$"  # Spanish
)
_NUMBERED = re.compile(r"\bNo\.$")  # "No. 5" and not the answer "No."
_DAY = re.compile(r"\b\d{1,2}\.$")
_MONTH = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
_CLOSING = " ”“\"’')]»」』）"
_LEAD = 200  # characters of a lead-in
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

    `lead` is what an entry of a list is read after: words that end with a colon, or the title of its box or section.
    `section` is the id of the section or question that it stands in, and `kind` what that is about.
    """

    text: Inlines
    line: int
    cited_above: bool = False
    part: Part = Part.PARAGRAPH
    section: str = ""
    kind: SectionKind = SectionKind.OTHER
    in_callout: bool = False
    lead: str = ""


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
        yield from _Walk(section.id, section.kind, lead=section.heading).of(section.blocks, False)
    for question in article.faq:
        yield from _Walk(question.id, SectionKind.QUESTIONS).of(question.answer, False)


def sentences_in(blocks: Iterable[Block]) -> Iterator[Sentence]:
    """The sentences of blocks that stand by themselves."""
    for passage in _Walk("", SectionKind.OTHER).of(blocks, False):
        yield from sentences_of(passage)


def headings(article: Article) -> Iterator[tuple[str, int]]:
    yield article.title, 1
    yield from ((section.heading, section.line) for section in article.sections)
    yield from ((question.question, question.line) for question in article.faq)


@dataclass(frozen=True, slots=True)
class _Walk:
    section: str
    kind: SectionKind
    in_callout: bool = False
    lead: str = ""

    def of(self, blocks: Iterable[Block], cited_above: bool) -> Iterator[Passage]:
        leads, above = cited_above, self
        for block in blocks:
            if isinstance(block, Paragraph):
                above = self._under(block.text)
                yield self._passage(block.text, block.line, cited_above, Part.PARAGRAPH)
                leads = cited_above or _leads_in_cited(block.text)
                continue
            if isinstance(block, Listing):
                for item in block.items:
                    yield above._passage(item.text, item.line, leads, Part.ITEM)
                    yield from above._under(item.text).of(item.blocks, leads or _leads_in_cited(item.text))
            elif isinstance(block, Callout):
                within = replace(self, in_callout=True, lead=block.title or self.lead)
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
            leads, above = cited_above, self

    def _passage(self, text: Inlines, line: int, cited_above: bool, part: Part) -> Passage:
        lead = self.lead if part is Part.ITEM else ""
        return Passage(text, line, cited_above, part, self.section, self.kind, self.in_callout, lead)

    def _under(self, text: Inlines) -> _Walk:
        """The walk of what stands under a text that leads into it."""
        said = plain(text).rstrip()
        return replace(self, lead=said[-_LEAD:]) if said.endswith((":", "：")) else self


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


def _ends(marked: str) -> list[int]:
    found = [match.end() for match in _END.finditer(marked) if _is_end(marked, match)]
    if not marked.isascii():
        found += [match.end() for match in _WIDE_END.finditer(marked)]
        found.sort()
    return found


def _is_end(marked: str, match: re.Match[str]) -> bool:
    """Whether what follows may begin a sentence, and what stands before is no abbreviation."""
    first = marked[match.end()]
    if not (first.isdigit() or first in _BEGINS or (first.isalpha() and not first.islower())):
        return False
    start, at = max(0, match.start() - 8), match.start()
    if _NOT_AN_END.search(marked, start, at):
        return False
    if first.isdigit():
        return _NUMBERED.search(marked, start, at) is None
    return not (_DAY.search(marked, start, at) and _MONTH.match(marked, match.end()))
