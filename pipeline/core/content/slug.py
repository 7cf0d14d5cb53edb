"""Ids for sections, questions, references and files, made from the words that they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import sha256

LONGEST = 80  # characters; long enough for any heading, short enough for a file name

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(text: str) -> str:
    """`text` in lower-case ASCII words joined by hyphens; `item` if it has no letter or digit.

    Of a text whose script is not Latin little or nothing would be left, and two texts would get one name: it ends in
    eight digits of the text's SHA-256 instead.
    """
    words = "-".join(_words(text))[:LONGEST].strip("-")
    if not is_made_up(text):
        return words or "item"
    digest = sha256(unicodedata.normalize("NFC", text.strip()).encode("utf-8", "replace")).hexdigest()[:8]
    return f"{words[: LONGEST - 9].strip('-') or 'item'}-{digest}"


def is_made_up(text: str) -> bool:
    """Whether half of the letters of `text` or more have no place in a slug, as in 貧血 or B12欠乏."""
    letters = sum(char.isalnum() for char in text)
    return letters > 0 and letters >= 2 * sum(map(len, _words(text)))


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", folded.replace("'", ""))


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
