"""Lists that lost their marks: short lines after a lead-in with a colon, each a paragraph of its own on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.core.content.article import Block, Finding, Listing, ListItem, Paragraph, Severity
from pipeline.core.content.words import plain

RULE = "list-without-marks"

_LEADS = (":", "：")
_SENTENCE_ENDS = (".", "!", "?", ":", "。", "！", "？", "：", "؟", "…")
_LONGEST = 80  # characters of a line that may be an entry
_FEWEST = 2
_QUOTE = 80


def with_lists(blocks: Sequence[Block]) -> tuple[list[Block], list[Finding]]:
    """The blocks with such lines as the list that they were, and a question where each ends."""
    made: list[Block] = []
    found: list[Finding] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        made.append(block)
        at += 1
        if not isinstance(block, Paragraph) or not plain(block.text).rstrip().endswith(_LEADS):
            continue
        entries = list(_entries(blocks[at:]))
        if len(entries) < _FEWEST:
            continue
        made.append(
            Listing(tuple(ListItem(e.text, (), e.line) for e in entries), ordered=False, line=entries[0].line)
        )
        found.append(_question(block, entries))
        at += len(entries)
    return made, found


def _entries(following: Iterable[Block]) -> Iterator[Paragraph]:
    for block in following:
        if not isinstance(block, Paragraph):
            return
        words = plain(block.text).strip()
        ends = words.endswith(_SENTENCE_ENDS)
        if len(words) > _LONGEST or (ends and not words[:1].islower()):
            return
        yield block
        if ends:
            return  # the last entry of a list may close its sentence


def _question(lead: Paragraph, entries: Sequence[Paragraph]) -> Finding:
    last = plain(entries[-1].text).strip()
    message = (
        f"The {len(entries)} lines after this have no marks of a list, and were read as one, up to '{last[:_QUOTE]}'."
        " See that it ends where it should."
    )
    return Finding(RULE, Severity.B, entries[0].line, plain(lead.text).strip()[:_QUOTE], message)
