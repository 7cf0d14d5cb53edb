"""The one artefact of an issue: previewed, checked, approved, archived and sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter with slots (`[[unsubscribe_url]]`) still open. `html` and `text` say the same.

    `subject` holds no slot, so that nothing personal reaches a header but the address.
    """

    subject: str
    preheader: str
    html: str
    text: str

    @property
    def content_sha256(self) -> str:
        """Hex digest over the four parts, each prefixed with its length in bytes, so that no two letters share one."""
        digest = hashlib.sha256()
        for part in (self.subject, self.preheader, self.html, self.text):
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big"))
            digest.update(data)
        return digest.hexdigest()
