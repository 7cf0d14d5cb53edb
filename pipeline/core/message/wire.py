"""A whole message as the bytes that leave, and the template that makes it: joined from pieces, never built (M-04).

All that is the same for each subscriber of a letter is bytes before the first message is written: header fields
folded, parts encoded, dots stuffed. What is left is a list of pieces with holes. A message costs its few values and
one join; and since a value can only ever stand in its hole, two messages of a letter differ nowhere else.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pipeline.core.message.dkim import Seal
from pipeline.core.message.quoted_printable import Hole


class Wire:
    """A whole message, fit for DATA and BDAT alike, in the pieces that it was made of: `bytes(wire)` joins them.

    CRLF only, and one at the end; no line over 998 bytes; no line begins with a dot, so that dot-stuffing would
    change nothing; in the body no two blanks stand together and none ends a line, so that DKIM's relaxed
    canonicalisation is the body itself.

    All but a reader's few values is shared by the messages of a letter. Joined, each message would be 46 KB that are
    written once, read once and thrown away, and push everything else out of the processor's caches; the kernel
    gathers the pieces as well as we can.
    """

    __slots__ = ("pieces", "size")

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.size = sum(map(len, pieces))

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        return b"".join(self.pieces)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wire) and bytes(self) == bytes(other)

    def __hash__(self) -> int:
        return hash(bytes(self))

    def __repr__(self) -> str:
        return f"<Wire of {self.size} bytes>"


@dataclass(frozen=True, slots=True)
class Template:
    """Pieces of bytes, empty where a hole is. `holes` are the places of holes and the keys of their values."""

    pieces: tuple[bytes, ...]
    holes: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, pieces: Sequence[bytes | Hole]) -> Template:
        """Neighbouring bytes become one piece."""
        joined: list[bytes] = []
        holes: list[tuple[int, str]] = []
        for piece in pieces:
            if isinstance(piece, Hole):
                holes.append((len(joined), piece.key))
                joined.append(b"")
            elif joined and not (holes and holes[-1][0] == len(joined) - 1):
                joined[-1] += piece
            else:
                joined.append(piece)
        return cls(tuple(joined), tuple(holes))

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for _, key in self.holes)

    def filled(self, values: Mapping[str, bytes]) -> list[bytes]:
        """The pieces of one message, ready to be joined. A missing value is a KeyError."""
        pieces = list(self.pieces)
        for place, key in self.holes:
            pieces[place] = values[key]
        return pieces


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """The messages of one letter: a header block and a body with holes, and what signs them.

    `signed` is the header fields that DKIM covers, relaxed, in the order of `h=`. With seals, the value `moment` is
    the time of the signature in decimal seconds.
    """

    header: Template
    body: Template
    signed: Template = Template((), ())
    seals: tuple[Seal, ...] = ()

    def fill(self, values: Mapping[str, bytes]) -> Wire:
        header, body = self.header.filled(values), self.body.filled(values)
        if not self.seals:
            return Wire(*header, *body)
        digest = sha256()
        for piece in body:
            digest.update(piece)
        body_hash = b2a_base64(digest.digest(), newline=False)
        signed = b"".join(self.signed.filled(values))
        seals = [seal.field(signed, body_hash, values["moment"]) for seal in self.seals]
        return Wire(*seals, *header, *body)
