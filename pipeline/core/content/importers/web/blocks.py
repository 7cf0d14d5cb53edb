"""Walks the main part of a page and makes its blocks, in parts that a heading opens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Protocol

from pipeline.core.content.article import (
    Block,
    Callout,
    Cite,
    Finding,
    Inline,
    Inlines,
    LeftOut,
    Listing,
    ListItem,
    Paragraph,
    Run,
    Severity,
)
from pipeline.core.content.importers import bylines, furniture
from pipeline.core.content.importers.web.boxes import urgency_of
from pipeline.core.content.importers.web.furniture import RELATED, cut, is_callout, line_of
from pipeline.core.content.importers.web.inlines import Break, Inliner
from pipeline.core.content.importers.web.panels import Panels
from pipeline.core.content.importers.web.schema import letters
from pipeline.core.content.importers.web.tables import is_layout, read_table
from pipeline.core.content.importers.web.tree import BLOCKS, HEADINGS, Element, nodes, sizes, words_of
from pipeline.core.content.inlines import tidy
from pipeline.core.content.lost import EMPTY_LIST_RULE
from pipeline.core.content.words import plain, texts

BOLD_RULE = "bold-heading"
HEADING_MARK_RULE = "citation-in-heading"
QUOTE_RULE = "block-quote"
BOX_RULE = "box-urgency"

_DEEPEST = 6  # levels of a list; what lies deeper stays at the sixth
_SMALL_BOX = 600  # characters
_LONGEST_HEADING = 120  # characters of a bold line that may be a heading
_BULLET = re.compile(r"\s*[•◦▪‣·●○–*-]\s+(?=\S)")
_COUNT = re.compile(r"\s*\d{1,2}[.)]\s+(?=\S)")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_FURNITURE_HEADINGS = (
    (
        RELATED,
        re.compile(
            r"(?:related|recommended|similar|recent|popular|latest|more)(?: \w+)? (?:articles?|posts?|reading|stories|"
            r"content|topics|pages|news)|you (?:may|might) also (?:like|be interested in)|read (?:more|next)|"
            r"more from .{1,40}|more in .{1,40}",
            re.IGNORECASE,
        ),
    ),
    (
        "the table of contents",
        re.compile(r"(?:table of )?contents|on this page|in this article|jump to", re.IGNORECASE),
    ),
    (
        furniture.COMMENT_FORM,
        re.compile(
            r"leave a (?:reply|comment)|(?:\d+ )?(?:comments?|replies|responses)(?: \(\d+\))?", re.IGNORECASE
        ),
    ),
    (furniture.AUTHOR_BOX, re.compile(r"about (?:the|our) authors?", re.IGNORECASE)),
    (
        furniture.SIGN_UP,
        re.compile(
            r"(?:subscribe|sign up|join)\b.{0,60}|.{0,30}\bnewsletter\b.{0,30}|stay (?:in touch|up to date|informed)",
            re.IGNORECASE,
        ),
    ),
    ("buttons for sharing", re.compile(r"(?:share|follow)(?: (?:this|us|on)\b.{0,30})?", re.IGNORECASE)),
)


@dataclass(slots=True)
class Part:
    """A section or a question that is being filled. `panel`: an accordion's; `bold`: its heading was a bold line."""

    heading: str
    line: int
    level: int = 2
    blocks: list[Block] = field(default_factory=list)
    suggested: bool = False
    is_question: bool = False
    panel: bool = False
    bold: bool = False


class Sink(Protocol):
    """Where blocks and headings go: the page itself, or a box in it."""

    def add(self, block: Block) -> None: ...

    def head(self, text: str, level: int, line: int, *, bold: bool = False, panel: bool = False) -> None: ...


@dataclass(slots=True)
class Box:
    """A list entry, a cell or a callout: a heading in it is a strong line, the first one its title if it takes one."""

    takes_title: bool = False
    title: str = ""
    blocks: list[Block] = field(default_factory=list)

    def add(self, block: Block) -> None:
        self.blocks.append(block)

    def head(self, text: str, level: int, line: int, *, bold: bool = False, panel: bool = False) -> None:
        if self.takes_title and not self.title and not self.blocks:
            self.title = text
        else:
            self.blocks.append(Paragraph((Run(text, strong=True),), line))


@dataclass(slots=True)
class Walker:
    """`blank_lines`: the text is of an editor that writes paragraphs as lines with an empty one between."""

    name: str
    inliner: Inliner
    panels: Panels
    title: str
    questions: Set[str]  # letters of the questions that the page's data know
    blank_lines: bool = False
    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    disclaimer: str = ""
    authors: list[str] = field(default_factory=list)
    reviewers: list[tuple[str, int]] = field(default_factory=list)
    skipping: tuple[int, str] | None = None  # level and reason of a heading whose section is left out
    after_panel: bool = False
    has_begun: bool = False
    holders: set[Element] = field(default_factory=set)  # elements with a block somewhere in them
    size: dict[Element, tuple[int, int]] = field(default_factory=dict)
    whole: int = 0  # characters of the main part

    def over(self, main: Element) -> None:
        for element in main.iter():
            if element.tag in BLOCKS or element in self.panels.shown or element.tag == "figure":
                for above in element.iterancestors():
                    if above in self.holders:
                        break
                    self.holders.add(above)
        self.size = sizes(main)
        self.whole = self.size[main][0]
        self.flow(main, self, 0)

    # The page itself as a sink.

    def add(self, block: Block) -> None:
        if self.skipping:
            self._skip(block)
            return
        if not self.parts or self.after_panel:
            self._open_lost(block)
        self.parts[-1].blocks.append(block)
        self.has_begun = True

    def head(self, text: str, level: int, line: int, *, bold: bool = False, panel: bool = False) -> None:
        why = next((why for why, words in _FURNITURE_HEADINGS if words.fullmatch(text.strip(" :.!"))), None)
        if why and not panel:
            self.inliner.cleared.left_out.append(_left(line, text, why))
            self.skipping = (level, why)
            return
        if self.skipping and level > self.skipping[0]:
            self.inliner.cleared.left_out.append(_left(line, text, self.skipping[1]))
            return
        self.skipping, self.after_panel = None, False
        if letters(text) == letters(self.title) and not self.parts:
            return
        known = letters(text) in self.questions
        self.parts.append(Part(text, line, level, is_question=known, panel=panel, bold=bold))

    def _skip(self, block: Block) -> None:
        assert self.skipping
        words = " / ".join(plain(text) for text, _ in texts((block,)))
        if words:
            self.inliner.cleared.left_out.append(_left(block.line, words, self.skipping[1]))

    def _open_lost(self, block: Block) -> None:
        if not self.parts:
            self.parts.append(Part("Introduction", block.line, 2, suggested=True))
        else:
            before = next((p for p in reversed(self.parts) if not p.panel), self.parts[0])
            heading = f"{before.heading} (continued)"
            self.parts.append(Part(heading, block.line, before.level, suggested=True))
        self.after_panel = False

    # From elements to blocks.

    def flow(self, root: Element, sink: Sink, depth: int) -> None:
        """Everything under `root`, in order. Containers are walked with a stack, lists and boxes by recursion."""
        stack = [_content(root)]
        loose: list[str | Element] = []
        line = at = line_of(root)
        while stack:
            node = next(stack[-1], None)
            if node is None:
                self._paragraphs(loose, line, sink)
                stack.pop()
            elif isinstance(node, str):
                for n, piece in enumerate(_BLANK_LINE.split(node) if self.blank_lines else [node]):
                    if n:
                        self._paragraphs(loose, line, sink)
                        at += 2
                    if not loose:
                        line = at + (len(piece) - len(piece.lstrip("\n")) if self.blank_lines else 0)
                    loose.append(piece)
                    at += piece.count("\n") if self.blank_lines else 0
            elif not self._is_block(node):
                if not any(not isinstance(n, str) or n.strip() for n in loose):
                    line = line_of(node) or line
                loose.append(node)
                at = max(at, line_of(node))
            else:
                self._paragraphs(loose, line, sink)
                if not self._block(node, sink, depth):
                    stack.append(_content(node))
                at = line = _last_line(node)

    def _is_block(self, element: Element) -> bool:
        return (
            element.tag in BLOCKS
            or element in self.holders
            or element in self.panels.shown
            or element in self.panels.triggers
            or element.tag == "hr"
        )

    def _block(self, node: Element, sink: Sink, depth: int) -> bool:
        """Whether the element was read here; otherwise it only holds others."""
        tag = node.tag
        if node in self.panels.triggers or tag in ("hr", "dialog"):
            return True
        if node in self.panels.shown and node in self.panels.labels:
            self._panel(node, sink, depth)
        elif node in self.panels.shown:
            self.flow(node, sink, depth + 1)
            self.after_panel = self.after_panel or isinstance(sink, Walker)
        elif tag in HEADINGS:
            self._heading(node, sink)
        elif tag == "p" and node not in self.holders:
            self._paragraphs(list(_content(node)), line_of(node), sink, own=node)
        elif tag in ("ul", "ol", "menu", "dir"):
            self._list(node, sink, depth)
        elif tag == "dl":
            self._definitions(node, sink, depth)
        elif tag == "table" and not is_layout(node):
            self._table(node, sink, depth)
        elif tag == "figure":
            return self._figure(node)
        elif is_callout(node) and self._is_small(node):
            self._callout(node, sink, depth)
        else:
            if tag == "blockquote":
                message = "A quotation is read as ordinary paragraphs."
                self.findings.append(
                    Finding(QUOTE_RULE, Severity.C, line_of(node), cut(words_of(node, 320)), message)
                )
            return False
        return True

    def _is_small(self, node: Element) -> bool:
        """Whether an element named as a box may be one: not the page's whole text, whose name says how it looks."""
        size = self.size.get(node, (0, 0))[0]
        return (size < _SMALL_BOX or size * 2 < self.whole) and node.find(".//h1") is None

    def _heading(self, node: Element, sink: Sink) -> None:
        text = self.inliner.inlines(_content(node), line_of(node))
        heading = plain(text).strip()
        if any(isinstance(part, Cite) for part in text):
            message = "A heading carries no citation, so its mark was dropped. Put it after the sentence it supports."
            self.findings.append(Finding(HEADING_MARK_RULE, Severity.B, line_of(node), heading, message))
        if heading:
            sink.head(heading, max(2, int(node.tag[1])), line_of(node), panel=node in self.panels.heads)

    def _panel(self, node: Element, sink: Sink, depth: int) -> None:
        label = self.panels.labels[node]
        lone = self.panels.count == 1 and not label.endswith("?") and letters(label) not in self.questions
        if not isinstance(sink, Walker) or lone:
            box = Box(takes_title=False)
            self.flow(node, box, depth + 1)
            if box.blocks:
                urgency = urgency_of(node, label, box.blocks)
                sink.add(Callout(urgency, label, tuple(box.blocks), line_of(node)))
            return
        above = next((p for p in reversed(self.parts) if not p.panel), None)
        sink.head(label, (above.level if above else 1) + 1, line_of(node), panel=True)
        self.flow(node, sink, depth + 1)
        self.after_panel = True

    def _paragraphs(
        self, loose: list[str | Element], line: int, sink: Sink, own: Element | None = None
    ) -> None:
        """Makes paragraphs of what was collected, and empties it."""
        content = list(loose)
        loose.clear()
        if not any(not isinstance(node, str) or node.strip() for node in content):
            return
        if own is not None and is_callout(own):
            text = self.inliner.inlines(content, line)
            if text:
                block = Paragraph(text, line)
                sink.add(Callout(urgency_of(own, "", [block]), "", (block,), line))
            return
        for group in _groups(self.inliner.pieces(content, line)):
            lines = [text for text in (self.inliner.joined(one) for one in group) if plain(text).strip()]
            self._lines(lines, line, sink)

    def _lines(self, lines: list[Inlines], line: int, sink: Sink) -> None:
        """One paragraph, whose lines may be entries of a list, or a bold question over its answer."""
        if len(lines) > 1 and _is_bold(lines[0]) and not _is_bold(lines[1]):
            self._paragraph(lines[0], line, sink)
            self._lines(lines[1:], line, sink)
            return
        start = 1 if len(lines) > 2 and plain(lines[0]).endswith((":", "：")) else 0
        for marker in (_BULLET, _COUNT):
            entries = lines[start:]
            if len(entries) > 1 and all(marker.match(_first_words(text)) for text in entries):
                for lead in lines[:start]:
                    self._paragraph(lead, line, sink)
                items = tuple(ListItem(_without(marker, text), (), line) for text in entries)
                sink.add(Listing(items, marker is _COUNT, line))
                return
        if len(lines) == 1:
            self._paragraph(lines[0], line, sink)
            return
        joined: list[Inline] = []
        for text in lines:
            joined += [*((Run(" "),) if joined else ()), *text]
        if text := tidy(joined):
            self._paragraph(text, line, sink)

    def _paragraph(self, text: Inlines, line: int, sink: Sink) -> None:
        words = plain(text).strip()
        cleared = self.inliner.cleared
        cites = any(isinstance(part, Cite) for part in text)
        if not words and not cites:
            return
        if not cites and (why := furniture.reason(words)):
            cleared.left_out.append(_left(line, words, why))
        elif isinstance(sink, Walker) and furniture.is_disclaimer(words) and not self.disclaimer:
            self.disclaimer = words
        elif name := bylines.reviewer(words):
            self.reviewers.append((name, line))
        elif not cites and bylines.is_date(words):
            cleared.left_out.append(_left(line, words, "a date of the page"))
        elif not self.has_begun and bylines.person(words, marked=False):
            self.authors.append(words)
        elif (letters(words) in self.questions and isinstance(sink, Walker)) or (
            _is_bold(text) and len(words) <= _LONGEST_HEADING and words[-1] not in ".;,:!…" and not cites
        ):
            sink.head(words, self._level() + 1, line, bold=True)
        else:
            sink.add(Paragraph(text, line))

    def _level(self) -> int:
        return next((p.level for p in reversed(self.parts) if not (p.bold or p.suggested or p.panel)), 1)

    def _list(self, node: Element, sink: Sink, depth: int) -> None:
        if _is_contents(node):
            self.inliner.cleared.note(node, words_of(node, 320), "the table of contents")
            return
        listing = self._listing(node, depth + 1)
        if listing is not None:
            sink.add(listing)
        elif node.find(".//img") is None and node.find("li") is not None:
            message = (
                "The list here has no entry with words in it: they may have been lost. Look at the page."
            )
            self.findings.append(Finding(EMPTY_LIST_RULE, Severity.B, line_of(node), "", message))

    def _listing(self, node: Element, depth: int) -> Listing | None:
        if depth >= _DEEPEST:
            items = [self._flat_item(entry) for entry in node.iter("li")]
        else:
            items = []
            for child in node:
                if child.tag == "li" or not items or not (items[-1].text or items[-1].blocks):
                    items.append(self._item(child, depth))
                else:
                    last, more = items[-1], self._item(child, depth)
                    rest = (Paragraph(more.text, more.line),) if more.text else ()
                    items[-1] = replace(last, blocks=(*last.blocks, *rest, *more.blocks))
        items = [inner for item in items for inner in _worded(item)]
        return Listing(tuple(items), node.tag == "ol", line_of(node)) if items else None

    def _item(self, node: Element, depth: int) -> ListItem:
        if node.tag in ("ul", "ol"):
            listing = self._listing(node, depth + 1)
            return ListItem((), (listing,) if listing else (), line_of(node))
        box = Box()
        self.flow(node, box, depth)
        first = box.blocks[0] if box.blocks else None
        text, rest = (first.text, box.blocks[1:]) if isinstance(first, Paragraph) else ((), box.blocks)
        return ListItem(text, tuple(rest), line_of(node))

    def _flat_item(self, node: Element) -> ListItem:
        own = [n for n in _content(node) if isinstance(n, str) or n.tag not in ("ul", "ol")]
        return ListItem(self.inliner.inlines(own, line_of(node)), (), line_of(node))

    def _definitions(self, node: Element, sink: Sink, depth: int) -> None:
        """A list whose entries begin with their term; terms that ask are headings, and the answers stand under them."""
        pairs = list(_pairs(node))
        asked = pairs and all(words_of(term).endswith("?") for term, _ in pairs)
        items: list[ListItem] = []
        for term, meanings in pairs:
            box = Box()
            if asked:
                sink.head(words_of(term), self._level() + 1, line_of(term), panel=True)
            for meaning in meanings:
                self.flow(meaning, sink if asked else box, depth + 1)
            if not asked:
                text = tuple(replace(p, strong=True) if isinstance(p, Run) else p for p in self._term(term))
                first = box.blocks[0] if box.blocks else None
                rest = box.blocks
                if isinstance(first, Paragraph):
                    text, rest = tidy((*text, Run(": "), *first.text)), box.blocks[1:]
                items.append(ListItem(text, tuple(rest), line_of(term)))
        items = [inner for item in items for inner in _worded(item)]
        if items:
            sink.add(Listing(tuple(items), False, line_of(node)))
        self.after_panel = self.after_panel or bool(asked and isinstance(sink, Walker))

    def _term(self, term: Element) -> Inlines:
        return self.inliner.inlines(_content(term), line_of(term))

    def _table(self, node: Element, sink: Sink, depth: int) -> None:
        def cell(element: Element) -> Inlines:
            box = Box()
            self.flow(element, box, depth + 1)
            parts: list[Inline] = []
            for text, _ in (pair for block in box.blocks for pair in texts((block,))):
                parts += [*((Run("; " if len(box.blocks) == 1 else " "),) if parts else ()), *text]
            return tidy(parts)

        table = read_table(self.name, node, cell)
        self.findings += table.findings
        if table.caption:
            sink.add(Paragraph(table.caption, line_of(node)))
        if table.table is not None:
            sink.add(table.table)

    def _figure(self, node: Element) -> bool:
        """Whether it is a picture, which is left out with its words; a table or a quotation in a figure is read."""
        if next(node.iter("table", "blockquote", "ul", "ol"), None) is not None:
            return False
        alts = [image.get("alt") or "" for image in node.iter("img")]
        words = " / ".join(part for part in (*alts, words_of(node, 320)) if part)
        self.inliner.picture(node, words)
        return True

    def _callout(self, node: Element, sink: Sink, depth: int) -> None:
        words = words_of(node, 700)
        if not words:
            return
        if why := furniture.reason(words):
            self.inliner.cleared.note(node, words, why)
            return
        box = Box(takes_title=True)
        self.flow(node, box, depth + 1)
        urgency = urgency_of(node, box.title, box.blocks)
        sink.add(Callout(urgency, box.title, tuple(box.blocks), line_of(node)))
        if "care-card" not in (node.get("class") or ""):
            message = (
                f"A box of the page was taken as '{urgency.value}', by its words. Check how urgent it is."
            )
            self.findings.append(Finding(BOX_RULE, Severity.C, line_of(node), cut(words), message))


def _content(element: Element) -> Iterator[str | Element]:
    return (node for node in nodes(element) if isinstance(node, str) or isinstance(node.tag, str))


def _last_line(element: Element) -> int:
    while len(element):
        element = element[-1]
    return line_of(element)


def _groups(pieces: Sequence[Inline | Break]) -> Iterator[list[list[Inline]]]:
    """Paragraphs, which two line breaks part, each as its lines."""
    lines: list[list[Inline]] = [[]]
    for piece in pieces:
        if not isinstance(piece, Break):
            lines[-1].append(piece)
        elif any(isinstance(p, Cite) or p.text.strip() for p in lines[-1]) or len(lines) == 1:
            lines.append([])
        else:
            yield lines[:-1]
            lines = [[]]
    yield lines


def _is_bold(text: Inlines) -> bool:
    runs = [part for part in text if isinstance(part, Run) and part.text.strip()]
    return bool(runs) and all(run.strong for run in runs)


def _first_words(text: Inlines) -> str:
    return text[0].text if text and isinstance(text[0], Run) else ""


def _without(marker: re.Pattern[str], text: Inlines) -> Inlines:
    first = text[0]
    assert isinstance(first, Run)
    return tidy((replace(first, text=marker.sub("", first.text, count=1)), *text[1:]))


def _worded(item: ListItem) -> Iterator[ListItem]:
    """The entry; of one that only holds a list, the entries of that list. The form has no entry without words."""
    first = item.blocks[0] if item.blocks else None
    if item.text:
        yield item
    elif isinstance(first, Listing):
        *before, last = first.items
        yield from before
        yield replace(last, blocks=(*last.blocks, *item.blocks[1:]))
    elif item.blocks:
        yield item


def _is_contents(node: Element) -> bool:
    links = [a.get("href") or "" for a in node.iter("a")]
    entries = node.findall(".//li")
    return len(links) > 2 and len(links) == len(entries) and all(link.startswith("#") for link in links)


def _pairs(node: Element) -> Iterator[tuple[Element, list[Element]]]:
    term: Element | None = None
    meanings: list[Element] = []
    for child in (e for e in node.iter("dt", "dd") if next(e.iterancestors("dl"), None) is node):
        if child.tag == "dd":
            meanings.append(child)
            continue
        if term is not None:
            yield term, meanings
        term, meanings = child, []
    if term is not None:
        yield term, meanings


def _left(line: int, words: str, why: str) -> LeftOut:
    return LeftOut(line, cut(words), why)
