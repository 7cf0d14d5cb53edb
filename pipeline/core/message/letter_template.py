"""From a letter and its header fields to the template of its messages: everything constant is encoded here, once.

The fields are those of `headers.py`, made with the stand-ins below where a value is personal. Keys of holes:

    date        Date, as RFC 5322 writes it
    to          To, from the character after its colon: a space or a fold, then the address
    address     the same without the space or fold, for DKIM
    uid         the delivery's uid in 32 hex digits, within Message-ID
    moment      the time of the signature, in decimal seconds
    token.NAME  the token at the end of the link NAME, in List-Unsubscribe and in both parts
    html.NAME   any other slot in the HTML part, escaped and encoded
    text.NAME   the same in the text part, encoded
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from pipeline.core.consent.tokens import TOKEN_LENGTH
from pipeline.core.errors import BadInput
from pipeline.core.message.dkim import SIGNED, Seal, Signer, relaxed_field, signed_names
from pipeline.core.message.headers import Field, serialise
from pipeline.core.message.mime import alternatives, refuse_long_header, whole_header
from pipeline.core.message.quoted_printable import Hole
from pipeline.core.message.slots import CompiledLetter, CompiledPart
from pipeline.core.message.wire import MessageTemplate, Template

# What stands in the personal fields while a header is compiled. The uid and the token are searched for in their own
# field alone, and from the end that they stand at.
ANY_ADDRESS = "to@stand-in.invalid"
ANY_UID = "0" * 32
ANY_TOKEN = "0" * TOKEN_LENGTH
ANY_DATE = datetime(2000, 1, 1, tzinfo=UTC)
DATE_VALUE = format_datetime(ANY_DATE).encode("ascii")

LONGEST_ADDRESS_FIELD = 300  # bytes that To may add to a header


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a letter: whole ones, the same for all; and the beginnings of those that end in a token."""

    whole: Mapping[str, str]
    with_token: Mapping[str, str]


def compile_message(
    fields: Sequence[Field],
    letter: CompiledLetter,
    links: Links,
    boundary: str,
    signers: Sequence[Signer] = (),
) -> MessageTemplate:
    """The template of a letter's messages. BadInput when the header is out of form or too long."""
    every = whole_header(fields, boundary)
    lines = {field.name: serialise([field]) for field in every}
    names = signed_names(list(lines))
    seals = tuple(Seal.of(signer, names) for signer in signers)
    refuse_long_header(sum(map(len, lines.values())) + LONGEST_ADDRESS_FIELD + sum(s.length for s in seals))
    header = [piece for name, line in lines.items() for piece in _open_field(name, line, "to")]
    signed = [
        piece
        for name in SIGNED
        if name in lines
        for piece in _open_field(name, relaxed_field(lines[name]), "address")
    ]
    text = _open_part("text", letter.text, links)
    html = _open_part("html", letter.html, links)
    return MessageTemplate(
        header=Template.of([*header, b"\r\n"]),
        body=Template.of(alternatives(text, html, boundary)),
        signed=Template.of(signed),
        seals=seals,
    )


def _open_field(name: str, line: bytes, to: str) -> list[bytes | Hole]:
    """One field, on the wire or relaxed, open where it is personal. `to` is the key of what follows `To:`."""
    match name:
        case "Date":
            start = line.removesuffix(b"\r\n").removesuffix(DATE_VALUE)
            return [start, Hole("date"), b"\r\n"]
        case "To":
            return [line[: len("To:")], Hole(to), b"\r\n"]
        case "Message-ID":
            before, _, after = line.partition(ANY_UID.encode("ascii"))
            return [before, Hole("uid"), after]
        case "List-Unsubscribe":
            before, _, after = line.rpartition(ANY_TOKEN.encode("ascii"))
            return [before, Hole("token.unsubscribe_url"), after]
        case _:
            return [line]


def _open_part(kind: str, part: CompiledPart, links: Links) -> list[str | Hole]:
    """One part as text and holes. What is escaped in HTML is escaped here."""
    shown = escape if kind == "html" else str
    pieces: list[str | Hole] = [part.literals[0]]
    for name, literal in zip(part.names, part.literals[1:], strict=True):
        if name in links.whole:
            pieces.append(shown(links.whole[name]))
        elif name in links.with_token:
            pieces += [shown(links.with_token[name]), Hole(f"token.{name}", TOKEN_LENGTH)]
        elif name.endswith("_url"):
            raise BadInput(
                f"The letter holds the slot [[{name}]], and messages of its kind have no such link."
            )
        else:
            pieces.append(Hole(f"{kind}.{name}"))
        pieces.append(literal)
    return list(_joined(pieces))


def _joined(pieces: Iterable[str | Hole]) -> Iterator[str | Hole]:
    """Neighbouring texts become one, so that a space where they meet is a space like any other."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
        else:
            if text:
                yield text
            yield piece
            text = ""
    if text:
        yield text
