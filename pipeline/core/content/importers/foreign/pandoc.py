"""Citations of Pandoc, `[@smith, p. 3; @jones]` and `@smith says`, and the list that it makes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.core.content.importers.foreign.fields import Source
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import GONE, rewrite

_CITED = re.compile(r"\[(?P<inner>[^\[\]\n@]{0,300}@[^\[\]\n]{1,600})\](?![(\[:])")
_ONE = re.compile(
    r"(?P<before>[^@]{0,200}?)-?(?<![\w.])@(?P<key>\{[^{}]{1,80}\}|[\w][\w:.#$%&+?~/-]{0,80})(?P<after>.{0,200})"
)
_IN_TEXT = re.compile(
    r"(?<![\w@/.\[^])(?P<unnamed>-?)@(?P<key>[\w][\w:.#$%&+?~/-]{0,80})(?:\s\[(?P<page>[^\[\]\n@]{1,100})\])?"
)
_REFS = re.compile(
    r"[ \t]{0,3}:::+\s*\{[^{}]*#refs\b[^{}]*\}\s*:*|[ \t]{0,3}<div[^<>]{0,200}\bid=\"refs\"[^<>]{0,200}>\s*"
)
_ENTRY = re.compile(
    r"[ \t]{0,3}:::+\s*\{[^{}]*#ref-(?P<key>[^\s{}.]{1,80})[^{}]*\}\s*:*"
    r"|[ \t]{0,3}<div[^<>]{0,200}\bid=\"ref-(?P<other>[^\"]{1,80})\"[^<>]{0,200}>\s*"
)
_FENCE = re.compile(r"[ \t]{0,3}:::+\s*:*\s*|[ \t]{0,3}</div>\s*")


def take_list(text: str, first_line: int) -> tuple[str, list[Source]]:
    """`text` without the box `{#refs}`, and its entries with their keys."""
    if "refs" not in text:
        return text, []
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if _REFS.fullmatch(line[:500])), None)
    if start is None:
        return text, []
    found: list[Source] = []
    depth, at = 1, start + 1
    key, words, line = "", list[str](), 0
    while at < len(lines) and depth:
        here = lines[at]
        if entry := _ENTRY.fullmatch(here[:500]):
            depth += 1
            key, words, line = entry["key"] or entry["other"], [], first_line + at + 1
        elif _FENCE.fullmatch(here[:100]):
            depth -= 1
            if key and words:
                found.append(Source(" ".join(words), key, line))
            key, words = "", []
        elif here.strip():
            words.append(here.strip())
            line = line or first_line + at
        elif words and not key:
            found.append(Source(" ".join(words), "", line))
            words, line = [], 0
        at += 1
    if words:
        found.append(Source(" ".join(words), key, line))
    lines[start:at] = [GONE] * (at - start)
    return "\n".join(lines), found


def take_marks(text: str, first_line: int, families: Mapping[str, str], notes: Notes) -> str:
    """`text` with its citations as `[^@key]`. `families` tells the known keys and the author's name of each."""
    if "@" not in text:
        return text
    text = rewrite(text, first_line, _CITED, lambda match, line: _cited(match, line, notes))
    return rewrite(text, first_line, _IN_TEXT, lambda match, line: _in_text(match, line, families, notes))


def _cited(match: re.Match[str], line: int, notes: Notes) -> str:
    parts = [_ONE.fullmatch(part.strip()) for part in match["inner"].split(";")]
    if not all(parts):
        return match.group()
    marks = []
    for part in parts:
        if part is None:
            continue
        key = part["key"].strip("{}").rstrip(".:,?/")
        marks.append(f"[^@{key}]")
        if around := f"{part['before']} {part['after']}".strip(" ,-"):
            notes.leave(line, f"@{key}: {around}", "the page of a citation, or a word beside it")
    return "".join(marks)


def _in_text(match: re.Match[str], line: int, families: Mapping[str, str], notes: Notes) -> str:
    key = match["key"].rstrip(".:,?/")
    if key not in families:
        return match.group()
    rest = match["key"][len(key) :]
    if match["page"]:
        notes.leave(line, f"@{key}: {match['page']}", "the page of a citation, or a word beside it")
    named = "" if match["unnamed"] else families[key]
    return f"{named}[^@{key}]{rest}"
