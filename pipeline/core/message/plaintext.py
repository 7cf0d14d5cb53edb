"""The text part: the same words as the HTML part, set for a fixed-width page (H-11, M-07).

It is written from the article's own blocks and never scraped from HTML. Lines are at most `WIDTH`
characters, but for an address of the web, which is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import wrap

from pipeline.core.content.article import (
    Block,
    Callout,
    Cite,
    Inlines,
    Listing,
    ListItem,
    Paragraph,
    Table,
    Urgency,
)
from pipeline.core.message.marks import Numbering, settled
from pipeline.core.series.issue import NumberedReference

WIDTH = 76
UNDERLINES = {1: "=", 2: "-", 3: "~"}
URGENCY_LABELS = {
    Urgency.URGENT: "Get help now",
    Urgency.SOON: "Make an appointment",
    Urgency.NOTE: "Good to know",
}
CITE_MARK = re.compile(r" (?=\[\d+\])")


def fold(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> str:
    """`text` in lines of at most `width`, led by `first` and then by `rest`; no citation is torn off."""
    lines = wrap(
        CITE_MARK.sub("\N{NO-BREAK SPACE}", text.strip()),
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def heading(text: str, level: int) -> str:
    folded = fold(text)
    longest = max((len(line) for line in folded.split("\n")), default=0)
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


def blocks(parts: Iterable[Block], numbering: Numbering, width: int = WIDTH) -> str:
    return "\n\n".join(_block(part, numbering, width) for part in parts)


def reference(entry: NumberedReference) -> str:
    """`[1] Author. Title.` and its full address on a line of its own."""
    mark = f"[{entry.number}] "
    indent = " " * len(mark)
    words = fold(entry.text, mark, indent)
    return f"{words}\n{indent}{entry.url}" if entry.url else words


def _block(part: Block, numbering: Numbering, width: int) -> str:
    match part:
        case Paragraph():
            return fold(inlines(part.text, numbering), width=width)
        case Listing():
            return _listing(part, numbering, width)
        case Callout():
            return _callout(part, numbering, width)
        case Table():
            return _table(part, numbering, width)


def _listing(part: Listing, numbering: Numbering, width: int) -> str:
    marks = [f"{n}. " if part.ordered else "- " for n in range(1, len(part.items) + 1)]
    return "\n".join(_item(m, item, numbering, width) for m, item in zip(marks, part.items, strict=True))


def _item(mark: str, item: ListItem, numbering: Numbering, width: int) -> str:
    indent = " " * len(mark)
    own = fold(inlines(item.text, numbering), mark, indent, width)
    under = (_led(_block(part, numbering, width - len(indent)), indent) for part in item.blocks)
    return "\n".join([own, *under])


def _callout(part: Callout, numbering: Numbering, width: int) -> str:
    inside = width - 2
    title = fold(f"{URGENCY_LABELS[part.urgency]}: {part.title}", width=inside)
    body = blocks(part.blocks, numbering, inside)
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
