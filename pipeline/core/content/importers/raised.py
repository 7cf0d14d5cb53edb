"""Raised and lowered figures: a citation, or an exponent, an ordinal, the 2 of H2O."""

from __future__ import annotations

import re

from pipeline.core.content.importers.source_lines import gone, rewrite

_TAG = re.compile(
    r"<(?P<tag>sup|sub)\b[^<>]{0,200}>(?P<inner>(?:[^<>]|</?(?:a|span|b|em|strong|i)\b[^<>]{0,300}>){0,300}?)</(?P=tag)>",
    re.IGNORECASE,
)
_CARETS = re.compile(r"(?<=\S)\^(\[?\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20}\]?)\^")
_TILDES = re.compile(r"(?<=\w)~(\d{1,3}[+-]?)~(?!~)")
_NUMBERS = re.compile(r"[\[(]?(\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})[\])]?")
_TAGS = re.compile(r"<[^<>]*>")
# What stands before an exponent: a figure, or a unit of length.
_BASE = re.compile(r"(?:\d|\b[cmk]?m|\b(?:kg|s|L|l|ml))$")
_UP = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_FIGURES = re.compile(r"[\d+\-−()]{1,8}")


def take(text: str, first_line: int) -> str:
    """A raised number becomes `[^#1,2]`, which is a citation if the page lists such a source; other figures keep their
    height, and letters come down."""
    if "<su" in text.lower():
        text = rewrite(text, first_line, _TAG, lambda match, line: _tag(match, text))
    if "^" in text:
        before = text
        text = rewrite(
            text, first_line, _CARETS, lambda match, line: _raised(match.group(1), _before(match, before))
        )
    if "~" in text:
        text = rewrite(text, first_line, _TILDES, lambda match, line: match.group(1).translate(_DOWN))
    return text


def _tag(match: re.Match[str], text: str) -> str:
    words = _TAGS.sub("", match["inner"]).strip()
    lost = "\n" * match.group().count("\n")
    if match["tag"].lower() == "sub":
        return (words.translate(_DOWN) if _FIGURES.fullmatch(words) else words) + (gone(lost) if lost else "")
    return _raised(words, _before(match, text)) + (gone(lost) if lost else "")


def _raised(words: str, before: str) -> str:
    number = _NUMBERS.fullmatch(words)
    if number and not _BASE.search(before):
        return f"[^#{number.group(1)}]"
    return words.translate(_UP) if _FIGURES.fullmatch(words) else words


def _before(match: re.Match[str], text: str) -> str:
    return text[max(0, match.start() - 8) : match.start()]
