"""The rows of a list, one at a time: somebody who said yes, somebody who said no, or a row that cannot be used."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from pipeline.core.address import Address, parse
from pipeline.core.consent.limits import network_of
from pipeline.core.consent.lists import cells
from pipeline.core.consent.lists.dialects import ANY_TOOL, GRAVITY, Dialect, Field, Said, dialect_of
from pipeline.core.consent.lists.moments import read_moment
from pipeline.core.errors import BadInput

LONGEST_NAME = 100
MOST_COLUMNS = 300
DELIMITERS = ",;\t|"
REASON, LINE = "rounds_reason", "rounds_line"  # the columns that refused rows have besides
_TELLING = frozenset({Field.STATUS, Field.OFF, Field.UNSUBSCRIBED_AT, Field.CLEANED_AT})
_TRUE = frozenset({"true", "t", "yes", "y", "1", "on"})
_FALSE = frozenset({"", "false", "f", "no", "n", "0", "off"})
_NOT_A_YES = {
    Said.PENDING: ("pending", "This person never confirmed: that is no yes."),
    Said.NEVER: ("never_subscribed", "The row's status is no yes."),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a list is written. `columns` are its headers as they stand; `at` says where each field is found."""

    dialect: Dialect
    delimiter: str
    columns: tuple[str, ...]
    at: dict[Field, tuple[int, ...]]
    headless: bool = False  # one column of addresses, with no header
    ours: bool = False  # a file of refused rows or an export of ours, whose cells were made safe
    all_are: Said = Said.YES

    @property
    def telling(self) -> bool:
        """Whether any column says what a row says."""
        return not self.at.keys().isdisjoint(_TELLING)

    @property
    def may_say_no(self) -> bool:
        """Whether any row can be that of somebody who said no."""
        return self.all_are.is_no or self.telling


@dataclass(frozen=True, slots=True)
class ListedSubscriber:
    """Somebody who said yes, as the row has it. `line` counts from 1, the header being line 1.

    `network`: the network that the yes came from, never the whole address. `form`: which form, where the list says.
    """

    line: int
    address: Address
    given_name: str = ""
    zone: str = ""
    opted_in_at: datetime | None = None
    confirmed_at: datetime | None = None
    network: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class SaidNo:
    """Somebody who is not to be mailed. `at` is when they said so, if the list knows."""

    line: int
    address: Address
    said: Said
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be used, and why. `kind` is what it is counted by."""

    line: int
    reason: str
    kind: str = "unusable"


Row = ListedSubscriber | SaidNo | RefusedRow


def layout_of(lines: Iterable[str], place: str, all_are: Said = Said.YES) -> Layout:
    """How the list that begins with `lines` is written. Raises BadInput for what is no list.

    `all_are`: what every row says, where the operator or the file's name says so.
    """
    head = _head(lines)
    if not head or not "".join(head).strip():
        raise BadInput("The file is empty. Give it a header line with a column `email`.", place=place)
    delimiter, first = _split(head, place)
    if len(first) > MOST_COLUMNS:
        raise BadInput(
            f"The header has {len(first)} columns. {MOST_COLUMNS} at most are read: is this a list of people?",
            place=place,
            line=1,
        )
    if _is_address(first[0]) and len(first) == 1:
        found = Layout(ANY_TOOL, delimiter, ("email",), {Field.ADDRESS: (0,)}, headless=True)
    else:
        found = _named(first, delimiter, place)
    loudest = min(found.dialect.all_are, all_are, key=GRAVITY.index)
    return replace(found, all_are=loudest)


def _head(lines: Iterable[str]) -> list[str]:
    """The first record, which may run over several lines."""
    head: list[str] = []
    for line in lines:
        if not head and line.casefold().startswith("sep=") and len(line.strip()) == 5:
            continue  # how Excel is told the delimiter; it shows in the header itself
        head.append(line)
        if "".join(head).count('"') % 2 == 0 or len(head) > 50:
            break
    return head


def _split(head: list[str], place: str) -> tuple[str, list[str]]:
    """The delimiter that gives the most columns, and the columns."""
    text = "".join(head)
    delimiter = max(DELIMITERS, key=text.count)
    try:
        return delimiter, next(csv.reader(head, delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _broken(place, 1, error) from error


def _named(first: list[str], delimiter: str, place: str) -> Layout:
    headers = [" ".join(name.replace("\ufeff", "").split()).casefold() for name in first]
    dialect = dialect_of(headers)
    at: dict[Field, list[int]] = {}
    for name in dialect.columns:
        if name in headers:
            at.setdefault(dialect.columns[name], []).append(headers.index(name))
    if Field.ADDRESS not in at:
        if any("@" in name for name in headers):
            raise BadInput(
                "The first line holds a person and no header. Write one above it that names a column `email`.",
                place=place,
                line=1,
            )
        raise BadInput(
            f"No column holds the address. The columns are: {', '.join(headers)[:200]}. Name one of them `email`.",
            place=place,
            line=1,
        )
    if len(at[Field.ADDRESS]) > 1:
        raise BadInput("Two columns hold an address. Keep the right one.", place=place, line=1)
    ours = REASON in headers or dialect.name == "Rounds"
    return Layout(
        dialect, delimiter, tuple(first), {name: tuple(found) for name, found in at.items()}, ours=ours
    )


def _is_address(text: str) -> bool:
    try:
        return "@" in text and bool(parse(text))
    except BadInput:
        return False


def records(lines: Iterable[str], layout: Layout, place: str) -> Iterator[tuple[int, list[str]]]:
    """Each record after the header with the line that it begins on: a cell in quotation marks may hold line breaks.

    Empty ones are passed over. BadInput where the marks do not match: nobody knows which rows the rest then holds.
    """
    source = iter(lines)
    skipped = 0
    first = next(source, "")
    if first.casefold().startswith("sep=") and len(first.strip()) == 5:
        skipped = 1
    else:
        source = chain([first], source)
    reader = csv.reader(
        source,
        delimiter=layout.delimiter,
        escapechar=None if layout.ours else layout.dialect.escape,
        doublequote=True,
        strict=True,
    )
    header = not layout.headless
    while True:
        line = reader.line_num + 1 + skipped
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(place, line, error) from error
        if header:
            header = False
        elif any(cell.strip() for cell in record):
            yield line, record


def _broken(place: str, line: int, error: csv.Error) -> BadInput:
    return BadInput(
        f"The row that begins here cannot be read ({error}). Mend its quotation marks. Nothing was imported.",
        place=place,
        line=line,
    )


def says_no(record: list[str], layout: Layout) -> bool:
    """Whether it is the row of somebody who said no, by its status alone: cheaper than to read it all."""
    said, _ = said_by(_Cells(record, layout), layout)
    return said is not None and said.is_no


def read_row(line: int, record: list[str], layout: Layout, purpose: str) -> Row:
    """What one record says. Never raises for what stands in it."""
    if len(record) > len(layout.columns) and any(cell.strip() for cell in record[len(layout.columns) :]):
        return RefusedRow(line, "The row has more cells than the header has columns.")
    cell = _Cells(record, layout)
    try:
        address = parse(cell.first(Field.ADDRESS))
        said, at = said_by(cell, layout)
    except BadInput as error:
        return RefusedRow(line, str(error))
    if Field.LIST in layout.at and cell.first(Field.LIST).strip() != purpose:
        return RefusedRow(line, "The row is for another list: that is another consent.", "other_list")
    if said is None:
        return RefusedRow(
            line, "What the row's status means is not known: write subscribed.", "unknown_status"
        )
    if said.is_no:
        return SaidNo(line, address, said, at)
    if said in _NOT_A_YES:
        kind, reason = _NOT_A_YES[said]
        return RefusedRow(line, reason, kind)
    try:
        return _listed(line, address, cell)
    except BadInput as error:
        return RefusedRow(line, str(error))


def _listed(line: int, address: Address, cell: _Cells) -> ListedSubscriber:
    name = " ".join(cell.first(Field.GIVEN_NAME).split())[:LONGEST_NAME]
    return ListedSubscriber(
        line=line,
        address=address,
        given_name=name if name.isprintable() else "",
        zone=cell.first(Field.ZONE).strip(),
        opted_in_at=read_moment(cell.first(Field.OPTED_IN_AT)),
        confirmed_at=read_moment(cell.first(Field.CONFIRMED_AT)),
        network=network_of(ip) if (ip := cell.first(Field.OPT_IN_IP).strip()) else "",
        form=cell.first(Field.PLACEMENT).strip()[:60],
    )


def said_by(cell: _Cells, layout: Layout) -> tuple[Said | None, datetime | None]:
    """What the row says, the gravest word of all its columns, and since when. None for a word that is not known."""
    if not layout.telling:
        return layout.all_are, None
    said = [layout.all_are]
    at = None
    for name, means in ((Field.UNSUBSCRIBED_AT, Said.UNSUBSCRIBED), (Field.CLEANED_AT, Said.BOUNCED)):
        if when := cell.first(name).strip():
            said.append(means)
            at = at or _moment_or_none(when)
    off = cell.first(Field.OFF).strip().casefold()
    if off in _TRUE:
        said.append(Said.UNSUBSCRIBED)
    unknown = off not in _TRUE | _FALSE
    for word in cell.all(Field.STATUS):
        meaning = layout.dialect.words.get(word.strip().casefold())
        unknown = unknown or meaning is None
        said += [meaning] if meaning else []
    loudest = min(said, key=GRAVITY.index)
    return (None if unknown and not loudest.is_no else loudest), at


def _moment_or_none(text: str) -> datetime | None:
    """A no counts, whether or not its moment can be read."""
    try:
        return read_moment(text)
    except BadInput:
        return None


class _Cells:
    """The cells of one record by field."""

    __slots__ = ("_at", "_ours", "_record")

    def __init__(self, record: list[str], layout: Layout) -> None:
        self._record = record
        self._at = layout.at
        self._ours = layout.ours

    def all(self, name: Field) -> list[str]:
        record, many = self._record, len(self._record)
        found = [record[at] if at < many else "" for at in self._at.get(name, ())]
        return [cells.plain(text) for text in found] if self._ours else found

    def first(self, name: Field) -> str:
        """The first that says something, without the space around it."""
        if name not in self._at:
            return ""
        return next((bare for text in self.all(name) if (bare := text.strip(" \u00a0"))), "")


def refused_header(layout: Layout) -> list[str]:
    """The columns of a file of refused rows: those of the list, the reason and the line. Twice is the same as once."""
    return [*(layout.columns[at] for at in _kept(layout)), REASON, LINE]


def refused_cells(record: list[str], layout: Layout, refused: RefusedRow) -> list[str]:
    """One row of it. What does not belong to any column is kept at the end, where a person sees it."""
    own = [record[at] if at < len(record) else "" for at in _kept(layout)]
    own = [cells.plain(text) for text in own] if layout.ours else own
    return [*own, refused.reason, str(refused.line), *record[len(layout.columns) :]]


def _kept(layout: Layout) -> list[int]:
    return [n for n, name in enumerate(layout.columns) if name.strip().casefold() not in (REASON, LINE)]
