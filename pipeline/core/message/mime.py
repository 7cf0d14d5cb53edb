"""A whole message as bytes: multipart/alternative, text first, both parts quoted-printable (M-01, M-04, M-06,
M-07).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

from pipeline.core.errors import BadInput
from pipeline.core.message.headers import ONCE, Field, Structured, serialise
from pipeline.core.message.quoted_printable import Hole, quoted_printable

HEADER_LIMIT = 8 * 1024  # bytes; some receivers refuse larger header blocks (M-30)

_BOUNDARY = re.compile(r"=_[0-9A-Za-z]{8,66}")


def boundary_for(uid: bytes) -> str:
    """The boundary of the message with this uid. It starts with `=_`, which quoted-printable never writes."""
    return f"=_{uid.hex()}"


def boundary_of(content_sha256: str) -> str:
    """The boundary of all messages of a letter: it has to differ from the lines of its own message alone."""
    return boundary_for(sha256(content_sha256.encode()).digest()[:16])


def compose(
    header_fields: Sequence[Field], html: str, text: str, boundary: str, *, smtputf8: bool = False
) -> bytes:
    """The message, CRLF throughout, ending in CRLF. The same arguments give the same bytes, so nothing need
    be kept.

    `header_fields` holds exactly one each of Date, From, To, Subject and Message-ID. Line breaks of any kind
    in `html` and `text` become CRLF. BadInput when a header is unsafe or the header block passes 8 kB.
    """
    fields = whole_header(header_fields, boundary)
    header = serialise(fields, smtputf8=smtputf8)
    refuse_long_header(len(header))
    body = alternatives([text], [html], boundary)
    return b"".join((header, b"\r\n", *(piece for piece in body if isinstance(piece, bytes))))


def whole_header(fields: Sequence[Field], boundary: str) -> tuple[Field, ...]:
    """The fields of a letter and those of its MIME structure. BadInput when one that each message needs is missing."""
    if not _BOUNDARY.fullmatch(boundary):
        raise BadInput("A boundary is =_ followed by 8 to 66 letters or digits (boundary_for makes one).")
    names = {field.name.lower() for field in fields}
    missing = [name for name in ONCE if name.lower() not in names]
    if missing:
        raise BadInput(f"The message has no {missing[0]} field.")
    return (
        *fields,
        Structured("MIME-Version", "1.0"),
        Structured("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    )


def alternatives(text: Sequence[str | Hole], html: Sequence[str | Hole], boundary: str) -> list[bytes | Hole]:
    """The body. RFC 2046 section 5.1.4: the plainest first, the most faithful last."""
    pieces: list[bytes | Hole] = []
    for subtype, content in (("plain", text), ("html", html)):
        pieces.append(
            f"--{boundary}\r\n"
            f"Content-Type: text/{subtype}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode("ascii")
        )
        pieces += [*quoted_printable(content), b"\r\n"]
    return [*pieces, f"--{boundary}--\r\n".encode("ascii")]


def refuse_long_header(length: int) -> None:
    if length >= HEADER_LIMIT:
        raise BadInput(f"The header has {length} bytes; it must stay under {HEADER_LIMIT}.")
