"""Tables of a page: header row, spans filled in, caption."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from pipeline.core.content.article import Finding, Inlines, Run, Severity, Table
from pipeline.core.content.importers.web.furniture import line_of
from pipeline.core.content.importers.web.tree import Element, clean, words_of
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.lost import EMPTY_TABLE_RULE
from pipeline.core.errors import BadInput

HEADER_RULE = "table-without-header"

_MOST_CELLS = 20_000
_WIDEST = 50  # columns that one cell may span
_LONGEST = 200  # rows that one cell may span


@dataclass(slots=True)
class ReadTable:
    table: Table | None = None
    caption: Inlines = ()
    findings: list[Finding] = field(default_factory=list)


def is_layout(node: Element) -> bool:
    """Whether a table only sets things beside each other."""
    if node.get("role") in ("presentation", "none"):
        return True
    return (
        next(node.iter("h1", "h2", "h3", "article", "form"), None) is not None
        or node.find(".//table") is not None
    )


def read_table(name: str, node: Element, cell: Callable[[Element], Inlines]) -> ReadTable:
    """`cell` makes the text of one cell. Raises `BadInput` for a table that no article has."""
    out = ReadTable()
    caption = node.find("caption")
    outer = next(node.iterancestors("figure"), None)
    if caption is None and outer is not None:
        caption = outer.find("figcaption")
    if caption is not None and (words := words_of(caption)):
        out.caption = (Run(words, strong=True),)
        if caption.tag == "figcaption":
            caption.clear()
    rows = list(_rows(node))
    first_is_header = bool(rows) and (
        rows[0].getparent().tag == "thead" or all(e.tag == "th" for e in rows[0].iter("th", "td"))
    )
    grid = _grid(name, rows, cell)
    if not any(text for row in grid for text in row):
        message = "The table here is empty: its cells may have been lost. Look at the page."
        out.findings.append(
            Finding(EMPTY_TABLE_RULE, Severity.B, line_of(node), clean(words_of(node, 80)), message)
        )
        return out
    if not first_is_header and len(grid) > 1 and all(_is_bold(text) for text in grid[0]):
        first_is_header = True
    if not first_is_header:
        message = "The table has no row of headings. Write one, so that each column says what it is."
        out.findings.append(
            Finding(HEADER_RULE, Severity.C, line_of(node), tidy_text(words_of(node, 80))[:80], message)
        )
        grid.insert(0, [()] * len(grid[0]))
    header = tuple(_plain(text) for text in grid[0])
    out.table = Table(header, tuple(tuple(row) for row in grid[1:]), line_of(node))
    return out


def _rows(node: Element) -> Iterator[Element]:
    for child in node:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _grid(name: str, rows: list[Element], cell: Callable[[Element], Inlines]) -> list[list[Inlines]]:
    """Rows of one width. A cell that spans rows stands in each of them; one that spans columns stands in the first."""
    grid: list[list[Inlines]] = []
    reaching: dict[int, tuple[int, Inlines]] = {}  # column: rows still to fill, and with what
    count = width = 0
    for row in rows:
        line: list[Inlines] = []
        for element in (e for e in row if e.tag in ("td", "th")):
            _fill(line, reaching)
            text = cell(element)
            if element.tag == "th" and element.get("scope") == "row":
                text = tuple(replace(p, strong=True) if isinstance(p, Run) else p for p in text)
            columns, down = _span(element, "colspan", _WIDEST), _span(element, "rowspan", _LONGEST)
            for extra in range(columns):
                if down > 1:
                    reaching[len(line)] = (down - 1, () if extra else text)
                line.append(() if extra else text)
            count += columns
        _fill(line, reaching)
        width = max(width, len(line))
        if count > _MOST_CELLS or width * (len(grid) + 1) > _MOST_CELLS:
            raise BadInput(
                f"A table has more than {_MOST_CELLS:,} cells, which no email carries. Take it out of the page.",
                place=name,
                line=line_of(row),
            )
        if line:
            grid.append(line)
    return [[*line, *[()] * (width - len(line))] for line in grid]


def _fill(line: list[Inlines], reaching: dict[int, tuple[int, Inlines]]) -> None:
    while (at := len(line)) in reaching:
        left, text = reaching.pop(at)
        line.append(text)
        if left > 1:
            reaching[at] = (left - 1, text)


def _span(element: Element, name: str, most: int) -> int:
    value = (element.get(name) or "1").strip()
    return (
        min(int(value), most) if value.isascii() and value.isdigit() and len(value) < 6 and int(value) else 1
    )


def _is_bold(text: Inlines) -> bool:
    return bool(text) and all(part.strong for part in text if isinstance(part, Run))


def _plain(text: Inlines) -> Inlines:
    """A heading's words without the bold that every heading has."""
    return tidy(replace(part, strong=False) if isinstance(part, Run) else part for part in text)
