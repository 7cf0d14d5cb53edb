"""Small numbers as words."""

from __future__ import annotations

NUMBER_WORDS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def value_of(text: str) -> int:
    """Of `three` or of `1,000`."""
    small = text.lower()
    return NUMBER_WORDS.index(small) + 1 if small in NUMBER_WORDS else int(small.replace(",", ""))
