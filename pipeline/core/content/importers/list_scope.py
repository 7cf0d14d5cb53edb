"""What a citation at the end of a list stands for: its last entry, or all of them (E-24).

Its place records the answer: on the sentence that leads into the list it supports the whole list, on an entry that
entry. A page does not tell which was meant, so that a person is asked; the question is kept in `notes_for_reviewer` and
stands until that note is taken out, which is how an editor says that the mark is where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.core.content.article import (
    Article,
    Block,
    Callout,
    Cite,
    Figure,
    Finding,
    Inlines,
    Listing,
    ListItem,
    Paragraph,
    Severity,
    Table,
)
from pipeline.core.content.words import plain

RULE = "E-24.citation-scope"

_FRAGMENT = 12  # words; a longer entry makes a statement of its own, which its citation supports
_STATEMENT = re.compile(r"[.:;]\s")  # `Term: what it is`, or a sentence


ITEM, WHOLE_LIST = "item", "whole list"


def ask(article: Article) -> tuple[Article, tuple[Finding, ...]]:
    """The questions about every list of an article from elsewhere, and the article with each in its notes."""
    findings = tuple(_of_article(article))
    notes = tuple(f.message for f in findings if f.message not in article.notes_for_reviewer)
    return replace(article, notes_for_reviewer=(*article.notes_for_reviewer, *notes)), findings


def still_open(article: Article) -> tuple[Finding, ...]:
    """The questions that a file of our own still has in its notes. Its marks stand where an editor put or left them."""
    notes = article.notes_for_reviewer
    return tuple(
        replace(finding, message=f"{finding.message} Then take the question out of notes_for_reviewer.")
        for finding in (_of_article(article) if notes else ())
        if any(note.startswith(_question(finding.quote)) for note in notes)
    )


def scopes(blocks: Iterable[Block]) -> Iterator[str]:
    """For every citation under `blocks`, in the order of `words.texts`: `item`, `whole list`, or empty where no list
    is meant."""
    blocks = tuple(blocks)
    for at, block in enumerate(blocks, 1):
        match block:
            case Paragraph():
                leads = isinstance(blocks[at] if at < len(blocks) else None, Listing) and _leads_in(
                    block.text
                )
                yield from _each(block.text, WHOLE_LIST if leads else "")
            case Listing():
                for item in block.items:
                    leads = bool(item.blocks) and isinstance(item.blocks[0], Listing) and _leads_in(item.text)
                    yield from _each(item.text, WHOLE_LIST if leads else ITEM)
                    yield from scopes(item.blocks)
            case Callout():
                yield from scopes(block.blocks)
            case Figure():
                pass  # its caption is plain words
            case Table():
                for row in (block.header, *block.rows):
                    for cell in row:
                        yield from _each(cell, "")


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
        f"{_question(words)} It was left on the entry. If it supports the whole list, move it to the sentence before "
        "the list."
    )
    return (*nested, Finding(RULE, Severity.B, last.line, words, message))


def _question(words: str) -> str:
    return f"Does the citation after '{words}' support that entry or the whole list?"


def _of_article(article: Article) -> Iterator[Finding]:
    for section in article.sections:
        yield from _of_blocks(section.blocks)
    for question in article.faq:
        yield from _of_blocks(question.answer)


def _of_blocks(blocks: Iterable[Block]) -> Iterator[Finding]:
    for block in blocks:
        if isinstance(block, Listing):
            yield from scope_questions(block)
        elif isinstance(block, Callout):
            yield from _of_blocks(block.blocks)


def _each(text: Inlines, scope: str) -> Iterator[str]:
    return (scope for part in text if isinstance(part, Cite))


def _leads_in(text: Inlines) -> bool:
    return plain(text).rstrip().endswith(":")


def _cites(item: ListItem) -> bool:
    return _has_cite(item.text) or any(_block_cites(block) for block in item.blocks)


def _block_cites(block: Block) -> bool:
    return isinstance(block, Listing) and any(_cites(item) for item in block.items)


def _has_cite(text: Inlines) -> bool:
    return any(isinstance(part, Cite) for part in text)
