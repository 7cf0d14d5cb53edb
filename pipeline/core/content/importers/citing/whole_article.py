"""The citations of an article whose text has styles, links and some marks already: how it cites is judged once over all
of it, and each text is rewritten by that (E-20 to E-22)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.core.content.article import (
    Article,
    Block,
    Cite,
    Finding,
    Inlines,
    LeftOut,
    Listing,
    Paragraph,
    Reference,
    Run,
)
from pipeline.core.content.importers import reference_list
from pipeline.core.content.importers.citing import linked, unlisted
from pipeline.core.content.importers.citing.habits import habits, word_counts
from pipeline.core.content.importers.citing.lifter import Lifter
from pipeline.core.content.importers.citing.signs import PlacedNote, notes_among
from pipeline.core.content.importers.page import Entry
from pipeline.core.content.over_texts import over_texts
from pipeline.core.content.slug import Slugs
from pipeline.core.content.words import plain, texts

# A cell that is nothing but figures, such as `12 (40%)`, is data. One in square brackets may be a mark.
_FIGURES_ALONE = re.compile(r"[\s\d.,:;()%±<>=≤≥~*/+–−-]*")


@dataclass(frozen=True, slots=True)
class Cited:
    """An article with its citations as values, what a person must decide, and what stood over notes that are sources
    now."""

    article: Article
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...] = ()


def cited(article: Article, *, listed: int | None = None, host: str = "") -> Cited:
    """`article` as a reader of markup made it, its links and named marks citations already. `listed`: how many of its
    references figures may mean, all where it is None. `host` is the page's own, whose pages are no sources."""
    article, signs, findings, left_out = _with_notes(article, listed)
    groups = [section.blocks for section in article.sections] + [question.answer for question in article.faq]
    everything = [text for blocks in groups for text, _ in texts(blocks)]
    words = "\n".join(plain(text) for text in everything)
    count = len(article.references) if listed is None else listed
    valued = {ref for text in everything for part in text if isinstance(part, Cite) for ref in part.refs}
    habit = habits(words, count, valued=len(valued))
    lifting = _Lifting(Lifter(article.references, word_counts(words), habit, signs, listed), findings)
    lifted = replace(
        article,
        sections=tuple(replace(s, blocks=lifting.blocks(s.blocks)) for s in article.sections),
        faq=tuple(replace(q, answer=lifting.blocks(q.answer)) for q in article.faq),
    )
    headings = [(s.heading, s.line) for s in article.sections if not s.suggested]
    for heading, line in (*headings, *((q.question, q.line) for q in article.faq)):
        findings += lifting.lifter.doubts(heading, line)
    proposed, proposals = linked.propose(lifted, host=host)
    return Cited(proposed, (*findings, *proposals), tuple(left_out))


@dataclass(frozen=True, slots=True)
class _Lifting:
    lifter: Lifter
    findings: list[Finding]

    def blocks(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return over_texts(blocks, self._text, cell=self._cell)

    def _text(self, text: Inlines, line: int) -> Inlines:
        lifted = self.lifter.lift_inlines(text, line)
        self.findings.extend(lifted.findings)
        return unlisted.in_words(lifted.text)

    def _cell(self, text: Inlines, line: int) -> Inlines:
        if _FIGURES_ALONE.fullmatch("".join(part.text for part in text if isinstance(part, Run))):
            return unlisted.in_words(text)
        return self._text(text, line)


def _with_notes(
    article: Article, listed: int | None
) -> tuple[Article, dict[str, int], list[Finding], list[LeftOut]]:
    """The article with the notes at its foot among its references, and the number of each by its sign."""
    foot = notes_among(_standing(article))
    if not foot:
        return article, {}, [], []
    entries = [Entry(note.text, note.line) for note in foot]
    made, findings = reference_list.references(entries)
    slugs = Slugs(reference.id for reference in article.references)
    first = len(article.references) + 1
    added = [replace(r, id=slugs.make(r.id), number=first + n) for n, r in enumerate(made)]
    signs = {note.sign: reference.number for note, reference in zip(foot, added, strict=True)}
    gone = {note.block for note in foot}
    sections = []
    left_out: list[LeftOut] = []
    for section in article.sections:
        blocks = tuple(block for block in section.blocks if id(block) not in gone)
        if section.blocks and not blocks and len(article.sections) > 1:
            left_out.append(LeftOut(section.line, section.heading, "a heading over notes that are sources"))
        else:
            sections.append(replace(section, blocks=blocks))
    faq = tuple(
        replace(q, answer=tuple(block for block in q.answer if id(block) not in gone)) for q in article.faq
    )
    references: tuple[Reference, ...] = (*article.references, *added)
    article = replace(article, sections=tuple(sections), faq=faq, references=references)
    return article, signs, list(findings), left_out


def _standing(article: Article) -> Iterator[PlacedNote | str]:
    """Every text of the article in the order of the page; a paragraph, or an entry that is a list by itself, as one
    that may be a note."""
    parts = [(s.line, s.blocks) for s in article.sections] + [(q.line, q.answer) for q in article.faq]
    for _, blocks in sorted(parts, key=lambda part: part[0]):
        for block in blocks:
            match block:
                case Paragraph(text=text, line=line):
                    yield PlacedNote("", _with_addresses(text), line, id(block))
                case Listing(items=(item,), ordered=False) if not item.blocks:
                    yield PlacedNote("", f"* {_with_addresses(item.text)}", block.line, id(block))
                case _:
                    yield from (plain(text) for text, _ in texts((block,)))


def _with_addresses(text: Inlines) -> str:
    words = "".join(part.text for part in text if isinstance(part, Run))
    addresses = dict.fromkeys(part.href for part in text if isinstance(part, Run) and part.href)
    return " ".join([words, *(href for href in addresses if href not in words)])
