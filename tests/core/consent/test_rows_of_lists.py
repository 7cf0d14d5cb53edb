"""Lists as real tools write them, and as nobody should."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.core.consent.lists import cells
from pipeline.core.consent.lists.dialects import (
    DIALECTS,
    EVENTS,
    GRAVITY,
    NOES,
    Said,
    said_by_name,
    suppressions_of,
)
from pipeline.core.consent.lists.encoding import Sniffer
from pipeline.core.consent.lists.moments import read_moment
from pipeline.core.consent.lists.rows import (
    Layout,
    ListedSubscriber,
    RefusedRow,
    Row,
    SaidNo,
    layout_of,
    read_row,
    records,
    refused_cells,
    refused_header,
)
from pipeline.core.errors import BadInput
from tests.factories import WEEKLY

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "lists"


def sniffed(source: bytes) -> str:
    sniffer = Sniffer("list.csv")
    for at in range(0, len(source), 7):  # in pieces, as a file comes: no mark may be lost between two
        sniffer.feed(source[at : at + 7])
    return sniffer.result().encoding


def lines_of(source: bytes) -> list[str]:
    text = io.TextIOWrapper(io.BytesIO(source), encoding=sniffed(source), newline="")
    return list(text)


def read(source: bytes | str, all_are: Said = Said.YES) -> tuple[Layout, list[Row]]:
    lines = lines_of(source.encode() if isinstance(source, str) else source)
    layout = layout_of(iter(lines), "list.csv", all_are)
    found = [read_row(n, record, layout, WEEKLY) for n, record in records(iter(lines), layout, "list.csv")]
    return layout, found


def told(rows: list[Row]) -> Iterator[tuple[str, str]]:
    for row in rows:
        match row:
            case ListedSubscriber():
                yield row.address.local, f"yes {row.given_name}".strip()
            case SaidNo():
                yield row.address.local, row.said.value
            case RefusedRow():
                yield "", row.kind


@pytest.mark.holds("S-11")
@pytest.mark.parametrize(
    ("file", "tool", "wanted"),
    [
        ("mailchimp_subscribed.csv", "Mailchimp", [("ada", "yes Ada"), ("ben", "yes Ben")]),
        ("unsubscribed_mailchimp.csv", "Mailchimp, unsubscribed", [("cleo", "unsubscribed")]),
        ("cleaned_mailchimp.csv", "Mailchimp, cleaned", [("dan", "bounced")]),
        ("substack.csv", "Substack", [("ada", "yes"), ("ben", "unsubscribed")]),
        (
            "beehiiv.csv",
            "beehiiv",
            [("ada", "yes Ada"), ("ben", "unsubscribed"), ("", "pending"), ("dan", "unsubscribed")],
        ),
        ("listmonk.csv", "listmonk", [("ada", "yes Ada"), ("ben", "blocked"), ("cleo", "unsubscribed")]),
        (
            "mailpoet.csv",
            "MailPoet",
            [("ada", 'yes Ada "the first"'), ("ben", "unsubscribed"), ("", "pending"), ("dan", "bounced")],
        ),
        ("outlook.csv", "Outlook", [("ada", "yes Zoë")]),
        ("excel_semicolons.csv", "any tool", [("ada", "yes Zoë")]),
        ("excel_utf16.txt", "any tool", [("ada", "yes Zoë")]),
        ("big_endian.txt", "any tool", [("ada", "yes Zoë")]),
        ("headless.csv", "any tool", [("ada", "yes"), ("ben", "yes")]),
    ],
)
def test_a_list_is_read_as_its_tool_writes_it(file: str, tool: str, wanted: list[tuple[str, str]]) -> None:
    layout, rows = read((SAMPLES / file).read_bytes())
    assert layout.dialect.name == tool
    assert list(told(rows)) == wanted


def test_a_yes_of_another_tool_brings_its_moment_and_the_network_it_came_from() -> None:
    _, [ada, ben] = read((SAMPLES / "mailchimp_subscribed.csv").read_bytes())
    assert isinstance(ada, ListedSubscriber)
    assert (str(ada.opted_in_at), ada.network, ada.zone, ada.line) == (
        "2024-03-14 09:12:31+00:00",
        "192.0.2.0/24",
        "Europe/London",
        2,
    )
    assert isinstance(ben, ListedSubscriber)
    assert (ben.opted_in_at, str(ben.confirmed_at)) == (None, "2024-05-01 10:00:00+00:00")
    _, [cleo] = read((SAMPLES / "unsubscribed_mailchimp.csv").read_bytes())
    assert isinstance(cleo, SaidNo)
    assert str(cleo.at) == "2023-06-06 12:56:15+00:00"


@pytest.mark.holds("P-10")
@pytest.mark.parametrize(
    "word", ["unsubscribed", "cleaned", "Bounced", " complained ", "blocklisted", "spam"]
)
def test_no_word_for_a_no_is_taken_for_a_yes_by_any_tool(word: str) -> None:
    for dialect in DIALECTS:
        if (meaning := dialect.words.get(word.strip().casefold())) is not None:
            assert meaning.is_no
    _, [row] = read(f"email,status\nada@a.test,{word}\n")
    assert isinstance(row, SaidNo)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("ada@a.test,pending", "pending"),
        ("ada@a.test,unconfirmed", "pending"),
        ("ada@a.test,transactional", "never_subscribed"),
        ("ada@a.test,", "unknown_status"),
        ("ada@a.test,aktiv", "unknown_status"),
        ("ada@a.test,subscribed,more", "unusable"),
        ("no address,subscribed", "unusable"),
        ('"ada@a.test\r\nBcc: eve@a.test",subscribed', "unusable"),
    ],
)
def test_what_is_not_clearly_a_yes_is_refused(row: str, kind: str) -> None:
    _, [refused] = read(f"email,status\n{row}\n")
    assert isinstance(refused, RefusedRow)
    assert refused.kind == kind


def test_of_all_that_a_row_says_the_gravest_counts() -> None:
    _, [row] = read("email,status,state\nada@a.test,subscribed,complained\n")
    assert isinstance(row, SaidNo)
    assert row.said is Said.COMPLAINED
    _, [late] = read("email,unsubscribed_at\nada@a.test,some day in May\n")
    assert isinstance(late, SaidNo)
    assert late.at is None
    assert said_by_name("unsubscribed_email_audience_export_1.csv") is Said.UNSUBSCRIBED
    _, [plain] = read("email\nada@a.test\n", Said.UNSUBSCRIBED)
    assert isinstance(plain, SaidNo)


@pytest.mark.holds("C-07")
def test_every_no_becomes_a_suppression_and_an_entry() -> None:
    assert {said for said in Said if suppressions_of(said, WEEKLY)} == set(NOES) == set(EVENTS)
    assert set(GRAVITY) == set(Said)


def test_a_name_with_line_breaks_is_one_line_and_one_with_controls_is_none() -> None:
    _, [ada, ben] = read('email,name\nada@a.test,"Ada\r\nBcc: eve@a.test"\nben@a.test,B\x07en\n')
    assert isinstance(ada, ListedSubscriber)
    assert ada.given_name == "Ada Bcc: eve@a.test"
    assert isinstance(ben, ListedSubscriber)
    assert ben.given_name == ""


def test_a_row_is_named_by_the_line_it_begins_on() -> None:
    _, rows = read('email,name\nada@a.test,"Ada\nB"\n\nno address\nben@a.test,\n')
    assert [row.line for row in rows] == [2, 5, 6]


@pytest.mark.parametrize(
    "broken",
    ['"ada@a.test,Ada', '"ada@a.test"x,Ada', "ada@a.test," + "x" * 200_000, '"' * 1_000_001],
    ids=["open", "shut", "long", "a million quotation marks"],
)
def test_a_broken_row_stops_the_import_rather_than_losing_the_rest(broken: str) -> None:
    with pytest.raises(BadInput, match=r"list\.csv:3: The row that begins here cannot be read"):
        read(f"email,name\nben@a.test,Ben\n{broken}\ncleo@a.test,Cleo\n")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (b"PK\x03\x04\x14\0", "an Excel workbook or a zip archive, not a CSV file"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old Excel workbook, not a CSV"),
        (b"%PDF-1.7", "a PDF, not a CSV"),
        (b"email\nada\0@a.test\n", "it holds NUL bytes"),
        (b"e\0m\0a\0i\0l\0\n\0", "it holds NUL bytes"),
        (
            "email,name\nada@a.test,Zoë\nben@a.test,Bé".encode()[:-1] + b"\nx\n",
            r"list\.csv:3: The file is not in UTF-8",
        ),
        (b"email,name\nada@a.test,Z\x81\n", "not in Windows-1252 either"),
        (b"who,where\nada,here\n", r"list\.csv:1: No column holds the address"),
        (b"ada@a.test,Ada\n", "The first line holds a person and no header"),
        (b"email,address\na@a.test,b@a.test\n", "Two columns hold an address"),
        (b'"email"x,name\nada@a.test,Ada\n', r"list\.csv:1: "),
        (b"email" + b",x" * 400, "The header has 401 columns"),
    ],
)
def test_a_file_that_is_no_list_gets_a_sentence(source: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read(source)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", None),
        ("0000-00-00 00:00:00", None),
        ("2024-03-14", "2024-03-14 00:00:00+00:00"),
        ("2024-03-14T09:12:31.713Z", "2024-03-14 09:12:31+00:00"),
        ("2024-03-14 10:12:31+01:00", "2024-03-14 09:12:31+00:00"),
        ("2023-03-24 10:23:10 UTC", "2023-03-24 10:23:10+00:00"),
        ("2024-01-15 12:00:00.123456 +0200 CEST", "2024-01-15 10:00:00+00:00"),
        ("14/03/2024 09:12", "2024-03-14 09:12:00+00:00"),
        ("3/14/2024 9:12 PM", "2024-03-14 21:12:00+00:00"),
    ],
)
def test_moments_are_read_as_tools_and_spreadsheets_write_them(text: str, wanted: str | None) -> None:
    assert (str(moment) if (moment := read_moment(text)) else None) == wanted


@pytest.mark.parametrize(
    "text", ["03/04/2024", "2024-13-01", "yesterday", "=NOW()", "1710407551", "9" * 5000]
)
def test_a_moment_that_may_be_two_or_none_is_asked_about(text: str) -> None:
    with pytest.raises(BadInput, match="Write it as"):
        read_moment(text)


def test_a_cell_full_of_spaces_is_no_moment_and_takes_none():
    started = time.monotonic()
    for end in ("x", "UT", "Z x", "+01:00 x"):
        with pytest.raises(BadInput):
            read_moment(f"2024-03-14{' ' * 100_000}{end}")
    assert time.monotonic() - started < 1


@pytest.mark.holds("S-11")
@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", " =", "\ufeff="]
)
def test_no_cell_of_ours_is_a_formula_and_each_can_be_read_back(start: str) -> None:
    text = f'{start}HYPERLINK("http://a.test"),"x'
    [[cell, other]] = csv.reader(io.StringIO(cells.line([text, "calm"]), newline=""), strict=True)
    assert (cell, other) == (f"'{text}", "calm")
    assert cells.plain(cell) == text
    assert cells.plain("'tis a name") == "'tis a name"


def test_refused_rows_can_be_corrected_and_read_again() -> None:
    layout, _ = read("email;Name\n+ada;=1+1\n")
    header = refused_header(layout)
    first = RefusedRow(2, "why", "unusable")
    text = cells.line(header, ";") + cells.line(refused_cells(["+ada@a.test", "=1+1"], layout, first), ";")
    assert text == "email;Name;rounds_reason;rounds_line\r\n'+ada@a.test;'=1+1;why;2\r\n"
    again, [row] = read(text)
    assert isinstance(row, ListedSubscriber)
    assert (row.address.mailbox, row.given_name) == ("+ada@a.test", "=1+1")
    assert refused_header(again) == header  # the columns that we add come once, however often it goes round
