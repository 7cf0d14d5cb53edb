"""Reads a page of plain text, such as a web page saved as text: its headings are lines among lines, its citations are
glued to words, and the article stands among sign-up boxes and footers.

What cannot be known is suggested or asked, and each such place is a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from pipeline.core.content.article import (
    Article,
    Block,
    Finding,
    Listing,
    ListItem,
    Paragraph,
    Question,
    Reading,
    Section,
    SectionKind,
    Severity,
)
from pipeline.core.content.asking import asks
from pipeline.core.content.importers import languages, no_article, outline, reading_size
from pipeline.core.content.importers.citing import signs
from pipeline.core.content.importers.citing.habits import habits, word_counts
from pipeline.core.content.importers.citing.lifter import Lifter
from pipeline.core.content.importers.heading_lines import stands_between
from pipeline.core.content.importers.page import Chunk, Entry, chunks
from pipeline.core.content.importers.plain.bare_lists import with_lists
from pipeline.core.content.importers.plain.clearing import clear
from pipeline.core.content.importers.reference_list import references
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.kinds import guess_kind
from pipeline.core.content.slug import Slugs, is_made_up, slug
from pipeline.core.content.words import word_count
from pipeline.core.errors import BadInput

GAP = "gap-before-list"

_LONGEST_TITLE = 150  # characters
_DEEPEST = 6  # levels of a list; deeper entries stay at the sixth
_QUOTE = 80  # characters


def read(name: str, text: str) -> Reading:
    """Raises `BadInput` where there is no title or no section."""
    reading_size.require_page(name, text)
    no_article.refuse_plain(name, text)
    text, notes = _without_notes(text)
    page = clear(chunks(text))
    title = tidy_text(page.title)
    if not title or len(title) > _LONGEST_TITLE or title[-1] in ".;,:":
        raise BadInput(
            "There is no title. Put it on the first line, without a full stop.",
            place=name,
            line=page.title_line or 1,
        )
    entries = [*page.references, *(Entry(note.text, note.lines[0] + 1) for note in notes)]
    cited, reference_findings = references(entries)
    by_sign = {note.sign: len(page.references) + n for n, note in enumerate(notes, 1)}
    lines = Lines(Lifter(cited, word_counts(text), habits(text, len(cited)), by_sign))
    walk = Walk(outline.topic_of(title), bool(page.references), lines)
    walk.over(page.body)
    for part in walk.parts:
        part.blocks, questions = with_lists(part.blocks)
        walk.findings += questions
    if not any(part.blocks for part in walk.parts):
        raise BadInput(
            "There is no section: nothing but a title was found. Put the article's text under it.",
            place=name,
            line=page.title_line,
        )
    no_article.refuse_text(
        name,
        [entry.text for chunk in page.body for entry in chunk.entries]
        + [p.quote for p in page.left_out[-3:]],
        [part.heading for part in walk.parts if not part.suggested],
        sum(word_count(part.blocks) for part in walk.parts),
    )
    findings = [*page.findings, *walk.findings, *lines.findings, *reference_findings]
    if page.references and not page.references_named:
        findings.append(
            outline.suggested_heading("References", page.references[0].line, page.references[0].text)
        )
    language, question = languages.guess(text)
    if question:
        findings.append(replace(question, line=page.title_line))
    slugs = Slugs()
    article = Article(
        title=title,
        slug=_slug(title, name),
        sections=tuple(_sections(walk.parts, slugs)),
        authors=tuple(page.authors),
        language=language or "en-GB",
        topic=walk.topic,
        disclaimer=page.disclaimer,
        faq=tuple(_faq(walk.parts, slugs)),
        references=cited,
        notes_for_reviewer=tuple(page.notes),
    )
    return Reading(article, tuple(sorted(findings, key=lambda f: f.line)), tuple(page.left_out))


def _without_notes(text: str) -> tuple[str, tuple[signs.Note, ...]]:
    """The page with the notes at its foot made blank lines, so that every other line keeps its number."""
    lines = text.split("\n")
    notes = signs.notes(lines)
    for at in (at for note in notes for at in note.lines):
        lines[at] = ""
    return "\n".join(lines), notes


def _slug(title: str, name: str) -> str:
    """From the title, or from the name of the file where most letters of the title are not Latin."""
    file = PurePath(name).stem
    return slug(title if not is_made_up(title) or is_made_up(file) else file)


@dataclass(slots=True)
class Part:
    """A section or a question that is being filled."""

    heading: str
    line: int
    level: int = 2
    kind: SectionKind = SectionKind.OTHER
    suggested: bool = False
    is_question: bool = False
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Lines:
    """Chunks to blocks, citations lifted."""

    lifter: Lifter
    findings: list[Finding] = field(default_factory=list)

    def block(self, chunk: Chunk) -> Block:
        if not chunk.is_list:
            lifted = self.lifter.lift(chunk.text, chunk.line)
            self.findings += lifted.findings
            return Paragraph(lifted.text, chunk.line)
        return self._listing(chunk.entries, 1)

    def heading(self, chunk: Chunk) -> str:
        self.findings += self.lifter.doubts(chunk.text, chunk.line)
        return chunk.text

    def _listing(self, entries: Sequence[Entry], depth: int) -> Listing:
        """The first entry's indent is the level; deeper entries belong to the one before them."""
        indent = entries[0].indent if depth < _DEEPEST else max(entry.indent for entry in entries)
        starts = [n for n, entry in enumerate(entries) if n == 0 or entry.indent <= indent]
        items = []
        for start, end in zip(starts, [*starts[1:], len(entries)], strict=True):
            lifted = self.lifter.lift(entries[start].text, entries[start].line)
            self.findings += lifted.findings
            under = entries[start + 1 : end]
            blocks = (self._listing(under, depth + 1),) if under else ()
            items.append(ListItem(lifted.text, blocks, entries[start].line))
        return Listing(tuple(items), entries[0].number > 0, entries[0].line)


@dataclass(slots=True)
class Walk:
    """Goes over the chunks once, top to bottom, and opens a part at each heading, found or lost."""

    topic: str
    has_references: bool
    lines: Lines
    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    in_questions: bool = False
    in_subsections: bool = False
    told_apart: bool = False  # a heading of the page's own stands before, which is no question

    def over(self, body: Sequence[Chunk]) -> None:
        wide = sum(chunk.gap >= outline.WIDE_GAP for chunk in body)
        gaps_tell = wide * 2 <= len(
            body
        )  # where every paragraph stands far from the next, a gap says nothing
        runs = _question_runs(body)
        starts_after = _starts_after(body)
        for at, chunk in enumerate(body):
            lost = gaps_tell and chunk.gap >= outline.WIDE_GAP and at > 0
            if _heads(body, at):
                if _is_glued(body, at):
                    self.findings.append(outline.bare_heading(chunk.line, chunk.text))
                if outline.is_questions_heading(chunk):
                    self.in_questions = True
                elif outline.is_question(chunk) and self._asks(runs[at], lost):
                    self._open_question(chunk)
                else:
                    self._open_section(chunk, first_rank=lost)
                continue
            if not self.parts:
                self._open_lost("Introduction", chunk)
            elif lost and not chunk.is_list:
                last = self.has_references and len(self.parts) > 1 and not starts_after[at]
                self._open_lost(outline.suggest(chunk.text, self.topic, last=last), chunk)
            elif lost:
                self._notice_gap(chunk)
            self.parts[-1].blocks.append(self.lines.block(chunk))

    def _asks(self, run: int, lost: bool) -> bool:
        """Whether a question-like heading opens, or goes on with, questions and answers."""
        if self.in_questions:
            return True
        return (lost and run >= 2) or (run >= 3 and self.told_apart)

    def _open(self, part: Part) -> None:
        self.parts.append(part)
        self.told_apart = self.told_apart or not (part.suggested or asks(part.heading))

    def _open_question(self, chunk: Chunk) -> None:
        if not self.in_questions:
            self.findings.append(outline.suggested_heading("Questions and answers", chunk.line, chunk.text))
        self.in_questions, self.in_subsections = True, False
        self._open(Part(self.lines.heading(chunk), chunk.line, is_question=True))

    def _open_section(self, chunk: Chunk, *, first_rank: bool) -> None:
        self.in_questions = False
        if first_rank or not self.parts or outline.names_section(chunk.text, self.topic):
            self.in_subsections = False
        elif _leads_in(self.parts[-1]):
            self.in_subsections = True
        level = 3 if self.in_subsections else 2
        kind = guess_kind(chunk.text)
        if kind is SectionKind.QUESTIONS:
            kind = SectionKind.OTHER  # it heads no question, or it would have opened them
        self._open(Part(self.lines.heading(chunk), chunk.line, level, kind))

    def _open_lost(self, heading: str, chunk: Chunk) -> None:
        self.in_questions = self.in_subsections = False
        found = (
            outline.suggested_heading(heading, chunk.line, chunk.text)
            if self.parts
            else outline.introduction(chunk.line, chunk.text)
        )
        self.findings.append(found)
        self._open(Part(heading, chunk.line, 2, guess_kind(heading), suggested=True))

    def _notice_gap(self, chunk: Chunk) -> None:
        self.findings.append(
            Finding(
                GAP,
                Severity.C,
                chunk.line,
                chunk.entries[0].text[:_QUOTE],
                "A wide gap stands before this list: a heading or a first entry may have been lost here.",
            )
        )


def _heads(body: Sequence[Chunk], at: int) -> bool:
    """Whether the chunk is a heading: it looks like one, stands apart, and something stands under it."""
    chunk = body[at]
    if (
        at + 1 == len(body)
        or not outline.is_heading(chunk)
        or (_is_glued(body, at) and not _between(body, at))
    ):
        return False
    after = body[at + 1]
    return after.gap > 0 or after.is_list or not outline.is_heading(after)


def _is_glued(body: Sequence[Chunk], at: int) -> bool:
    return at > 0 and body[at].gap == 0


def _between(body: Sequence[Chunk], at: int) -> bool:
    """Whether a line without a blank one before it stands between paragraphs, as a heading does."""
    before, after = body[at - 1], body[at + 1]
    return not before.is_list and stands_between(before.text, body[at].text, after.text)


def _question_runs(body: Sequence[Chunk]) -> list[int]:
    """For each chunk, how many questions in a row begin with it, no other heading between them."""
    runs = [0] * (len(body) + 1)
    coming = 0
    for at in range(len(body) - 1, -1, -1):
        if _heads(body, at):
            coming = coming + 1 if outline.is_question(body[at]) else 0
        runs[at] = coming
        if body[at].gap >= outline.WIDE_GAP:
            coming = 0
    return runs


def _starts_after(body: Sequence[Chunk]) -> list[bool]:
    """For each chunk, whether another section begins after it."""
    starts = [False] * len(body)
    for at in range(len(body) - 2, -1, -1):
        chunk = body[at + 1]
        lost = chunk.gap >= outline.WIDE_GAP and not chunk.is_list
        starts[at] = starts[at + 1] or lost or _heads(body, at + 1)
    return starts


def _leads_in(part: Part) -> bool:
    last = part.blocks[-1] if part.blocks else None
    if not isinstance(last, Paragraph) or not last.text:
        return False
    end = last.text[-1]
    return getattr(end, "text", "").endswith(":")


def _sections(parts: Sequence[Part], slugs: Slugs) -> list[Section]:
    return [
        Section(
            slugs.make(part.heading),
            part.heading,
            part.level,
            part.kind,
            tuple(part.blocks),
            part.suggested,
            part.line,
        )
        for part in parts
        if not part.is_question
    ]


def _faq(parts: Sequence[Part], slugs: Slugs) -> list[Question]:
    return [
        Question(slugs.make(part.heading), part.heading, tuple(part.blocks), part.line)
        for part in parts
        if part.is_question
    ]
