"""Text and values, encoded apart, read as one."""

from __future__ import annotations

import quopri
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.message.quoted_printable import Hole, encoded_value, quoted_printable

# Much of what quoted-printable has to mind, and some of everything else.
MINDED = st.sampled_from(
    [" ", "\t", ".", "=", "\n", "\r\n", "\r", "é", "😀", "From ", "-", "\0", "a" * 40, "x" * 80]
)
TEXTS = st.lists(MINDED | st.text(st.characters(exclude_categories=("Cs",)), max_size=20), max_size=30).map(
    "".join
)
VALUES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200)
TOKENS = st.text("ABCxyz019-_", min_size=36, max_size=36)


@st.composite
def filled(draw: st.DrawFn) -> tuple[list[str | Hole], dict[str, str]]:
    """Texts with holes between them, and a value for each."""
    pieces: list[str | Hole] = []
    values: dict[str, str] = {}
    for number in range(draw(st.integers(0, 6))):
        pieces += [draw(TEXTS)] if draw(st.booleans()) else []
        fixed = draw(st.booleans())
        values[str(number)] = draw(TOKENS if fixed else VALUES)
        pieces.append(Hole(str(number), 36 if fixed else 0))
    return [*pieces, draw(TEXTS)], values


def in_bytes(pieces: Sequence[str | Hole], values: dict[str, str]) -> bytes:
    return b"".join(
        piece
        if isinstance(piece, bytes)
        else values[piece.key].encode() if piece.length else encoded_value(values[piece.key])
        for piece in quoted_printable(pieces)
    )  # fmt: skip


def in_text(pieces: Sequence[str | Hole], values: dict[str, str]) -> str:
    return "".join(values[piece.key] if isinstance(piece, Hole) else piece for piece in pieces)


def assert_sound(encoded: bytes) -> None:
    assert encoded.isascii()
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", encoded), "a bare CR or LF"
    assert not re.search(rb"=(?!\r\n|[0-9A-F]{2})", encoded), "an = that means nothing, or lower-case hex"
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", encoded), "a control character or a tab"
    for line in encoded.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert not line.endswith(b" ")
        assert b"  " not in line


def decoded(encoded: bytes) -> str:
    return quopri.decodestring(encoded).decode()


@given(filled())
def test_texts_and_values_come_back_as_they_were_put_together(case) -> None:  # type: ignore[no-untyped-def]
    pieces, values = case
    encoded = in_bytes(pieces, values)
    assert_sound(encoded)
    assert decoded(encoded) == re.sub(r"\r\n|\r|\n", "\r\n", in_text(pieces, values))


@given(filled(), VALUES)
def test_other_values_change_nothing_but_what_stands_in_their_holes(case, other) -> None:  # type: ignore[no-untyped-def]
    pieces, _ = case
    literals = [piece for piece in quoted_printable(pieces) if isinstance(piece, bytes)]
    values = {piece.key: other for piece in pieces if isinstance(piece, Hole) and not piece.length}
    tokens = {piece.key: "T" * 36 for piece in pieces if isinstance(piece, Hole) and piece.length}
    rest = in_bytes(pieces, values | tokens)
    for literal in literals:
        at = rest.find(literal)
        assert at >= 0
        rest = rest[at + len(literal) :]


@given(VALUES)
def test_a_value_alone_leaves_room_for_the_soft_break_after_it(value: str) -> None:
    lines = encoded_value(value).split(b"\r\n")
    assert len(lines[-1]) <= 75
    assert_sound(b"\r\n".join(lines) + b"=\r\n")


@pytest.mark.parametrize("text", ["From ada\n", "x\nFrom ada", "From  ada", "From \n", "x" * 75 + "From ada"])
def test_no_line_looks_like_the_start_of_a_mailbox(text: str) -> None:
    assert_sound(encoded_value(text))


def test_a_value_that_fits_is_on_a_line_of_its_own() -> None:
    assert in_bytes(["Yours: ", Hole("address"), ", since then.\n"], {"address": "ada@readers.test"}) == (
        b"Yours:=20=\r\nada@readers.test=\r\n, since then.\r\n"
    )


def test_a_token_stands_in_the_line_where_there_is_room() -> None:
    pieces = ["https://rounds.example/u/", Hole("token", 36), "\n"]
    assert in_bytes(pieces, {"token": "t" * 36}) == b"https://rounds.example/u/" + b"t" * 36 + b"\r\n"
