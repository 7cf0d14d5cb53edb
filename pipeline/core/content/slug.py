"""Ids for sections, questions, references and files, made from the words that they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 80  # characters; long enough for any heading, short enough for a file name

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(text: str) -> str:
    """`text` in lower-case ASCII words joined by hyphens; `item` if no letter or digit is left."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", folded.replace("'", ""))
    return "-".join(words)[:LONGEST].strip("-") or "item"


class Slugs:
    """Hands out slugs, no two alike: the second of a name ends in `-2`."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def make(self, text: str) -> str:
        first = candidate = slug(text)
        while candidate in self._taken:
            number = self._next.get(first, 2)
            candidate, self._next[first] = f"{first}-{number}", number + 1
        self._taken.add(candidate)
        return candidate


def is_slug(text: str) -> bool:
    return len(text) <= LONGEST + 8 and SLUG.fullmatch(text) is not None
