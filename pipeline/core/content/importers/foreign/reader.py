"""Reads the Markdown of other tools: Hugo, Jekyll, Zola, MDX, Obsidian, Pandoc, GitHub.

What a tool would have put in or worked out is not known here: it is left out or kept as words, and listed. The article
that comes out is a draft in our own form, which an editor goes on with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from pipeline.core.content.article import (
    Article,
    Block,
    Cite,
    Listing,
    Person,
    Question,
    Reading,
    Section,
    SectionKind,
    Severity,
)
from pipeline.core.content.importers import bylines, furniture, languages, reading_size
from pipeline.core.content.importers.citing.habits import word_counts
from pipeline.core.content.importers.citing.lifter import Lifter
from pipeline.core.content.importers.foreign import boxes, footnotes, page_lines, reference_parts
from pipeline.core.content.importers.foreign import fields as foreign_fields
from pipeline.core.content.importers.foreign import grammar as foreign_grammar
from pipeline.core.content.importers.foreign import outline as foreign_outline
from pipeline.core.content.importers.foreign import passes as foreign_passes
from pipeline.core.content.importers.foreign import questions as foreign_questions
from pipeline.core.content.importers.foreign.blocks import ForeignBlocks, Piece, Standing, over_texts
from pipeline.core.content.importers.foreign.fields import Known
from pipeline.core.content.importers.foreign.outline import Outline, Part
from pipeline.core.content.importers.foreign.references import Sources
from pipeline.core.content.importers.front_matter import any_tool as front_matter_any
from pipeline.core.content.importers.list_scope import scope_questions
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.outline import suggested_heading
from pipeline.core.content.importers.own import habit as markdown_habit
from pipeline.core.content.importers.plain.clearing import REVIEW_CLAIMED
from pipeline.core.content.importers.source_lines import Numbered, numbered
from pipeline.core.content.slug import Slugs, slug
from pipeline.core.content.words import plain, texts
from pipeline.core.errors import BadInput

FORM_RULE = "foreign-markdown"
LINKS_RULE = "sources-in-links"


def recognises(name: str, text: str) -> bool:
    return markdown_habit.foreign_sign(name, text) is not None


def read(name: str, text: str) -> Reading:
    """Raises `BadInput` where there is no title, no text, or more than a reader could go through."""
    notes = Notes()
    _tell_form(name, text, notes)
    reading_size.require_markdown(name, text)
    front = front_matter_any.split(name, text, notes)
    known = foreign_fields.known(front.fields, notes)
    body, noted = footnotes.take(foreign_passes.run(name, front, known, notes), front.body_line, notes)
    reading_size.require_markdown(name, body)
    page = _Page(name, known, Sources(notes, noted), notes)
    page.read(numbered(body, front.body_line), word_counts(text))
    return page.reading()


def _tell_form(name: str, text: str, notes: Notes) -> None:
    if sign := markdown_habit.foreign_sign(name, text):
        message = (
            f"Read as Markdown of another tool, because of {sign.what}. Our own form is in docs/writing.md."
        )
        notes.find(FORM_RULE, Severity.C, sign.line, "", message)


@dataclass(slots=True)
class _Page:
    """One page on its way from numbered lines to an article."""

    name: str
    known: Known
    sources: Sources
    notes: Notes
    title: str = ""
    parts: list[Part] = field(default_factory=list)
    asked: list[Part] = field(default_factory=list)
    authors: list[Person] = field(default_factory=list)
    disclaimer: str = ""
    review_notes: list[str] = field(default_factory=list)

    def read(self, page: Numbered, words: Counter[str]) -> None:
        lines = page.text.split("\n")
        for source in self.known.sources:
            self.sources.add(
                source.text, source.line, *([f"^@{source.key}", f"^{source.key}"] * bool(source.key))
            )
        blocks, pieces = self._pieces(page, lines)
        outline = Outline(self.notes)
        outline.over(self._headed(pieces, lines), len(lines))
        parts = reference_parts.take(outline.parts, page, lines, self.sources, self.notes)
        reference_parts.take_unnamed(parts, self.sources, self.notes)
        if outline.before:
            parts.insert(0, self._introduction(outline.before))
        parts = foreign_questions.answered(foreign_questions.with_questions(parts, self.notes), self.notes)
        front = [self._front_question(*row) for row in self.known.faq]
        self._cite(parts, front, blocks, Lifter((), words))
        asked = [part for part in parts if part.is_question]
        self.asked = foreign_questions.merged(asked, [part for part in front if part.blocks], self.notes)
        self.parts = [part for part in parts if not part.is_question]

    def _pieces(self, page: Numbered, lines: Sequence[str]) -> tuple[ForeignBlocks, list[Piece]]:
        opened, closing = boxes.paired(lines, page.lines, self.notes)
        tokens = foreign_grammar.parse(self.name, page.text, page.lines, opened, closing)
        blocks = ForeignBlocks(tokens, page.lines, self.notes, source=lines)
        return blocks, blocks.pieces()

    def _headed(self, pieces: list[Piece], lines: Sequence[str]) -> list[Piece]:
        """The pieces with every heading told, the title taken off, and no table of contents."""
        pieces = foreign_outline.with_bold_headings(pieces, lines, self.notes)
        pieces = foreign_outline.with_plain_headings(pieces, self.notes)
        self.title, pieces = foreign_outline.take_title(
            pieces, self.known.title, self.known.title_line, self.notes
        )
        if not self.title:
            raise BadInput(
                "There is no title. Write `# Title` above the text, or `title: ...` between two lines of `---`.",
                place=self.name,
                line=1,
            )
        pieces = page_lines.without(pieces, lines, self._is_of_page, self.notes)
        pieces = foreign_outline.with_levels(pieces, self.notes)
        return foreign_outline.without_contents(pieces, self.notes)

    def _introduction(self, blocks: list[Block]) -> Part:
        line = blocks[0].line
        self.notes.findings.append(suggested_heading("Introduction", line))
        return Part("Introduction", 2, line, 0, 0, SectionKind.INTRODUCTION, suggested=True, blocks=blocks)

    def _is_of_page(self, words: str, line: int, *, at_start: bool) -> bool:
        """Whether a line is about the page, and noted as that: a date, a byline, a sign-up box, the disclaimer."""
        if by := bylines.reviewer(words):
            message = (
                "The page names a reviewer. The article stays a draft until a reviewer approves it here."
            )
            self.notes.find(REVIEW_CLAIMED, Severity.C, line, words, message)
            self.review_notes.append(
                f"The page says that it was reviewed by {by}. That review is not carried over."
            )
        elif bylines.is_date(words):
            self.notes.leave(line, words, "a date of the page")
        elif at_start and (author := bylines.person(words, marked=False)):
            self.authors.append(author)
        elif why := furniture.reason(words):
            self.notes.leave(line, words, why)
        elif furniture.is_disclaimer(words):
            self._disclaim(words, line)
        else:
            return False
        return True

    def _disclaim(self, words: str, line: int) -> None:
        if self.disclaimer or self.known.disclaimer:
            self.notes.leave(line, words, "a second disclaimer")
            return
        self.disclaimer, pointers = furniture.without_pointers(words)
        if pointers:
            self.notes.leave(line, pointers, "a pointer to another page of the site")

    def _front_question(self, question: str, answer: str, line: int) -> Part:
        lines = answer.split("\n")
        page = Numbered(answer, tuple(range(line, line + len(lines))))
        _, pieces = self._pieces(page, lines)
        blocks = [piece.block for piece in pieces if isinstance(piece, Standing)]
        return Part(question, 3, line, 0, is_question=True, blocks=blocks)

    def _cite(
        self, parts: Sequence[Part], front: Sequence[Part], blocks: ForeignBlocks, lifter: Lifter
    ) -> None:
        """Keys to citations: first every source is met in the order of the text, then every key is looked up."""
        everything = [*parts, *front]
        for part in everything:
            for text, line in texts(part.blocks):
                for cite in text:
                    if isinstance(cite, Cite):
                        self.sources.note(cite, line, blocks.inline_notes)
        self.sources.close(lifter)
        for part in everything:
            part.blocks = list(over_texts(part.blocks, self.sources.resolve))
            for block in part.blocks:
                if isinstance(block, Listing):
                    self.notes.findings += scope_questions(block)
        if not self.sources.references and blocks.links:
            address, line = blocks.links[0]
            message = (
                f"The article lists no sources; it only has links in its text ({len(blocks.links)}). "
                "Add those that are sources as `references` and cite them."
            )
            self.notes.find(LINKS_RULE, Severity.B, line, address, message)

    def reading(self) -> Reading:
        if not any(part.blocks for part in (*self.parts, *self.asked)):
            raise BadInput("There is no text under the title.", place=self.name, line=self.known.title_line)
        slugs = Slugs()
        scope = [finding.message for finding in self.notes.findings if finding.rule.startswith("E-24")]
        article = Article(
            title=self.title,
            slug=self._slug(),
            sections=tuple(self._sections(slugs)),
            authors=tuple(self.known.authors or self.authors),
            language=self._language(),
            topic=self.known.topic,
            disclaimer=self.known.disclaimer or self.disclaimer,
            faq=tuple(
                Question(slugs.make(part.heading), part.heading, tuple(part.blocks), part.line)
                for part in self.asked
            ),
            references=self.sources.references,
            notes_for_reviewer=(*self.known.review_notes, *self.review_notes, *scope),
        )
        findings = sorted(self.notes.findings, key=lambda finding: finding.line)
        left_out = sorted(self.notes.left_out, key=lambda part: part.line)
        return Reading(article, tuple(findings), tuple(left_out))

    def _sections(self, slugs: Slugs) -> Iterator[Section]:
        """A heading over questions alone goes, since the article has a place of its own for them."""
        level = 1
        for part in self.parts:
            if part.asks and not part.blocks:
                continue
            level = min(part.level, level + 1)
            yield Section(
                slugs.make(part.heading),
                part.heading,
                level,
                part.kind,
                tuple(part.blocks),
                part.suggested,
                part.line,
            )

    def _slug(self) -> str:
        if self.known.slug:
            return self.known.slug
        made = slug(self.title)
        return made if made != "item" else slug(PurePath(self.name).stem)

    def _language(self) -> str:
        if self.known.language:
            return self.known.language
        words = " ".join([self.title, *(plain(t) for part in self.parts for t, _ in texts(part.blocks))])
        language, question = languages.guess(words)
        if question:
            self.notes.findings.append(question)
        return language or "en-GB"
