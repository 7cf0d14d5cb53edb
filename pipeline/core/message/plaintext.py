"""The text part: the same words as the HTML part, set for a fixed-width page (H-11, M-07).

It is written from the article's own blocks and never scraped from HTML. Lines are at most `WIDTH`
characters, but for an address of the web, which is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from textwrap import wrap
from unicodedata import category, combining, east_asian_width

from pipeline.core.content.article import (
    Block,
    Callout,
    Cite,
    Figure,
    Inlines,
    Listing,
    ListItem,
    Paragraph,
    Table,
)
from pipeline.core.message.labels import Labels
from pipeline.core.message.marks import Numbering, settled
from pipeline.core.series.issue import NumberedReference

WIDTH = 76
UNDERLINES = {1: "=", 2: "-", 3: "~"}
ENGLISH = Labels("en-GB", {})
CITE_MARK = re.compile(r" (?=\[\d+\])")

# Where a line of Chinese or Japanese may not end, and may not begin (JIS X 4051, in short).
NOT_LAST = frozenset("「『（【〔［｛〈《“‘([{")
NOT_FIRST = frozenset(
    "、。，．・：；？！」』）】〕］｝〉》”’)]},.:;?!ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々"
)


def display_width(text: str) -> int:
    """Columns that `text` takes on a fixed-width page: two for a wide character, none for a combining one (UAX 11)."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def fold(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> str:
    """`text` in lines of at most `width` columns, led by `first` and then by `rest`; no citation is torn off."""
    text, rest = CITE_MARK.sub("\N{NO-BREAK SPACE}", text.strip()), first if rest is None else rest
    if not text.isascii() and any(_columns(mark) != 1 for mark in text):
        return "\n".join(_wrap_by_columns(text, first, rest, width)).replace("\N{NO-BREAK SPACE}", " ")
    lines = wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


@lru_cache(maxsize=4096)
def _columns(mark: str) -> int:
    if combining(mark) or category(mark) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(mark) in {"W", "F"} else 1


def _wrap_by_columns(text: str, first: str, rest: str, width: int) -> Iterator[str]:
    """Lines break at spaces, and between two marks of a script that sets none (UAX 14, class ID)."""
    line, room, empty = first, width - display_width(first), True
    for piece in _pieces(text):
        length = display_width(piece)
        blank = not piece.strip(" ")
        if length > room and not empty and not blank:
            yield line.rstrip(" ")
            line, room, empty = rest, width - display_width(rest), True
        if blank and empty:
            continue
        line, room, empty = line + piece, room - length, False
    if not empty:
        yield line.rstrip(" ")


def _pieces(text: str) -> Iterator[str]:
    """`text` cut wherever a line may break."""
    piece = ""
    for mark in text:
        if piece and _may_break(piece[-1], mark):
            yield piece
            piece = ""
        piece += mark
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if "\N{NO-BREAK SPACE}" in (before, after):
        return False
    if (before == " ") != (after == " "):
        return True
    wide = 2 in (_columns(before), _columns(after))
    return wide and before not in NOT_LAST and after not in NOT_FIRST and _columns(after) > 0


def heading(text: str, level: int) -> str:
    folded = fold(text)
    longest = max((display_width(line) for line in folded.split("\n")), default=0)
    return f"{folded}\n{UNDERLINES[level] * longest}"


def inlines(parts: Inlines, numbering: Numbering) -> str:
    """Words, links as `label (https://...)`, citations as ` [1]` (E-23)."""
    out = []
    for part in settled(parts):
        if isinstance(part, Cite):
            out.append("".join(f" [{number}]" for number, _ in numbering.of(part)))
        elif part.href and part.href != part.text:
            out.append(f"{part.text} ({part.href.removeprefix('mailto:')})")
        else:
            out.append(part.text)
    return "".join(out)


def blocks(parts: Iterable[Block], numbering: Numbering, width: int = WIDTH, labels: Labels = ENGLISH) -> str:
    written = (_block(part, numbering, width, labels) for part in parts)
    return "\n\n".join(text for text in written if text)


def reference(entry: NumberedReference) -> str:
    """`[1] Author. Title.` and its full address on a line of its own."""
    mark = f"[{entry.number}] "
    indent = " " * len(mark)
    words = fold(entry.text, mark, indent)
    return f"{words}\n{indent}{entry.url}" if entry.url else words


def _block(part: Block, numbering: Numbering, width: int, labels: Labels) -> str:
    match part:
        case Paragraph():
            return fold(inlines(part.text, numbering), width=width)
        case Listing():
            return _listing(part, numbering, width, labels)
        case Callout():
            return _callout(part, numbering, width, labels)
        case Table():
            return _table(part, numbering, width)
        case Figure():
            return _figure(part, width, labels)


def _figure(part: Figure, width: int, labels: Labels) -> str:
    """`[Picture: what it shows]` and the caption; of one that only decorates the caption alone."""
    words = (f"[{labels.words('picture')}: {part.alt}]" if part.alt else "", part.caption)
    return fold(" ".join(word for word in words if word), width=width)


def _listing(part: Listing, numbering: Numbering, width: int, labels: Labels) -> str:
    marks = [f"{n}. " if part.ordered else "- " for n in range(1, len(part.items) + 1)]
    entries = zip(marks, part.items, strict=True)
    return "\n".join(_item(mark, item, numbering, width, labels) for mark, item in entries)


def _item(mark: str, item: ListItem, numbering: Numbering, width: int, labels: Labels) -> str:
    indent = " " * len(mark)
    own = fold(inlines(item.text, numbering), mark, indent, width) or mark.rstrip()
    under = (_block(part, numbering, width - len(indent), labels) for part in item.blocks)
    return "\n".join([own, *(_led(text, indent) for text in under if text)])


def _callout(part: Callout, numbering: Numbering, width: int, labels: Labels) -> str:
    inside = width - 2
    said = [labels.words(part.urgency.value), part.title]
    title = fold(": ".join(word for word in said if word), width=inside)
    body = blocks(part.blocks, numbering, inside, labels)
    return _led(f"{title}\n\n{body}" if body else title, "| ")


def _table(part: Table, numbering: Numbering, width: int) -> str:
    """Each row as an entry: its first cell, then `column: value` below it."""
    names = [inlines(cell, numbering) for cell in part.header]
    entries = []
    for row in part.rows:
        cells = [_named(names, n, inlines(cell, numbering)) for n, cell in enumerate(row)]
        lines = [fold(cells[0], "- ", "  ", width), *(fold(c, "  ", "    ", width) for c in cells[1:])]
        entries.append("\n".join(lines))
    return "\n".join(entries)


def _named(names: list[str], column: int, cell: str) -> str:
    name = names[column] if column < len(names) else ""
    return f"{name}: {cell}" if name else cell


def _led(text: str, lead: str) -> str:
    return "\n".join((lead + line).rstrip() for line in text.split("\n"))
