"""A composed message says the same after any mail program has taken it apart."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import BadInput
from pipeline.core.message.headers import Field, Mailbox, Moment, Structured, Unstructured
from pipeline.core.message.mime import HEADER_LIMIT, boundary_for, compose
from pipeline.core.message.quoted_printable import encoded_value

BOUNDARY = boundary_for(bytes(range(16)))
FIELDS: tuple[Field, ...] = (
    Moment("Date", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
    Mailbox("From", "news@rounds.example", "Rounds"),
    Mailbox("To", "ada@subscriber.example"),
    Unstructured("Subject", "What calcifications are"),
    Structured("Message-ID", "<1@rounds.example>"),
)
AWKWARD = [
    ".", "..", "\n.\n", "\r.\r", "\r\n.\r\n", ".\r\nMAIL FROM:<eve@x.example>\r\n", "a\rb\nc\r\nd",
    "x" * 100_000, "é" * 30_000,
    "ends in space ", "ends in tab\t", "space before break \nmore", "=", "=3D", "From the start",
    "\0\x07\x0c", "", "\n", "\n\n\n",
    "😀" * 500, "soft=\nbreak", "--" + BOUNDARY, "a" * 75, "a" * 76, "a" * 77, "a" * 75 + " ",
    "a" * 74 + " \n", "\u2028",
]  # fmt: skip

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=400)


def message(html: str = "<p>Hello</p>\n", text: str = "Hello\n") -> bytes:
    return compose(FIELDS, html, text, BOUNDARY)


def parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def body(whole: EmailMessage, kind: str) -> str:
    """The part as it was put in, but for its line breaks, which mail makes CRLF."""
    part = whole.get_body((kind,))
    assert part is not None
    assert part["Content-Transfer-Encoding"] == "quoted-printable"
    return part.get_payload(decode=True).decode("utf-8")  # type: ignore[union-attr]


def in_crlf(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def assert_sound(data: bytes) -> None:
    assert data.endswith(b"\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", data)
    for line in data.split(b"\r\n"):
        assert len(line) <= 78
        assert not line.endswith((b" ", b"\t"))
    assert data.isascii()


@given(texts, texts)
def test_any_two_texts_come_back_as_they_were(html: str, text: str) -> None:
    data = message(html, text)
    assert_sound(data)
    assert body(parsed(data), "html") == in_crlf(html)
    assert body(parsed(data), "plain") == in_crlf(text)


@pytest.mark.parametrize("content", AWKWARD, ids=range(len(AWKWARD)))
def test_awkward_texts_come_back_as_they_were(content: str) -> None:
    data = message(content, content)
    assert_sound(data)
    assert body(parsed(data), "html") == body(parsed(data), "plain") == in_crlf(content)


@given(texts)
def test_quoted_printable_keeps_to_76_and_upper_case(text: str) -> None:
    encoded = encoded_value(text)
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))
    assert all(re.fullmatch(rb"[0-9A-F]{2}|\r\n", code) for code in re.findall(rb"=(..)", encoded, re.DOTALL))


def test_the_plain_part_comes_first_and_the_html_last() -> None:
    whole = parsed(message())
    assert whole.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in whole.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in whole.iter_parts()} == {"utf-8"}
    assert whole["MIME-Version"] == "1.0"
    assert not whole.defects


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert message() == message()


def test_an_html_line_of_3000_characters_survives() -> None:
    html = "<p>" + "word " * 600 + "</p>"
    assert body(parsed(message(html=html)), "html") == html


@pytest.mark.parametrize("missing", ["Date", "From", "To", "Subject", "Message-ID"])
def test_a_message_without_a_field_that_it_needs_is_refused(missing: str) -> None:
    with pytest.raises(BadInput, match=f"no {missing} field"):
        compose([field for field in FIELDS if field.name != missing], "<p></p>", "", BOUNDARY)


def test_a_second_mime_version_is_refused() -> None:
    with pytest.raises(BadInput, match="2 times"):
        compose([*FIELDS, Structured("MIME-Version", "1.0")], "", "", BOUNDARY)


def test_a_header_of_eight_kilobytes_is_refused() -> None:
    with pytest.raises(BadInput, match=str(HEADER_LIMIT)):
        compose([*FIELDS, Unstructured("X-Long", "word " * 1700 + "end")], "", "", BOUNDARY)


@pytest.mark.parametrize(
    "boundary", ["", "abc", "=_", "=_short", "=_" + "a" * 69, '=_abcdefgh"\r\nBcc: e@x', "=_abcdefgh "]
)
def test_a_boundary_that_text_could_imitate_is_refused(boundary: str) -> None:
    with pytest.raises(BadInput, match="boundary"):
        compose(FIELDS, "", "", boundary)


def test_half_a_surrogate_pair_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadInput, match="surrogate"):
        message(text="\ud83d")
