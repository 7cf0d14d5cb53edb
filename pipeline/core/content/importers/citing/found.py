"""What a notation answers: a mark that is a citation, or a place that only a person can judge."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.core.content.citations import numbers_in

NEAR = 60  # characters looked at before a mark; bounded, so that a long line takes no longer than its length
YEARS = range(1900, 2101)
MOST_DIGITS = 9  # of a number that is read as one; thousands in a row are no reference

# `1`, `1,3-5`, `1, 3 – 5`, `1; 2`, `1, 2 and 3`. What may stand between brackets or be raised.
NUMBERS = r"\d{1,4}(?:(?:\s?[,;–‐‑−&-]\s?|,?\sand\s)\d{1,4}){0,20}"

_TO_PLAIN = str.maketrans(
    {"‐": "-", "‑": "-", "−": "-", "–": "-", ";": ",", "&": ",", " ": None, "\u00a0": None}
)
_ZERO_FIRST = re.compile(r"(?<!\d)0")


@dataclass(frozen=True, slots=True)
class Mark:
    """`text[start:end]` stands for the references at `numbers`, which count from 1."""

    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """`text[start:end]` may be a citation. `quote` shows it among its words; `why` is the end of a sentence."""

    start: int
    end: int
    quote: str
    why: str = ""


Found = Mark | Doubt


def numbers_of(digits: str, count: int) -> tuple[int, ...]:
    """The references meant by `1,3-5`, in rising order and none above `count`; empty if they cannot be."""
    if digits.isdecimal():  # nearly all
        short = digits[0] != "0" and len(digits) <= MOST_DIGITS
        return (int(digits),) if short and int(digits) <= count else ()
    plain = plain_numbers(digits)
    if _ZERO_FIRST.search(plain):
        return ()
    try:
        numbers = numbers_in(plain)
    except ValueError:
        return ()
    rising = list(numbers) == sorted(set(numbers))
    return numbers if rising and numbers[-1] <= count else ()


def plain_numbers(digits: str) -> str:
    """`1, 3 – 5 and 7` as `1,3-5,7`."""
    return digits.replace(", and", ",").replace("and", ",").translate(_TO_PLAIN)


def is_year(digits: str) -> bool:
    return (
        len(digits) <= MOST_DIGITS and digits.isdecimal() and int(digits) in YEARS
    )  # `²` is a digit, and no number


def quoted(text: str, start: int, end: int) -> str:
    """The mark with the words before it."""
    return text[max(0, start - 30) : end].strip()
