"""Footnotes of Markdown, `[^smith]: ...`, taken out of the text by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import BREAK, GONE

TWICE_RULE = "footnote-twice"
REMARK_RULE = "footnote-remark"

_DEFINITION = re.compile(r" {0,3}\[\^([^\[\]\n]{1,200})\]:[ \t]*(.*)")
_OTHER_BLOCK = re.compile(r"\s{0,3}(?:#{1,6}\s|[-*+]\s|\d{1,3}[.)]\s|>|:::|```|\|)")
_SOURCE = re.compile(
    r"https?://|\bdoi\b|\bpmid\b|\[internet\]|\b(?:19|20)\d\d\b|\bet al\b|\baccessed\b|\bjournal\b|\bwebsite\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Footnote:
    text: str
    line: int


def take(text: str, first_line: int, notes: Notes) -> tuple[str, dict[str, Footnote]]:
    """`text` without its footnotes, and the footnotes by name."""
    found: dict[str, Footnote] = {}
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        match = _DEFINITION.match(lines[at])
        if match is None:
            at += 1
            continue
        end = _end(lines, at)
        name, line = match.group(1).strip(), first_line + at
        words = " ".join([match.group(2), *(line.strip() for line in lines[at + 1 : end])]).replace(
            BREAK, " "
        )
        if name in found:
            message = f"The footnote '{name[:60]}' stands on line {found[name].line} too. This one was lost."
            notes.find(TWICE_RULE, Severity.B, line, words, message)
        else:
            found[name] = Footnote(words.replace(GONE, "").strip(), line)
        lines[at:end] = [GONE] * (end - at)
        at = end
    return "\n".join(lines), found


def _end(lines: Sequence[str], start: int) -> int:
    """The line after a footnote: it goes on in lines right below, and in indented ones after a blank line."""
    at = end = start + 1
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        indented = line.startswith(("    ", "\t"))
        lazy = at == end and _DEFINITION.match(line) is None and _OTHER_BLOCK.match(line) is None
        if not (indented or lazy):
            break
        at += 1
        end = at
    return end


def ask_whether_source(number: int, text: str, line: int, notes: Notes) -> None:
    """A note without a year, an address or another trace of a source may be a remark: only a person can tell."""
    if not _SOURCE.search(text):
        notes.find(
            REMARK_RULE,
            Severity.B,
            line,
            text,
            f"Is this note a source, or a remark? It was taken for a source, as reference {number}. "
            "If it is a remark, move its words into the text and take the reference out.",
        )
