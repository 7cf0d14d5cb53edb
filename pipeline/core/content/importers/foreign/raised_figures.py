"""Raised and lowered figures of Markdown, before it is parsed. What each of them is, `citing.raised` says."""

from __future__ import annotations

import re
from html import unescape

from pipeline.core.content.importers.citing import raised
from pipeline.core.content.importers.source_lines import gone, rewrite

_TAG = re.compile(
    r"<(?P<tag>sup|sub)\b[^<>]{0,200}>(?P<inner>(?:[^<>]|</?(?:a|span|b|em|strong|i)\b[^<>]{0,300}>){0,300}?)</(?P=tag)>",
    re.IGNORECASE,
)
_CARETS = re.compile(r"(?<=\S)\^(\[?\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20}\]?)\^")
_TILDES = re.compile(r"(?<=\w)~(\d{1,3}[+-]?)~(?!~)")
_TAGS = re.compile(r"<[^<>]*>")


def take(text: str, first_line: int) -> str:
    """A raised number becomes `[^#1,2]`, which is a citation if the page lists such a source; other figures keep their
    height, and letters come down."""
    if "<su" in text.lower():
        text = rewrite(text, first_line, _TAG, lambda match, line: _tag(match, text))
    if "^" in text:
        before = text
        text = rewrite(text, first_line, _CARETS, lambda match, line: _raised(match, match.group(1), before))
    if "~" in text:
        text = rewrite(text, first_line, _TILDES, lambda match, line: raised.down(match.group(1)))
    return text


def _tag(match: re.Match[str], text: str) -> str:
    words = _TAGS.sub("", match["inner"]).strip()
    lost = "\n" * match.group().count("\n")
    if match["tag"].lower() == "sub":
        return raised.down(words) + (gone(lost) if lost else "")
    return _raised(match, words, text) + (gone(lost) if lost else "")


def _raised(match: re.Match[str], words: str, text: str) -> str:
    before = text[max(0, match.start() - raised.NEAR) : match.start()]
    said = unescape(words)
    marks = raised.mark_in(said)
    if not marks:
        high = raised.up(said)
        return high if high != said else words  # as typed, since an entity may be a `<`
    if raised.is_power(before, marks, text[match.end() : match.end() + 1]):
        return raised.raised(marks)
    return f"[^#{marks}]"
