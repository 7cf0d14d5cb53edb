"""Comments of HTML, which nobody was to read."""

from __future__ import annotations

from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import gone


def take(text: str, first_line: int, notes: Notes) -> str:
    pieces: list[str] = []
    at = counted = 0
    line = first_line
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        line += text.count("\n", counted, start)
        counted = start
        quote = text[start : end + 3]
        notes.leave(line, quote[4:-3], "a comment")
        pieces += [text[at:start], gone(quote)]
        at = end + 3
    return "".join([*pieces, text[at:]])
