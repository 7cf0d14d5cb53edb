"""How much is read: a bound on marks and lines, so that no file keeps a reader busy for long.

A parser's time is in the marks and not in the words. An article of 10,000 words has some 1,500 lines, 2,000 marks
and as many figures.
"""

from __future__ import annotations

import re

from pipeline.core.content.importers.source_lines import BREAK
from pipeline.core.errors import BadInput

MOST_LINES = 25_000  # of plain text; a long page has 2,000
MOST_FIGURES = 60_000  # of a page; each may be a citation, and is looked at with the words around it
MOST = 30_000  # marks, a line counted as three
_FIGURE = re.compile(r"[0-9]+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
MOST_SIGNS = 200_000  # signs at which a parser only stops to look; a long article has 5,000
MOST_CITING = 100_000  # brackets and figures of plain text; a long page has 6,000
_MARKS = "[]*_`<!~|&^{:@(0123456789"
_SIGNS = "#$%+-=>\\}"
_CITING = "([^0123456789"


def require_markdown(place: str, text: str) -> None:
    """Raises `BadInput` for a file that has more marks than any article."""
    marks = 3 * (text.count("\n") + text.count(BREAK)) + sum(text.count(mark) for mark in _MARKS)
    if marks > MOST or sum(text.count(sign) for sign in _SIGNS) > MOST_SIGNS:
        raise BadInput(
            f"The file has more marks, figures and line ends than an article has, which is at most {MOST}. "
            "Split it, or take out what is no article.",
            place=place,
        )


def require_page(place: str, text: str) -> None:
    """Raises `BadInput` for a page of plain text that has more lines than any article."""
    if sum(text.count(sign) for sign in _CITING) > MOST_CITING:
        raise BadInput(
            f"The file has more brackets and figures than a page has, which is at most {MOST_CITING}. "
            "Take out what is no article.",
            place=place,
        )
    lines = text.count("\n")
    if lines > MOST_LINES:
        raise BadInput(
            f"The file has {lines} lines, and a page has at most {MOST_LINES}. Take out what is no article.",
            place=place,
        )
    require_figures(place, text)


def require_figures(place: str, text: str) -> None:
    """Raises `BadInput` for a text with more figures than any article."""
    figures = sum(1 for _ in _FIGURE.finditer(text))
    if figures > MOST_FIGURES:
        raise BadInput(
            f"The page has {figures} figures, and an article has at most {MOST_FIGURES}. Take out what is no article.",
            place=place,
        )
