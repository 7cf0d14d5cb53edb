"""A whole message as bytes: multipart/alternative, text first, both parts quoted-printable (M-01, M-04, M-06,
M-07).
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Sequence

from pipeline.core.errors import BadInput
from pipeline.core.message.headers import ONCE, Field, Structured, serialise

HEADER_LIMIT = 8 * 1024  # bytes; some receivers refuse larger header blocks

_BOUNDARY = re.compile(r"=_[0-9A-Za-z]{8,66}")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def boundary_for(uid: bytes) -> str:
    """The boundary of the message with this uid. It starts with `=_`, which quoted-printable never writes."""
    return f"=_{uid.hex()}"


def compose(
    header_fields: Sequence[Field], html: str, text: str, boundary: str, *, smtputf8: bool = False
) -> bytes:
    """The message, CRLF throughout, ending in CRLF. The same arguments give the same bytes, so nothing need
    be kept.

    `header_fields` holds exactly one each of Date, From, To, Subject and Message-ID. Line breaks of any kind
    in `html` and `text` become CRLF. BadInput when a header is unsafe or the header block passes 8 kB.
    """
    if not _BOUNDARY.fullmatch(boundary):
        raise BadInput("A boundary is =_ followed by 8 to 66 letters or digits (boundary_for makes one).")
    header = serialise((*header_fields, *_mime_fields(boundary)), smtputf8=smtputf8)
    _check_header(header_fields, header)
    return b"".join((header, b"\r\n", *_parts(boundary, (("plain", text), ("html", html)))))


def quoted_printable(text: str) -> bytes:
    """`text` in UTF-8 as quoted-printable: lines of at most 76, no trailing space, upper-case hex (RFC 2045
    section 6.7).
    """
    try:
        data = _LINE_BREAK.sub("\n", text).encode("utf-8")
    except UnicodeEncodeError:
        raise BadInput("The letter holds half of a surrogate pair, which is not a character.") from None
    return b2a_qp(data, quotetabs=False, istext=True).replace(b"\n", b"\r\n")


def _mime_fields(boundary: str) -> tuple[Field, ...]:
    return (
        Structured("MIME-Version", "1.0"),
        Structured("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    )


def _parts(boundary: str, parts: Sequence[tuple[str, str]]) -> list[bytes]:
    """RFC 2046 section 5.1.4: the plainest first, the most faithful last."""
    pieces: list[bytes] = []
    for subtype, content in parts:
        pieces.append(
            f"--{boundary}\r\n"
            f"Content-Type: text/{subtype}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode("ascii")
        )
        pieces += [quoted_printable(content), b"\r\n"]
    return [*pieces, f"--{boundary}--\r\n".encode("ascii")]


def _check_header(fields: Sequence[Field], header: bytes) -> None:
    names = {field.name.lower() for field in fields}
    missing = [name for name in ONCE if name.lower() not in names]
    if missing:
        raise BadInput(f"The message has no {missing[0]} field.")
    if len(header) >= HEADER_LIMIT:
        raise BadInput(f"The header has {len(header)} bytes; it must stay under {HEADER_LIMIT}.")
