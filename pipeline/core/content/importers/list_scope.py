"""Asks what a citation at the end of a list stands for: its last entry, or all of them (E-24)."""

from __future__ import annotations

import re

from pipeline.core.content.article import Block, Cite, Finding, Inlines, Listing, ListItem, Severity
from pipeline.core.content.words import plain

RULE = "E-24.citation-scope"

_FRAGMENT = 12  # words; a longer entry makes a statement of its own, which its citation supports
_STATEMENT = re.compile(r"[.:;]\s")  # `Term: what it is`, or a sentence


def scope_questions(listing: Listing) -> tuple[Finding, ...]:
    """A question where the last entry alone carries a citation and is no statement by itself, as in `Fat loss[5]`."""
    nested = tuple(
        q
        for item in listing.items
        for block in item.blocks
        if isinstance(block, Listing)
        for q in scope_questions(block)
    )
    *others, last = listing.items
    if not others or last.blocks or not last.text or any(_cites(item) for item in others):
        return nested
    words = plain(last.text)
    if not isinstance(last.text[-1], Cite) or len(words.split()) > _FRAGMENT or _STATEMENT.search(words):
        return nested
    message = (
        f"Does the citation after '{words}' support that entry or the whole list? It was left on the entry. "
        "If it supports the whole list, move it to the sentence before the list."
    )
    return (*nested, Finding(RULE, Severity.B, last.line, words, message))


def _cites(item: ListItem) -> bool:
    return _has_cite(item.text) or any(_block_cites(block) for block in item.blocks)


def _block_cites(block: Block) -> bool:
    return isinstance(block, Listing) and any(_cites(item) for item in block.items)


def _has_cite(text: Inlines) -> bool:
    return any(isinstance(part, Cite) for part in text)
