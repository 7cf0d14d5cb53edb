"""Ids for sections, questions, references and files, made from the words that they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

LONGEST = 80  # characters; long enough for any heading, short enough for a file name

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(text: str) -> str:
    """`text` in lower-case ASCII words joined by hyphens; `item` if no letter or digit is left."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", folded.replace("'", ""))
    return "-".join(words)[:LONGEST].strip("-") or "item"


def unique_slug(text: str, taken: Container[str]) -> str:
    """A slug that is not in `taken`: the second of a name ends in `-2`."""
    first = slug(text)
    candidate, number = first, 2
    while candidate in taken:
        candidate, number = f"{first}-{number}", number + 1
    return candidate


def is_slug(text: str) -> bool:
    return len(text) <= LONGEST + 8 and SLUG.fullmatch(text) is not None
