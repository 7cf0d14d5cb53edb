"""Blocks of an article as the parts of `templates/emails/parts/` want them: a `kind`, and HTML that is safe (S-09)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from pipeline.core.content.article import (
    Block,
    Callout,
    Cite,
    Figure,
    Inline,
    Inlines,
    Listing,
    ListItem,
    Paragraph,
    Question,
    Run,
    Section,
    Table,
)
from pipeline.core.content.pictures import picture_path, shown_size
from pipeline.core.content.words import plain
from pipeline.core.errors import BadInput
from pipeline.core.message.labels import Labels
from pipeline.core.message.marks import Numbering, settled

LINK = re.compile(r"(https://|mailto:)[^\s<>\"']+\Z")
WIDEST_GRID = (
    3  # columns, and what a column has room for on a phone of 360 px: a word, and a few lines of them
)
LONGEST_WORDS = {1: 30, 2: 16, 3: 11}  # characters, by columns
LONGEST_CELLS = {1: 10_000, 2: 160, 3: 70}
UNBREAKABLE = re.compile(
    r"[^\s\u2e80-\ufaff\uff00-\uff60-]+"
)  # between two of Chinese or Japanese a line may break


@dataclass(frozen=True, slots=True)
class BlockView:
    """Blocks as the templates' parts want them: dictionaries of a `kind` and safe HTML."""

    base_url: str
    web_url: str
    numbering: Numbering
    labels: Labels

    def section(self, section: Section, level: int) -> dict[str, Any]:
        return {
            "id": section.id,
            "heading": section.heading,
            "level": level,
            "blocks": [self.block(block) for block in section.blocks],
        }

    def question(self, question: Question) -> dict[str, Any]:
        return {"question": question.question, "blocks": [self.block(block) for block in question.answer]}

    def block(self, block: Block) -> dict[str, Any]:
        match block:
            case Paragraph():
                return {"kind": "paragraph", "html": self.inlines(block.text)}
            case Listing():
                return {
                    "kind": "list",
                    "ordered": block.ordered,
                    "entries": [self.entry(i) for i in block.items],
                }
            case Callout():
                return {
                    "kind": "callout",
                    "urgency": block.urgency.value,
                    "label": self.labels.say(block.urgency.value),
                    "title": block.title,
                    "blocks": [self.block(inner) for inner in block.blocks],
                }
            case Table():
                return {
                    "kind": "table" if _fits_a_phone(block) else "records",
                    "header": [self.inlines(cell) for cell in block.header],
                    "rows": [[self.inlines(cell) for cell in row] for row in block.rows],
                }

            case Figure():
                return self.figure(block)

    def figure(self, figure: Figure) -> dict[str, Any]:
        if not figure.sha256:
            raise BadInput(
                f"The picture {figure.src} has not been looked at. Import the article again.",
                place=figure.src,
                line=figure.line or None,
            )
        width, height = shown_size(figure)
        return {
            "kind": "figure",
            "url": self.base_url + picture_path(figure),
            "alt": figure.alt,
            "caption": figure.caption,
            "width": width,
            "height": height,
        }

    def entry(self, item: ListItem) -> dict[str, Any]:
        return {"html": self.inlines(item.text), "blocks": [self.block(block) for block in item.blocks]}

    def inlines(self, parts: Inlines) -> Markup:
        return Markup("").join(self.inline(part) for part in settled(parts))

    def inline(self, part: Inline) -> Markup:
        return self.cite(part) if isinstance(part, Cite) else run_html(part)

    def cite(self, mark: Cite) -> Markup:
        """`<sup>` with a link a reference; the brackets are words, legible without any CSS (H-10)."""
        links = Markup("&#160;").join(
            Markup('<a href="{}#ref-{}" aria-label="{}">[{}]</a>').format(
                self.web_url, ref, self.labels.words("reference", number=number), number
            )
            for number, ref in self.numbering.of(mark)
        )
        return Markup("<sup>{}</sup>").format(links)


def run_html(run: Run) -> Markup:
    words = escape(run.text)
    if run.strong:
        words = Markup("<strong>{}</strong>").format(words)
    if run.emphasis:
        words = Markup("<em>{}</em>").format(words)
    if run.href is None:
        return words
    if not LINK.match(run.href):
        raise BadInput(
            f"The link {run.href!r} is neither https: nor mailto:. Correct or remove it.", place=run.text
        )
    return Markup('<a href="{}">{}</a>').format(run.href, words)


def _fits_a_phone(table: Table) -> bool:
    columns = len(table.header)
    if columns > WIDEST_GRID:
        return False
    cells = [plain(cell) for row in (table.header, *table.rows) for cell in row]
    longest = max((len(word) for cell in cells for word in UNBREAKABLE.findall(cell)), default=0)
    return longest <= LONGEST_WORDS[columns] and max(map(len, cells), default=0) <= LONGEST_CELLS[columns]
