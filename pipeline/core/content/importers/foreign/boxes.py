"""Boxes of other tools: the word and the title that open one, and which line closes which box."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.foreign.grammar import Box
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.urgency import is_box

UNCLOSED_RULE = "box-not-closed"

_BRACES = re.compile(r"\{([^{}]*)\}")
_CLASS = re.compile(r"\.([\w-]{1,40})")
_TITLE = re.compile(r"""\btitle\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_LABEL = re.compile(r"\[([^\[\]]*)\]")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 2000  # characters of a line that opens a box


def opening(words: str) -> tuple[str, str]:
    """The word and the title on a line that opens a box, in the habits of Pandoc, Quarto, Docusaurus and VuePress."""
    words = words[:_LONGEST]
    if braces := _BRACES.search(words):
        classes = _CLASS.findall(braces.group(1))
        word = next((c for c in classes if is_box(c)), classes[0] if classes else "")
        named = _TITLE.search(braces.group(1))
        title = next(filter(None, named.groups()), "") if named else ""
        rest = words.replace(braces.group(), " ").strip()
        if not word and rest:
            word, _, rest = rest.partition(" ")
        return word, title or rest.strip(" \"'")
    rest = words.lstrip("-_" + _LETTERS)
    word, rest = words[: len(words) - len(rest)], rest.strip()
    if label := _LABEL.match(rest):
        rest = label.group(1)
    return word, tidy_text(rest.strip(" \"'").replace("**", ""))


def paired(
    lines: Sequence[str], numbers: Sequence[int], notes: Notes
) -> tuple[dict[int, Box], frozenset[int]]:
    """The boxes by the line that opens them, and every line that only opens or closes one."""
    open_at: list[tuple[int, str, str]] = []
    boxes: dict[int, Box] = {}
    marks: set[int] = set()
    for at, line in enumerate(lines):
        fence = line.lstrip(" \t>")
        if not fence.startswith(":::"):
            continue
        marks.add(at)
        if words := fence.strip(": \t"):
            open_at.append((at, *opening(words)))
        elif open_at:
            start, word, title = open_at.pop()
            boxes[start] = Box(word, title, at)
        else:
            notes.leave(numbers[at], line, "the end of a box that is not open")
    for start, _, _ in open_at:
        message = (
            "This box is not closed, so it is not known where it ends. Its words were read as ordinary text."
        )
        notes.find(UNCLOSED_RULE, Severity.B, numbers[start], lines[start], message)
    return boxes, frozenset(marks)
