"""The name that mail comes from: who sends it, and nothing else (P-04; Google's and Yahoo's rules for senders)."""

from __future__ import annotations

import re
from unicodedata import category

from pipeline.core.errors import BadInput

LONGEST = 60  # characters; a phone shows about half of them
_LIKE_A_SUBJECT = re.compile(r"\s*(?:re|fwd?|aw|wg|tr|rv)\s*:", re.IGNORECASE)
_PICTURES = {"So", "Sk", "Co", "Cn", "Cs"}  # emoji and the like, and what is no character


def check_sender_name(name: str) -> None:
    """BadInput unless `name` could be a sender's: no subject, no address, no emoji, nobody's first name filled in."""
    if not name.strip() or len(name) > LONGEST:
        raise BadInput(f"The sender's name has 1 to {LONGEST} characters. Write who sends the mail.")
    if _LIKE_A_SUBJECT.match(name):
        raise BadInput("The sender's name begins like the subject of an answer. Write who sends the mail.")
    if "@" in name or "://" in name:
        raise BadInput("The sender's name looks like an address. Write who sends the mail.")
    if "[[" in name or "{" in name:
        raise BadInput("The sender's name holds a place for a value. It is the same for every reader.")
    if any(category(mark) in _PICTURES for mark in name):
        raise BadInput("The sender's name holds an emoji or another picture. Write it in letters.")
