"""A list of subscribers as other tools export it: CSV with a header line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.address import Address, parse
from pipeline.core.errors import BadInput

ADDRESS_COLUMNS = (
    "address",
    "email",
    "e-mail",
    "email address",
    "email_address",
    "e-mail address",
    "subscriber",
)
NAME_COLUMNS = ("given_name", "first name", "first_name", "firstname", "given name", "name")
ZONE_COLUMNS = ("zone", "timezone", "time zone", "time_zone")
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ListedSubscriber:
    """One good row. `line` counts from 1, the header being line 1."""

    line: int
    address: Address
    given_name: str
    zone: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be used, and why."""

    line: int
    reason: str


def read_list(source: bytes, place: str) -> Iterator[ListedSubscriber | RefusedRow]:
    """Read the rows one by one. BadInput, before the first, for a file that is no such list, and at a broken row."""
    text = _decoded(source, place)
    header, _, _ = text.partition("\n")
    if not header.strip():
        raise BadInput("The file is empty. Give it a header line with a column `email`.", place=place)
    delimiter = max(",;\t", key=header.count)
    records = _records(text, delimiter, place)
    _, names = next(records)
    columns = [name.strip().strip('"').casefold() for name in names]
    at_address = _column(columns, ADDRESS_COLUMNS)
    if at_address is None:
        raise BadInput(
            f"No column holds the address. The columns are: {', '.join(columns)[:200]}. Name one of them `email`.",
            place=place,
            line=1,
        )
    if sum(name in ADDRESS_COLUMNS for name in columns) > 1:
        raise BadInput("Two columns hold an address. Keep the right one.", place=place, line=1)
    return _rows(records, at_address, _column(columns, NAME_COLUMNS), _column(columns, ZONE_COLUMNS))


def _records(text: str, delimiter: str, place: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins on: a cell between quotation marks may hold line breaks.

    BadInput where the marks do not match: nobody knows which rows the rest of the file then holds.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInput(
                f"The row that begins here cannot be read ({error}). Mend its quotation marks. Nothing was imported.",
                place=place,
                line=line,
            ) from error
        yield line, record


def _rows(
    records: Iterator[tuple[int, list[str]]], at_address: int, at_name: int | None, at_zone: int | None
) -> Iterator[ListedSubscriber | RefusedRow]:
    for line, row in records:
        if not any(cell.strip() for cell in row):
            continue
        try:
            address = parse(_cell(row, at_address))
        except BadInput as error:
            yield RefusedRow(line, str(error))
            continue
        name = " ".join(_cell(row, at_name).split())[:LONGEST_NAME]
        yield ListedSubscriber(line, address, name if name.isprintable() else "", _cell(row, at_zone).strip())


def _cell(row: list[str], at: int | None) -> str:
    return row[at] if at is not None and at < len(row) else ""


def _column(columns: list[str], names: tuple[str, ...]) -> int | None:
    return next((columns.index(name) for name in names if name in columns), None)


def _decoded(source: bytes, place: str) -> str:
    if b"\0" in source:
        raise BadInput("This is not a text file. Save the list as CSV in UTF-8.", place=place)
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise BadInput(
            "The file is not in UTF-8. Save the list as CSV in UTF-8.", place=place, line=line
        ) from None
