"""What an article seems to have lost before it came here: a list after its lead-in, the end of a sentence, a table.

A series without it would mislead, so each of these blocks. They look at the article alone, whatever it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from pipeline.core.content import lead_ins
from pipeline.core.content.article import (
    Article,
    Block,
    Callout,
    Finding,
    Listing,
    Paragraph,
    Reading,
    Run,
    Section,
    Severity,
    Table,
)
from pipeline.core.content.lead_ins import LeadIn
from pipeline.core.content.words import plain, texts

SENTENCE_RULE = "lost-end"
TABLE_RULE = "lost-table"
EMPTY_LIST_RULE = "empty-list"
EMPTY_TABLE_RULE = "empty-table"
BOX_RULE = "lost-box"

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
_ENOUGH = 8  # words; a shorter line may be a label


def with_losses(reading: Reading) -> Reading:
    """A reading with a finding for each sign that its article had lost something before it came here."""
    known = {(finding.rule, finding.line) for finding in reading.findings}
    found = (finding for finding in lost(reading.article) if (finding.rule, finding.line) not in known)
    findings = (*reading.findings, *found)
    return replace(reading, findings=tuple(sorted(findings, key=lambda finding: finding.line)))


def lost(article: Article) -> Iterator[Finding]:
    """Every sign of a loss, sections first, then questions."""
    has_table = any(_has_table(section.blocks) for section in article.sections) or any(
        _has_table(question.answer) for question in article.faq
    )
    sections = article.sections
    for section, first, second in zip_longest(sections, sections[1:], sections[2:]):
        if section is not None:
            goes_on = _goes_on(section, first, second)
            after = section.blocks[0] if section.blocks else None
            yield from lead_ins.lost(LeadIn(section.heading, section.line, after, goes_on or after is None))
            yield from _of(section.blocks, section.heading, goes_on=goes_on)
    for question in article.faq:
        yield from _of(question.answer, question.question, goes_on=False)
    if not has_table:
        yield from _tables_meant(article)


def _goes_on(section: Section, *after: Section | None) -> bool:
    """Whether two smaller sections follow, so that a lead-in at the end leads into them. One alone is no list."""
    return all(one is not None and one.level > section.level for one in after)


def _of(blocks: Sequence[Block], under: str, *, goes_on: bool) -> Iterator[Finding]:
    """`under` is the heading, the question or the title that the blocks stand under."""
    for at, block in enumerate(blocks):
        after = blocks[at + 1] if at + 1 < len(blocks) else None
        if isinstance(block, Paragraph):
            words = plain(block.text).rstrip()
            is_bold = all(isinstance(part, Run) and part.strong for part in block.text)
            lead = LeadIn(words, block.line, after, goes_on and after is None, under, is_bold)
            found = list(lead_ins.lost(lead))
            yield from found or (_broken(words, block.line) if after is None else ())
        elif isinstance(block, Listing):
            yield from _listing(block, after, under)
        elif isinstance(block, Callout):
            if not block.blocks:
                message = "This box has a title and nothing in it: its words may have been lost."
                yield Finding(BOX_RULE, Severity.A, block.line, block.title[:_QUOTE], message)
            else:
                yield from lead_ins.lost(LeadIn(block.title, block.line, block.blocks[0]))
            yield from _of(block.blocks, block.title or under, goes_on=False)
        elif isinstance(block, Table) and not any(cell for row in block.rows for cell in row):
            message = "This table has no row with words in it: they may have been lost."
            yield Finding(EMPTY_TABLE_RULE, Severity.B, block.line, _cells(block), message)


def _listing(block: Listing, after: Block | None, under: str) -> Iterator[Finding]:
    if not any(item.text or item.blocks for item in block.items):
        message = "No entry of this list has words in it: they may have been lost."
        yield Finding(EMPTY_LIST_RULE, Severity.B, block.line, "", message)
    for item in block.items:
        words = plain(item.text).rstrip()
        is_end = item is block.items[-1] and after is None
        if lead_ins.is_lead_in(words) and not item.blocks and is_end:
            message = (
                "Nothing stands after this lead-in: a list may have been lost. Find it, or end the entry."
            )
            yield Finding(lead_ins.LIST_RULE, Severity.A, item.line, words[-_QUOTE:], message)
        yield from _of(item.blocks, under, goes_on=False)


def _broken(words: str, line: int) -> Iterator[Finding]:
    """The last paragraph, where it is a sentence that does not end."""
    if len(words.split()) < _ENOUGH or lead_ins.is_lead_in(words):
        return
    if _BREAKS_OFF.search(words[-20:]) or (not _ENDED.search(words) and _SENTENCE_STOP.search(words)):
        message = "The text breaks off here: its end may have been lost. Find it in the source."
        yield Finding(SENTENCE_RULE, Severity.B, line, words[-_QUOTE:], message)


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
