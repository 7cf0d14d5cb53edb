"""HTML that stands in Markdown: what has a like in an article becomes it, and of the rest the words are kept.

Tags inside a line (`<b>`, `<a>`) are left for `foreign_blocks`; here are those that make blocks. A page that is HTML
altogether has a reader of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipeline.core.content.article import Severity, Urgency
from pipeline.core.content.importers.foreign import boxes
from pipeline.core.content.importers.foreign.grammar import FOLD, FOLD_END
from pipeline.core.content.importers.foreign.tags import TAG, Tag, tag_of
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import BREAK, GONE, JOIN, apart, gone, joined

SPAN_RULE = "table-span"

_WITH_CONTENT_WORDS = """
    script style iframe svg noscript form video audio object canvas template select textarea button math
    head
"""
_WITH_CONTENT = frozenset(_WITH_CONTENT_WORDS.split())
_INLINE_WORDS = """
    b strong i em cite dfn a br wbr q u s del strike ins mark small big span abbr acronym code kbd samp var
    tt font time data label sup sub img bdi bdo ruby rt rp input
"""
_INLINE = frozenset(_INLINE_WORDS.split())
_QUIET = frozenset(["p", "br", "html", "body", "tbody", "thead", "tfoot", "colgroup", "col"])
_BOX_CLASSES_WORDS = """
    alert callout admonition notice warning caution danger note info tip important attention infobox alert-
    warning alert-danger alert-info red-flag emergency urgent
"""
_BOX_CLASSES = frozenset(_BOX_CLASSES_WORDS.split())
_CODE = re.compile(r"`[^`\n]{1,300}`")
_EITHER = re.compile(f"{_CODE.pattern}|{TAG.pattern}")
_DEEPEST = 6
_WIDEST = 200  # columns


def take(text: str, first_line: int, notes: Notes) -> str:
    if "<" not in text:
        return text
    return _Html(text, first_line, notes).run()


@dataclass(slots=True)
class _Table:
    line: int
    rows: list[list[str]] = field(default_factory=list)
    caption: list[str] = field(default_factory=list)
    in_caption: bool = False
    lost: int = 0  # line ends of the source that stood in it

    def say(self, words: str) -> None:
        self.lost += words.count("\n")
        words = re.sub(rf"[\s{GONE}{BREAK}{JOIN}]+", " ", words)
        if self.in_caption:
            self.caption.append(words)
        elif self.rows and self.rows[-1]:
            self.rows[-1][-1] += words.replace("|", "\\|")
        elif words.strip():
            self.caption.append(words)

    def markdown(self) -> str:
        rows = [[cell.strip() for cell in row] for row in self.rows if any(cell.strip() for cell in row)]
        width = min(max((len(row) for row in rows), default=0), _WIDEST)
        lines = ["| " + " | ".join([*row[:width], *[""] * (width - len(row))]) + " |" for row in rows]
        if lines:
            lines.insert(1, "|" + " --- |" * width)
        caption = "".join(self.caption).strip()
        return f"{BREAK}{BREAK}{caption}{BREAK}{BREAK}{BREAK.join(lines)}{BREAK}{BREAK}" + gone(
            "\n" * self.lost
        )


@dataclass(slots=True)
class _Html:
    text: str
    first_line: int
    notes: Notes
    out: list[str] = field(default_factory=list)
    line: int = 0
    table: _Table | None = None
    lists: list[str] = field(default_factory=list)
    heading: int = 0
    open_boxes: list[tuple[str, bool]] = field(default_factory=list)  # div and aside: whether it became a box
    told: Counter[str] = field(default_factory=Counter)
    first_seen: dict[str, tuple[int, str]] = field(default_factory=dict)

    def run(self) -> str:
        self.line = self.first_line
        at = 0
        ends = _last_ends(self.text)
        for match in _EITHER.finditer(self.text):
            if match.start() < at:
                continue
            self._say(self.text[at : match.start()])
            at = match.end()
            if match["name"] is None:
                self._say(match.group())
                continue
            tag = tag_of(match)
            if tag.name in _WITH_CONTENT and not tag.closes and not tag.alone and ends.get(tag.name, -1) > at:
                end = re.compile(rf"</{tag.name}\s{{0,9}}>", re.IGNORECASE).search(self.text, at)
                if end is not None:
                    stretch = self.text[match.start() : end.end()]
                    self.notes.leave(self.line, stretch, f"a part of the page that is no text: <{tag.name}>")
                    self._emit(gone(stretch))
                    self.line += stretch.count("\n")
                    at = end.end()
                    continue
            self._tag(tag, match)
        self._say(self.text[at:])
        self._end_table()
        for name, count in self.told.items():
            line, source = self.first_seen[name]
            times = f", {count} times" if count > 1 else ""
            self.notes.leave(line, source, f"a tag of HTML{times}; its words were kept")
        return "".join(self.out)

    def _say(self, words: str) -> None:
        if self.table is not None:
            self.table.say(words)
        elif self.lists or self.heading:
            self.out.append(joined(words))
        else:
            self.out.append(words)
        self.line += words.count("\n")

    def _emit(self, words: str) -> None:
        """What is no text of the source; a table holds only text."""
        if self.table is not None:
            self.table.lost += words.count("\n")
        else:
            self.out.append(words)

    def _tag(self, tag: Tag, match: re.Match[str]) -> None:
        source = match.group()
        lost = gone("\n" * source.count("\n")) if "\n" in source else ""
        name = tag.name
        if name in _INLINE or tag.is_component:
            self._say(source.replace("\n", " ") if "\n" in source else source)
            self._emit(lost)
        elif self.table is not None and name not in ("table", "tr", "td", "th", "caption"):
            self.table.say(" ")
            self._tell(tag, source)
        else:
            self._block(tag, source)
            self._emit(lost)
        self.line += source.count("\n")

    def _block(self, tag: Tag, source: str) -> None:
        name = tag.name
        match name:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self.heading = 0 if tag.closes else int(name[1])
                self._emit(f"{BREAK}{BREAK}" + ("" if tag.closes else "#" * self.heading + " "))
            case "ul" | "ol":
                self._list(name, tag.closes)
            case "li":
                if not tag.closes:
                    self._item()
            case "table" | "tr" | "td" | "th" | "caption":
                self._table_tag(tag, source)
            case "details":
                self._emit(apart(FOLD_END) if tag.closes else "")
            case "summary":
                self._emit(f"{BREAK}{BREAK}" + ("" if tag.closes else FOLD))
                self.heading = 0 if tag.closes else 1
            case "dt":
                self._emit(f"{BREAK}{BREAK}" if not tag.closes else "")
            case "dd":
                self._emit(f"{BREAK}: " if not tag.closes else BREAK)
            case "hr":
                self._emit(apart("---"))
            case "div" | "aside" | "section":
                self._division(tag, source)
            case "blockquote":
                self._emit(f"{BREAK}{BREAK}")
                self._tell(tag, source)
            case _:
                self._emit(" " if self.lists else f"{BREAK}{BREAK}")
                self._tell(tag, source)

    def _list(self, name: str, closes: bool) -> None:
        if not closes:
            self.lists.append(name)
            self._emit(f"{BREAK}{BREAK}" if len(self.lists) == 1 else "")
        elif self.lists:
            self.lists.pop()
            self._emit(f"{BREAK}{BREAK}" + (" " * self._indent(len(self.lists)) if self.lists else ""))

    def _item(self) -> None:
        depth = len(self.lists) - 1
        marker = "1. " if self.lists and self.lists[-1] == "ol" else "- "
        self._emit(f"{BREAK}{' ' * self._indent(depth)}{marker}")

    @staticmethod
    def _indent(depth: int) -> int:
        return 3 * max(0, min(depth, _DEEPEST))

    def _table_tag(self, tag: Tag, source: str) -> None:
        name = tag.name
        if name == "table":
            if not tag.closes and self.table is None:
                self.table = _Table(self.line)
            elif tag.closes:
                self._end_table()
        elif self.table is None:
            self._emit(f"{BREAK}{BREAK}")
            self._tell(tag, source)
        elif name == "caption":
            self.table.in_caption = not tag.closes
        elif name == "tr" and not tag.closes:
            self.table.rows.append([])
        elif name in ("td", "th") and not tag.closes:
            if not self.table.rows:
                self.table.rows.append([])
            self.table.rows[-1].append("")
            span = tag.attribute("colspan") or tag.attribute("rowspan")
            if span not in ("", "1"):
                message = "A cell of this table spans others, which a table here cannot. Look at where its words came."
                self.notes.find(SPAN_RULE, Severity.B, self.line, source, message)

    def _end_table(self) -> None:
        if self.table is not None:
            table, self.table = self.table, None
            words = table.markdown()
            self.out.append(words.replace("\n", f"{JOIN}\n") if self.lists else words)

    def _division(self, tag: Tag, source: str) -> None:
        if tag.closes:
            is_box = self._closed(tag.name)
            self._emit(apart(":::") if is_box else f"{BREAK}{BREAK}")
            return
        classes = tag.attribute("class").lower().split()
        word = next((name for name in classes if name in _BOX_CLASSES and boxes.known(name)), "")
        strong = next((name for name in classes if boxes.urgency(name, "") is not Urgency.NOTE), word)
        if not tag.alone:
            self.open_boxes.append((tag.name, bool(word)))
        if word and not tag.alone:
            self._emit(apart(f"::: {strong}"))
        else:
            self._emit(f"{BREAK}{BREAK}")
            self._tell(tag, source)

    def _closed(self, name: str) -> bool:
        """Whether what ends was a box. One that was not closed in its place ends with the one around it."""
        if self.open_boxes and self.open_boxes[-1][0] == name:
            return self.open_boxes.pop()[1]
        return False

    def _tell(self, tag: Tag, source: str) -> None:
        if tag.closes or tag.name in _QUIET:
            return
        self.told[tag.name] += 1
        self.first_seen.setdefault(tag.name, (self.line, source))


def _last_ends(text: str) -> dict[str, int]:
    """Where each tag with content ends for the last time, so that none is looked for in vain."""
    lower = text.lower()
    return {name: lower.rfind(f"</{name}") for name in _WITH_CONTENT}
