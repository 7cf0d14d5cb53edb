"""Dates as references write them, to the parts that they give: (2024,), (2024, 1) or (2024, 1, 19)."""

from __future__ import annotations

import re
from datetime import date

Parts = tuple[int, ...]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
YEAR = r"(?:18|19|20)\d\d"
DATE = (
    rf"(?:{YEAR}-\d\d?-\d\d?|\d\d?[/.]\d\d?[/.]{YEAR}|{YEAR},?\s{MONTH}(?:\s\d\d?)?|\d\d?(?:st|nd|rd|th)?\s{MONTH},?\s{YEAR}"
    rf"|{MONTH}\s\d\d?(?:st|nd|rd|th)?,?\s{YEAR}|{MONTH},?\s{YEAR}|{YEAR})"
)
_ISO = re.compile(rf"({YEAR})-(\d\d?)-(\d\d?)")
_SLASHED = re.compile(rf"(\d\d?)[/.](\d\d?)[/.]({YEAR})")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[^\W\d_]{3,}")


def parts(text: str) -> Parts:
    """The parts of a text that `DATE` matches, empty if there is no such day. Day before month where both are figures,
    as in Britain, unless that cannot be."""
    if match := _ISO.fullmatch(text):
        return _real(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    if match := _SLASHED.fullmatch(text):
        day, month, year = (int(figure) for figure in match.groups())
        return _real(year, month, day) or _real(year, day, month)
    figures = [int(figure) for figure in _NUMBER.findall(text)]
    year = next((figure for figure in figures if figure > 31), 0)
    name = next((n for n in _NAME.findall(text.lower()) if n[:3] in _MONTHS), "")
    if not year or not name:
        return (year,) if year else ()
    month = _MONTHS.index(name[:3]) + 1
    day = next((figure for figure in figures if figure <= 31), 0)
    return _real(year, month, day) if day else (year, month)


def day_of(given: Parts) -> date | None:
    """The day, where all three parts are there."""
    return date(*given) if len(given) == 3 else None


def _real(year: int, month: int, day: int) -> Parts:
    try:
        date(year, month, day)
    except ValueError:
        return ()
    return (year, month, day)
