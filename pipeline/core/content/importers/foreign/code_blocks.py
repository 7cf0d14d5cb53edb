"""Blocks of code, which no article has; and the boxes that Obsidian and MkDocs write as code or with an indent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.foreign import boxes
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import BREAK, GONE

RULE = "code-block"

_FENCE = re.compile(r"(?P<before>[ \t>]{0,40})(?P<fence>`{3,100}|~{3,100})(?P<info>[^`]{0,500})")
_ADMONITION = re.compile(
    r"(?P<before>[ \t]{0,20})(?:!!!|\?\?\?\+?)\s+(?P<word>[\w-]{1,40})(?P<title>[^\n]{0,300})"
)
_FIELD = re.compile(r"\s*(?P<name>title|collapse|color|icon):\s*(?P<value>.*)")


def take(text: str, first_line: int, notes: Notes) -> str:
    lines = text.split("\n")
    if "```" in text or "~~~" in text:
        lines = _without_code(lines, first_line, notes)
    if "!!!" in text or "???" in text:
        lines = _with_admonitions(lines)
    return "\n".join(lines)


def _without_code(lines: list[str], first_line: int, notes: Notes) -> list[str]:
    fences = [match if (match := _FENCE.fullmatch(line)) else None for line in lines]
    longest = _longest_after(fences)
    out: list[str] = []
    at = 0
    while at < len(lines):
        match = fences[at]
        if match is None:
            out.append(lines[at])
            at += 1
            continue
        fence, info = match["fence"], match["info"].strip().lower()
        if longest[at].get(fence[0], 0) < len(fence):
            message = "A block of code opens here and is not closed. What follows was read as ordinary text."
            notes.find(RULE, Severity.B, first_line + at, lines[at], message)
            out.append(GONE)
            at += 1
            continue
        end = next(n for n in range(at + 1, len(lines)) if _closes(fences[n], fence))
        inner = lines[at + 1 : end]
        if info.startswith("ad-"):
            out += _boxed(match["before"], info[3:], inner)
        else:
            message = (
                "A block of code stands here, which an email cannot show. It was left out. Write it as text."
            )
            notes.find(RULE, Severity.B, first_line + at, " ".join(inner), message)
            notes.leave(first_line + at, " ".join(inner), "a block of code")
            out += [BREAK + GONE] * (end - at + 1)
        at = end + 1
    return out


def _closes(match: re.Match[str] | None, fence: str) -> bool:
    return (
        match is not None
        and not match["info"].strip()
        and match["fence"][0] == fence[0]
        and len(match["fence"]) >= len(fence)
    )


def _longest_after(fences: Sequence[re.Match[str] | None]) -> list[dict[str, int]]:
    """For each line, the longest closing fence of each sign that comes after it: no search goes in vain."""
    longest: list[dict[str, int]] = [{} for _ in fences]
    known: dict[str, int] = {}
    for at in range(len(fences) - 1, -1, -1):
        longest[at] = known
        match = fences[at]
        if match is not None and not match["info"].strip():
            sign = match["fence"][0]
            if len(match["fence"]) > known.get(sign, 0):
                known = known | {sign: len(match["fence"])}
    return longest


def _boxed(before: str, word: str, inner: Sequence[str]) -> list[str]:
    title = ""
    words: list[str] = []
    for line in inner:
        field = _FIELD.fullmatch(line)
        if field and not any(word.strip() for word in words):
            title = field["value"] if field["name"] == "title" else title
            words.append(GONE)
        else:
            words.append(line)
    return [f"{BREAK}{before}::: {word} {title}", *words, f"{before}:::{BREAK}"]


def _with_admonitions(lines: Sequence[str]) -> list[str]:
    """`!!! warning "Title"` over lines that are indented by four, as lines between `:::`."""
    out: list[str] = []
    open_at: list[int] = []  # the indents of the boxes that are open
    for line in lines:
        indent = len(line) - len(line.lstrip())
        closed = 0
        while line.strip() and open_at and indent < open_at[-1] + 4:
            open_at.pop()
            closed += 1
        match = _ADMONITION.fullmatch(line)
        own = line[4 * len(open_at) :] if open_at and line.strip() else line
        prefix = f"{BREAK}:::{BREAK}{BREAK}" * closed
        if match and boxes.known(match["word"]):
            title = match["title"].strip(" \"'")
            out.append(f"{prefix}{BREAK}::: {match['word']} {title}{BREAK}")
            open_at.append(indent)
        else:
            out.append(prefix + own)
    out[-1:] = [out[-1] + f"{BREAK}:::" * len(open_at)] if out else []
    return out
