"""The list of sources at the end of a page, read line by line: entries after `1.`, `[1]`, `-`, or a paragraph each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.content.article import Inlines, Listing, Run, Severity
from pipeline.core.content.importers import furniture, reference_list
from pipeline.core.content.importers.foreign.outline import Part
from pipeline.core.content.importers.foreign.references import NUMBERS_RULE, Sources, plain_with_links
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.outline import suggested_heading
from pipeline.core.content.importers.page import Chunk, Entry
from pipeline.core.content.importers.reference_names import names_references
from pipeline.core.content.importers.source_lines import Numbered
from pipeline.core.content.words import plain

_BULLET = re.compile(r"[ \t]{0,8}[-*+•][ \t]+(?=\S)")
_NUMBER = re.compile(r"[ \t]{0,8}(?:\\?\[\^?(\d{1,3})\\?\][:.]?|(\d{1,3})\\?[.)])[ \t]+(?=\S)")


def take_unnamed(parts: Sequence[Part], sources: Sources, notes: Notes) -> None:
    """A numbered list at the very end that looks like sources, where the page names none: its heading was lost."""
    block = parts[-1].blocks[-1] if parts and parts[-1].blocks else None
    if sources.entries or not isinstance(block, Listing) or not block.ordered:
        return
    entries = tuple(
        Entry(_with_addresses(item.text), item.line, 0, n) for n, item in enumerate(block.items, 1)
    )
    if reference_list.looks_like_references(Chunk(entries, 0)):
        parts[-1].blocks.pop()
        notes.findings.append(suggested_heading("References", block.line, entries[0].text))
        for entry in entries:
            sources.add(entry.text, entry.line)


def _with_addresses(text: Inlines) -> str:
    words = [plain(text), *(run.href for run in text if isinstance(run, Run) and run.href)]
    return " ".join(dict.fromkeys(words)) if words[0] not in words[1:] else words[0]


@dataclass(slots=True)
class _Entry:
    number: int  # 0 where it has none
    words: list[str]
    line: int
    after_blank: bool


def take(
    parts: Sequence[Part], page: Numbered, lines: Sequence[str], sources: Sources, notes: Notes
) -> list[Part]:
    """`parts` without those that list sources, and the sources in `sources`."""
    kept: list[Part] = []
    under: Part | None = None  # the heading of the list, whose smaller headings belong to it
    for part in parts:
        inside = under is not None and part.level > under.level
        if not inside:
            under = part if names_references(part.heading) else None
        if under is None or part.is_question:
            kept.append(part)
            continue
        if part is not under:
            notes.leave(part.line, part.heading, "a heading inside the list of sources")
        _take_entries(part, page, lines, sources, notes)
    return kept


def _take_entries(part: Part, page: Numbered, lines: Sequence[str], sources: Sources, notes: Notes) -> None:
    entries = _entries(lines[part.at : part.until], page.lines[part.at : part.until])
    numbered = [entry for entry in entries if entry.number]
    if [entry.number for entry in numbered] != list(range(1, len(numbered) + 1)):
        message = "The numbers of this list are not 1, 2, 3 in order. Its entries were counted as they stand."
        notes.find(NUMBERS_RULE, Severity.B, part.line, part.heading, message)
    noted = {part.line for part in notes.left_out} | {finding.line for finding in notes.findings}
    for entry in entries:
        text = plain_with_links(" ".join(entry.words))
        stray = numbered and not entry.number and entry.after_blank
        if not text or entry.line in noted:
            continue
        if stray or furniture.reason(text) or furniture.is_disclaimer(text):
            notes.leave(entry.line, text, "words under the list of sources")
        else:
            sources.add(text, entry.line)


def _entries(lines: Sequence[str], numbers: Sequence[int]) -> list[_Entry]:
    found: list[_Entry] = []
    blank = True
    for line, number in zip(lines, numbers, strict=True):
        if not line.strip():
            blank = True
            continue
        bullet = _BULLET.match(line)
        rest = line[bullet.end() :] if bullet else line
        count = _NUMBER.match(rest)
        marked = bullet is not None or count is not None
        if marked or not found or (blank and not line.startswith(("  ", "\t"))):
            words = rest[count.end() :] if count else rest
            at = int(count.group(1) or count.group(2)) if count else 0
            found.append(_Entry(at, [words.strip()], number, blank and not marked))
        else:
            found[-1].words.append(line.strip())
        blank = False
    return found
