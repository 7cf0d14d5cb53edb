"""Who is behind a row, for whoever has the judge's secret: the database itself names nobody."""

from __future__ import annotations

from uuid import UUID

from pipeline.core.address import address_key, canonical, parse
from pipeline.core.consent.sealed import NAME, Wrapping, open_texts, seal
from pipeline.core.consent.tokens import derive_key, root_secret

SECRET = "a secret of the judge, and of nobody else"

_ADDRESS_KEY = derive_key(root_secret(SECRET), "address")
_WRAPPING = Wrapping.from_secret(root_secret(SECRET))


def key_of(address: str) -> bytes:
    """The keyed hash by which a mailbox is found."""
    return address_key(canonical(parse(address)), _ADDRESS_KEY)


def opened(uid: UUID, wrapped_key: bytes | None, sealed_address: bytes | None) -> str:
    """The address of a subscriber's row; empty for somebody who was erased."""
    if wrapped_key is None or sealed_address is None:
        return ""
    return open_texts(_WRAPPING.unwrap(bytes(wrapped_key), uid), uid, bytes(sealed_address), None)[0]


def sealed_name(uid: UUID, wrapped_key: bytes, name: str) -> bytes:
    """A given name as it stands in a subscriber's row."""
    return seal(_WRAPPING.unwrap(bytes(wrapped_key), uid), NAME, uid, name, bytes(12))
