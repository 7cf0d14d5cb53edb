"""Which line of a page of plain text looks like a heading, by itself and between its neighbours."""

from __future__ import annotations

import re

LONGEST = 90  # characters
MOST_WORDS = 13
# The stop of a sentence at the end, citation marks or not, or a whole sentence before another.
SENTENCE = re.compile(
    r"[.;,:!…。、！：；：،؛][)”\"’」]?\s?(?:[\[\d,–\]⁰¹²³⁴-⁹()^*†‡§¶-]*|<sup>[^<]{1,20}</sup>)$|[.!?]\s+[A-Z]|。."
)
_STOPPED = re.compile(r"[.!?。！？؟][)”\"’」]?\s?[\[\]\d,–-]*$")
_PROSE = 50  # characters of a line that is no heading


def stands_between(before: str, text: str, after: str) -> bool:
    """Whether a line is a heading that lost the blank lines around it: it is short and has no stop, the line before it
    ends a sentence, and what comes after it begins one of some length."""
    return (
        len(text) <= LONGEST
        and len(text.split()) <= MOST_WORDS
        and SENTENCE.search(text) is None
        and text[:1].isupper()
        and _STOPPED.search(before[-12:]) is not None
        and len(after) >= _PROSE
        and not after[:1].islower()
    )
