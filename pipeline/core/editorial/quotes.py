"""How a finding quotes the article: the whole sentence, or the words around what was found in it."""

from __future__ import annotations

import re

_LONGEST = 150  # characters of a quote
_AFTER = 40  # characters after a match, where a sentence has several


def quoted(text: str, match: re.Match[str]) -> str:
    """The whole text where it is short, else the words around the match."""
    if len(text) <= _LONGEST:
        return text
    room = max(0, (_LONGEST - (match.end() - match.start())) // 2)
    return _cut(
        text, max(0, match.start() - room), match.start(), match.end(), min(len(text), match.end() + room)
    )


def from_match(text: str, match: re.Match[str]) -> str:
    """The match and a few words after it, which tell it from another in the same sentence."""
    return _cut(text, match.start(), match.start(), match.end(), min(len(text), match.end() + _AFTER))


def _cut(text: str, start: int, first: int, last: int, end: int) -> str:
    """The text from about `start` to about `end`, at spaces, and all that stands from `first` to `last`."""
    start = text.find(" ", start, first) + 1 if 0 < start < first else start
    cut = text.rfind(" ", last, end) if end < len(text) else end
    end = cut if cut > 0 else end
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
