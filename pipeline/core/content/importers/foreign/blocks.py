"""Tokens of `foreign_grammar` to pieces of a page: headings, blocks and folded parts, in the order of the file.

A citation is not yet one: its `Cite` holds a key such as `^smith` (a footnote), `^@smith` (Pandoc), `^#1,3` (numbers)
or `^+4` (a note in the text), and `foreign_references` says which source that is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

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
    Run,
    Severity,
    Table,
)
from pipeline.core.content.importers.foreign import boxes
from pipeline.core.content.importers.foreign.grammar import Box
from pipeline.core.content.importers.foreign.tags import tag_in
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.links import link_fault
from pipeline.core.content.words import plain, texts

LINK_RULE = "link-left-out"
STRUCK_RULE = "struck-out"
HEADING_RULE = "heading-in-block"
CELLS_RULE = "table-cells"
QUOTE_RULE = "block-quote"
START_RULE = "list-start"

_NUMBERS = re.compile(r"\[?(\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})\]?")
_ALERT = re.compile(r"\[!([\w-]{1,40})\][+-]?[ \t]*")
_TASK = re.compile(r"\[[ xX]\]\s+")
_STYLES = {
    "strong": "strong",
    "b": "strong",
    "em": "emphasis",
    "i": "emphasis",
    "cite": "emphasis",
    "dfn": "emphasis",
}
_STRUCK = frozenset(["s", "del", "strike"])
_SAY_NOTHING = frozenset(["br", "wbr", "q", "p", *_STYLES, "a", "sup", "sub"])


@dataclass(frozen=True, slots=True)
class Head:
    """A heading as it was written. `level` is 1 to 6, `line` that of the file, `at` that of the text."""

    text: str
    level: int
    line: int
    at: int
    styled: bool = False  # a bold line and no heading
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """The words that a folded part shows."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class FoldEnd:
    line: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A block, with the lines of the text that it takes: from `at` up to `until`."""

    block: Block
    at: int
    until: int


Piece = Head | Fold | FoldEnd | Standing


@dataclass(slots=True)
class ForeignBlocks:
    """Walks the tokens once. `lines` tells the line of the file for each line of the text."""

    tokens: Sequence[Token]
    lines: Sequence[int]
    notes: Notes
    inline_notes: list[tuple[str, int]] = field(default_factory=list)  # text and line, the n-th is `^+n`
    links: list[tuple[str, int]] = field(default_factory=list)  # every outside address that a link kept
    source: Sequence[str] = ()  # the lines of the text, for what the parser does not tell
    as_words: bool = False  # addresses of links become words, as in a list of sources
    at: int = 0
    here: int = 0  # the line of the file that was reached

    def pieces(self) -> list[Piece]:
        found: list[Piece] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            start, until = token.map or (0, 0)
            if token.type == "heading_open":
                found.append(self._head(token))
            elif token.type == "fold_open":
                found.append(Fold(self._fold_words(), self.line(token)))
            elif token.type == "fold_close":
                found.append(FoldEnd(self.line(token)))
            else:
                found += [Standing(block, start, until) for block in self._block(token)]
        return found

    def line(self, token: Token) -> int:
        if token.map and token.map[0] < len(self.lines):
            self.here = self.lines[token.map[0]]
        return self.here

    def _head(self, token: Token) -> Head:
        inline = self.tokens[self.at]
        self.at += 2
        line = self.line(token)
        text = self.inlines(inline)
        cites = tuple(part for part in text if isinstance(part, Cite))
        start = token.map[0] if token.map else 0
        return Head(_words(text), int(token.tag[1]), line, start, cites=cites)

    def _fold_words(self) -> str:
        inline = self.tokens[self.at]
        self.at += 1
        return _words(self.inlines(inline))

    def blocks_until(self, closing: str) -> tuple[Block, ...]:
        """Blocks up to the token `closing`, which is passed. Headings and folds in there are bold lines."""
        blocks: list[Block] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == closing:
                break
            if token.type == "heading_open":
                head = self._head(token)
                message = "A heading stands inside a list, a box or a quotation. It was read as a bold line."
                self.notes.find(HEADING_RULE, Severity.C, head.line, head.text, message)
                blocks += _bold(head.text, head.line)
            elif token.type == "fold_open":
                line = self.line(token)
                blocks += _bold(self._fold_words(), line)
            else:
                blocks.extend(self._block(token))
        return tuple(blocks)

    def _block(self, token: Token) -> tuple[Block, ...]:
        match token.type:
            case "paragraph_open":
                return self._paragraph(token)
            case "bullet_list_open" | "ordered_list_open":
                return self._listing(token)
            case "dl_open":
                return self._definitions(token)
            case "box_open":
                return self._box(token)
            case "table_open":
                return (self._table(token),)
            case "blockquote_open":
                return self._quotation(token)
            case "hr":
                self.notes.leave(self.line(token), token.markup[:3], "a dividing line: headings divide")
            case "fence":
                self.notes.leave(self.line(token), token.content, "a block of code")
        return ()

    def _paragraph(self, token: Token) -> tuple[Block, ...]:
        line = self.line(token)
        text = self.inlines(self.tokens[self.at])
        self.at += 2
        return (Paragraph(text, line),) if text else ()

    def _listing(self, token: Token) -> tuple[Block, ...]:
        ordered = token.type == "ordered_list_open"
        line = self.line(token)
        if ordered and token.attrGet("start") is not None:
            message = "A numbered list counts from 1 in the email, whatever it starts at here."
            self.notes.find(START_RULE, Severity.C, line, "", message)
        found: list[Block] = []
        items: list[ListItem] = []
        while self.at < len(self.tokens) and self.tokens[self.at].type == "list_item_open":
            opening = self.line(self.tokens[self.at])
            self.at += 1
            blocks = self.blocks_until("list_item_close")
            first = blocks[0] if blocks else None
            text, rest = (first.text, blocks[1:]) if isinstance(first, Paragraph) else ((), blocks)
            text = _without_task(text)
            if text:
                items.append(ListItem(text, rest, opening))
                continue
            # An entry without words of its own: what stands under it stands in its place.
            if items and rest:
                found.append(Listing(tuple(items), ordered, items[0].line))
                items = []
            found += rest
        self.at += 1
        return (*found, Listing(tuple(items), ordered, items[0].line)) if items else tuple(found)

    def _definitions(self, token: Token) -> tuple[Block, ...]:
        """A list of terms, each in bold, with what is said of it under it."""
        line = self.line(token)
        items: list[ListItem] = []
        while self.at < len(self.tokens) and (part := self.tokens[self.at]).type != "dl_close":
            self.at += 1
            if part.type == "dt_open":
                at = self.line(part)
                words = _words(self.inlines(self.tokens[self.at]))
                self.at += 2
                if words:
                    items.append(ListItem((Run(words, strong=True),), (), at))
            elif part.type == "dd_open":
                blocks = self.blocks_until("dd_close")
                if items and blocks:
                    items[-1] = replace(items[-1], blocks=items[-1].blocks + blocks)
                elif blocks:
                    items.append(ListItem((), blocks, line))
        self.at += 1
        return (Listing(tuple(items), False, line),) if items else ()

    def _box(self, token: Token) -> tuple[Block, ...]:
        box: Box = token.meta["box"]
        line = self.line(token)
        blocks = self.blocks_until("box_close")
        return self._boxed(box.word, box.title, blocks, line)

    def _boxed(self, word: str, title: str, blocks: tuple[Block, ...], line: int) -> tuple[Block, ...]:
        if not boxes.known(word):
            self.notes.leave(
                line, f"{word} {title}".strip() or ":::", "a box of the site's layout; its words were kept"
            )
            return (*_bold(title, line), *blocks)
        title = tidy_text(title)
        if not title and blocks and (first := _bold_words(blocks[0])):
            title, blocks = first, blocks[1:]
        if not title and not blocks:
            self.notes.leave(line, word, "an empty box")
            return ()
        urgency = boxes.urgency(word, " ".join([title, *(plain(text) for text, _ in texts(blocks))]))
        boxes.urgency_question(urgency, word, line, title, self.notes)
        return (Callout(urgency, title, blocks, line),)

    def _table(self, token: Token) -> Table:
        line = self.line(token)
        rows: list[tuple[Inlines, ...]] = []
        cells: list[Inlines] = []
        while (part := self.tokens[self.at]).type != "table_close":
            self.at += 1
            if part.type == "tr_open":
                cells = []
            elif part.type == "inline":
                cells.append(self.inlines(part))
            elif part.type == "tr_close":
                rows.append(tuple(cells))
                self._check_width(token, len(rows) - 1, len(rows[0]))
        self.at += 1
        return Table(rows[0], tuple(rows[1:]), line)

    def _check_width(self, token: Token, row: int, width: int) -> None:
        """Markdown drops the cells that a row has beyond its header, and words with them."""
        at = token.map[0] + row + 1 if token.map and row else -1
        if not 0 <= at < len(self.source):
            return
        words = self.source[at].strip().lstrip("> ").removeprefix("|")
        cells = re.sub(r"\\.", "", words).rstrip().removesuffix("|").count("|") + 1
        if cells > width:
            message = (
                f"This row has {cells} cells and its table has {width}. What stands in the others was lost."
            )
            self.notes.find(CELLS_RULE, Severity.B, self.lines[at], words, message)

    def _quotation(self, token: Token) -> tuple[Block, ...]:
        line = self.line(token)
        inline = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        alert = _ALERT.match(inline.content) if inline is not None and inline.type == "inline" else None
        if alert is None or inline is None:
            message = "A block quote is read as ordinary paragraphs."
            self.notes.find(QUOTE_RULE, Severity.C, line, "", message)
            return self.blocks_until("blockquote_close")
        title, _, rest = inline.content[alert.end() :].partition("\n")
        _drop_first_line(inline, rest)
        title = title.replace("**", "").strip(" *_")
        blocks = self.blocks_until("blockquote_close")
        return self._boxed(alert.group(1), title, blocks, line)

    def inlines(self, token: Token) -> Inlines:
        """Tidy text of an inline token, with the keys of its citations."""
        if token.map:
            self.line(token)
        return _InlineReader(self).read(token.children or ())


@dataclass(slots=True)
class _InlineReader:
    """One inline token. Styles of tags nest with those of Markdown, and a tag that is never closed ends here."""

    page: ForeignBlocks
    parts: list[Inline] = field(default_factory=list)
    style: Run = field(default_factory=lambda: Run(""))
    depth: dict[str, int] = field(default_factory=lambda: {"strong": 0, "emphasis": 0})
    struck: int = -1  # where in `parts` struck-out words began
    link_at: int = -1
    href: str = ""

    def read(self, children: Sequence[Token]) -> Inlines:
        for child in children:
            self._child(child)
        if self.struck >= 0:
            self._end_struck()
        if self.link_at >= 0:
            self._end_link()
        return tidy(self.parts)

    def _child(self, child: Token) -> None:
        notes, line = self.page.notes, self.page.here
        match child.type:
            case "text" | "code_inline" | "text_special":
                self._say(child.content)
            case "softbreak" | "hardbreak":
                self._say(" ")
            case "strong_open" | "strong_close":
                self._style("strong", child.nesting)
            case "em_open" | "em_close":
                self._style("emphasis", child.nesting)
            case "s_open":
                self.struck = len(self.parts)
            case "s_close":
                self._end_struck()
            case "link_open":
                self._begin_link(str(child.attrGet("href") or ""))
            case "link_close":
                self._end_link()
            case "footnote":
                self.parts.append(Cite((f"^{child.content.strip()}",)))
            case "note":
                self.page.inline_notes.append((child.content, line))
                self.parts.append(Cite((f"^+{len(self.page.inline_notes)}",)))
            case "image":
                notes.leave(line, child.content, "a picture: an article carries words only")
            case "html_inline":
                self._tag(child.content)

    def _say(self, words: str) -> None:
        self.parts.append(replace(self.style, text=words))

    def _style(self, name: str, nesting: int) -> None:
        self.depth[name] = max(0, self.depth[name] + nesting)
        self.style = replace(self.style, strong=self.depth["strong"] > 0, emphasis=self.depth["emphasis"] > 0)

    def _tag(self, source: str) -> None:
        notes, line = self.page.notes, self.page.here
        tag = tag_in(source)
        if tag is None:
            notes.leave(line, source, "a comment")
            return
        if tag.name in _STYLES:
            self._style(_STYLES[tag.name], -1 if tag.closes else 1)
        elif tag.name == "br":
            self._say(" ")
        elif tag.name == "q":
            self._say("”" if tag.closes else "“")
        elif tag.name == "a":
            self._end_link() if tag.closes else self._begin_link(tag.attribute("href"))
        elif tag.name in _STRUCK:
            if tag.closes:
                self._end_struck()
            else:
                self.struck = len(self.parts)
        elif tag.name == "img":
            notes.leave(line, tag.attribute("alt"), "a picture: an article carries words only")
        if not tag.closes and tag.name not in _SAY_NOTHING and tag.name not in (*_STRUCK, "img"):
            notes.leave(line, source, "a tag; its words were kept")

    def _begin_link(self, href: str) -> None:
        if self.link_at >= 0:
            self._end_link()
        self.link_at, self.href = len(self.parts), href

    def _end_link(self) -> None:
        if self.link_at < 0:
            return
        start, href = self.link_at, self.href
        self.link_at, self.href = -1, ""
        words = "".join(part.text for part in self.parts[start:] if isinstance(part, Run)).strip()
        line = self.page.here
        if self.page.as_words:
            self._say(f" {href} " if ":" in href and href not in words else "")
            return
        if _NUMBERS.fullmatch(words):
            raw = words if words.startswith("[") else f"[{words}]"
            self.parts[start:] = [Cite((f"^#{raw}|{href}" if not href.startswith("#") else f"^#{raw}",))]
            return
        if not href or href.startswith(("#", "/", ".")) or ":" not in href:
            if href and words:
                self.page.notes.leave(line, href, "a link inside the site; its words were kept")
            return
        if fault := link_fault(href):
            message = f"The link '{href[:80]}' {fault}. Its words were kept without it."
            self.page.notes.find(LINK_RULE, Severity.C, line, words or href, message)
            return
        self.page.links.append((href, line))
        self.parts[start:] = [
            replace(part, href=href) if isinstance(part, Run) else part for part in self.parts[start:]
        ]

    def _end_struck(self) -> None:
        words = "".join(part.text for part in self.parts[max(self.struck, 0) :] if isinstance(part, Run))
        if self.struck >= 0 and words.strip():
            message = "These words are struck out, which an email cannot show. Keep them or take them out."
            self.page.notes.find(STRUCK_RULE, Severity.B, self.page.here, words, message)
        self.struck = -1


def _words(text: Inlines) -> str:
    return tidy_text("".join(part.text for part in text if isinstance(part, Run)))


def _bold(words: str, line: int) -> tuple[Block, ...]:
    return (Paragraph((Run(words, strong=True),), line),) if words else ()


def _bold_words(block: Block) -> str:
    """The words of a paragraph that is one bold run, without the colon at its end."""
    if isinstance(block, Paragraph) and len(block.text) == 1:
        run = block.text[0]
        if isinstance(run, Run) and run.strong and not run.href:
            return tidy_text(run.text.rstrip(": "))
    return ""


def _without_task(text: Inlines) -> Inlines:
    first = text[0] if text else None
    if isinstance(first, Run) and (box := _TASK.match(first.text)):
        return tidy((replace(first, text=first.text[box.end() :]), *text[1:]))
    return text


def _drop_first_line(inline: Token, rest: str) -> None:
    """Leaves of an inline token what stands after its first line break."""
    children = inline.children or []
    breaks = (n for n, child in enumerate(children) if child.type in ("softbreak", "hardbreak"))
    at = next(breaks, len(children))
    inline.children = children[at + 1 :]
    inline.content = rest


def over_texts(blocks: Sequence[Block], change: Callable[[Inlines, int], Inlines]) -> tuple[Block, ...]:
    """`blocks` with every running text changed; `change` is told the line of its block."""
    return tuple(block for block in (_changed(block, change) for block in blocks) if block is not None)


def _changed(block: Block, change: Callable[[Inlines, int], Inlines]) -> Block | None:
    if isinstance(block, Paragraph):
        text = change(block.text, block.line)
        return replace(block, text=text) if text else None
    if isinstance(block, Callout):
        return replace(block, blocks=over_texts(block.blocks, change))
    if isinstance(block, Listing):
        items = tuple(
            replace(item, text=change(item.text, item.line), blocks=over_texts(item.blocks, change))
            for item in block.items
        )
        return replace(block, items=items)
    if isinstance(block, Figure):
        return block  # its caption is plain words
    rows = (block.header, *block.rows)
    header, *others = (tuple(change(cell, block.line) for cell in row) for row in rows)
    return replace(block, header=header, rows=tuple(others))
