"""What an article seems to have lost before it came here: a list after its lead-in, the end of a sentence, a table.

A series without it would mislead, so each of these blocks. They look at the article alone, whatever it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from pipeline.core.content.article import (
    Article,
    Block,
    Callout,
    Finding,
    Listing,
    Paragraph,
    Reading,
    Section,
    Severity,
    Table,
)
from pipeline.core.content.words import plain, texts

LIST_RULE = "lost-list"
SENTENCE_RULE = "lost-end"
TABLE_RULE = "lost-table"
EMPTY_LIST_RULE = "empty-list"
EMPTY_TABLE_RULE = "empty-table"
BOX_RULE = "lost-box"

_COLON = (":", "：")
# Words that lead into a list: what follows them in one capitalised sentence is not their list.
_ANNOUNCES = re.compile(
    r"\b(?:are|include|includes|including|following|such as|these|if you(?: have)?|when|may|might|can|should|must|"
    r"if)\s*[:：]$",
    re.IGNORECASE,
)
_BREAKS_OFF = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|[,\-–]|\b(?:the|an?|of|and|or|to|in|on|at|with|for|from|by|as|that|which|is|are|was|"
    r"were|be|been|your|their|its|this|these|may|can|should|if|when|than|but|not))$",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?:;。！？؟।…)\]”\"’'»」』]$")
_SENTENCE_STOP = re.compile(r"[a-z)][.!?] ")
_TABLE_MEANT = re.compile(
    r"\b(?:in|see|using|from) (?:the |this )?(?:table|chart) (?:below|above|that follows)\b"
    r"|\bthe (?:following table|table below|table above)\b|\b(?:table|chart) below (?:shows|lists|gives|sets out)\b",
    re.IGNORECASE,
)
_QUOTE = 80  # characters of what a person sees
_FEW = 12  # words; a shorter paragraph may be an entry of a list that is written as lines
_ENOUGH = 8  # words; a shorter line may be a label


def with_losses(reading: Reading) -> Reading:
    """A reading with a finding for each sign that its article had lost something before it came here."""
    findings = (*reading.findings, *lost(reading.article))
    return replace(reading, findings=tuple(sorted(findings, key=lambda finding: finding.line)))


def lost(article: Article) -> Iterator[Finding]:
    """Every sign of a loss, sections first, then questions."""
    has_table = any(_has_table(section.blocks) for section in article.sections) or any(
        _has_table(question.answer) for question in article.faq
    )
    sections = article.sections
    for section, first, second in zip_longest(sections, sections[1:], sections[2:]):
        if section is not None:
            yield from _of(section.blocks, goes_on=_goes_on(section, first, second))
    for question in article.faq:
        yield from _of(question.answer, goes_on=False)
    if not has_table:
        yield from _tables_meant(article)


def _goes_on(section: Section, *after: Section | None) -> bool:
    """Whether two smaller sections follow, so that a lead-in at the end leads into them. One alone is no list."""
    return all(one is not None and one.level > section.level for one in after)


@dataclass(frozen=True, slots=True)
class _Place:
    """A paragraph among its neighbours. `last`: nothing stands after it here."""

    words: str
    line: int
    after: Block | None
    last: bool


def _of(blocks: Sequence[Block], *, goes_on: bool) -> Iterator[Finding]:
    for at, block in enumerate(blocks):
        after = blocks[at + 1] if at + 1 < len(blocks) else None
        if isinstance(block, Paragraph):
            place = _Place(plain(block.text).rstrip(), block.line, after, after is None)
            yield from _lead_in(place, goes_on)
            yield from _broken(place)
        elif isinstance(block, Listing):
            yield from _listing(block, after)
        elif isinstance(block, Callout):
            if not block.blocks:
                message = "This box has a title and nothing in it: its words may have been lost."
                yield Finding(BOX_RULE, Severity.A, block.line, block.title[:_QUOTE], message)
            yield from _of(block.blocks, goes_on=False)
        elif isinstance(block, Table) and not any(cell for row in block.rows for cell in row):
            message = "This table has no row with words in it: they may have been lost."
            yield Finding(EMPTY_TABLE_RULE, Severity.B, block.line, _cells(block), message)


def _lead_in(place: _Place, goes_on: bool) -> Iterator[Finding]:
    if not place.words.endswith(_COLON):
        return
    quote = place.words[-_QUOTE:]
    if place.last:
        if not goes_on:
            message = (
                "Nothing stands after this lead-in: a list may have been lost. Find it, or end the sentence."
            )
            yield Finding(LIST_RULE, Severity.A, place.line, quote, message)
    elif isinstance(place.after, Paragraph) and _ANNOUNCES.search(place.words):
        words = plain(place.after.text).strip()
        if len(words.split()) > _FEW and words[:1].isupper() and _SENTENCE_STOP.search(words + " "):
            message = "This announces a list, and whole sentences follow. If the list was lost, put it back."
            yield Finding(LIST_RULE, Severity.B, place.line, quote, message)


def _listing(block: Listing, after: Block | None) -> Iterator[Finding]:
    if not any(item.text or item.blocks for item in block.items):
        message = "No entry of this list has words in it: they may have been lost."
        yield Finding(EMPTY_LIST_RULE, Severity.B, block.line, "", message)
    for item in block.items:
        words = plain(item.text).rstrip()
        is_end = item is block.items[-1] and after is None
        if words.endswith(_COLON) and not item.blocks and is_end:
            message = (
                "Nothing stands after this lead-in: a list may have been lost. Find it, or end the entry."
            )
            yield Finding(LIST_RULE, Severity.A, item.line, words[-_QUOTE:], message)
        yield from _of(item.blocks, goes_on=False)


def _broken(place: _Place) -> Iterator[Finding]:
    """The last paragraph, where it is a sentence that does not end."""
    words = place.words
    if not place.last or len(words.split()) < _ENOUGH or words.endswith(_COLON):
        return
    if _BREAKS_OFF.search(words[-20:]) or (not _ENDED.search(words) and _SENTENCE_STOP.search(words)):
        message = "The text breaks off here: its end may have been lost. Find it in the source."
        yield Finding(SENTENCE_RULE, Severity.B, place.line, words[-_QUOTE:], message)


def _tables_meant(article: Article) -> Iterator[Finding]:
    groups = [section.blocks for section in article.sections] + [question.answer for question in article.faq]
    for blocks in groups:
        for text, line in texts(blocks):
            if match := _TABLE_MEANT.search(plain(text)):
                message = "The text points at a table, and there is none: it may have been lost. Put it back."
                yield Finding(TABLE_RULE, Severity.B, line, match.group(), message)


def _has_table(blocks: Sequence[Block]) -> bool:
    return any(
        isinstance(block, Table)
        or (isinstance(block, Callout) and _has_table(block.blocks))
        or (isinstance(block, Listing) and any(_has_table(item.blocks) for item in block.items))
        for block in blocks
    )


def _cells(table: Table) -> str:
    return " | ".join(plain(cell) for cell in table.header)[:_QUOTE]
