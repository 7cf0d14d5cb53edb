"""Whether a message that somebody sent us names a mailbox, in whatever encoding: an erasure looks for it (C-18)."""

from __future__ import annotations

import quopri
from base64 import b64encode


def names(raw: bytes, mailbox: str) -> bool:
    """In any case of its letters; plain, as quoted-printable, or in base64 at any of its three alignments.

    Base64 is looked for as the mailbox is written, and in small letters: it hides the case.
    """
    wanted = mailbox.encode().lower()
    if wanted in raw.lower() or wanted in quopri.decodestring(raw).lower():
        return True
    joined = raw.replace(b"\r", b"").replace(b"\n", b"")
    return any(part in joined for form in {mailbox.encode(), wanted} for part in _in_base64(form))


def _in_base64(text: bytes) -> list[bytes]:
    """What does not depend on its neighbours, for each place in a group of three octets where the text may begin."""
    parts = []
    for before in range(3):
        encoded = b64encode(bytes(before) + text).rstrip(b"=")
        first = -(-before * 4 // 3)  # characters that the octets before have a share in
        last = (before + len(text)) * 4 // 3  # and those that the octets behind have none in
        parts.append(encoded[first:last])
    return parts
