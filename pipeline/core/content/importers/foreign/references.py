"""Every source of a page, from wherever it names them, and the keys in the text made into citations of them.

The order is that of the page's own list; footnotes follow in the order of their first use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.core.content.article import Cite, Inline, Inlines, Reference, Run
from pipeline.core.content.citations import numbers_in
from pipeline.core.content.importers import reference_list
from pipeline.core.content.importers.citing import unlisted
from pipeline.core.content.importers.citing.neighbours import together
from pipeline.core.content.importers.foreign import footnotes
from pipeline.core.content.importers.foreign.blocks import ForeignBlocks
from pipeline.core.content.importers.foreign.footnotes import Footnote
from pipeline.core.content.importers.foreign.grammar import parse_inline
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.page import Entry
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.links import link_fault

NUMBERS_RULE = "reference-numbers"


@dataclass(slots=True)
class Sources:
    """`add` and `note` while the page is read, then `close`, then `resolve`."""

    notes: Notes
    footnotes: dict[str, Footnote]
    entries: list[Entry] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # a key, and its place in `entries`
    listed: int = 0  # how many of the entries the page numbers itself: the first ones
    references: tuple[Reference, ...] = ()
    _numbers: dict[str, int] = field(default_factory=dict)

    def add(self, text: str, line: int, *keys: str) -> None:
        """A source of the page's own list; numbers in the text count these."""
        self._place(text, line, keys)
        self.listed = len(self.entries)

    def note(self, cite: Cite, line: int, inline_notes: Sequence[tuple[str, int]]) -> None:
        """Takes the footnote or link that a key names into the list, if it is there and new."""
        for key in cite.refs:
            if key in self.places or ((number := _numbers_of(key)) and self._known(number)):
                continue
            if key.startswith("^#"):
                href = key.partition("|")[2]
                if href and link_fault(href) is None:
                    self._place(href, line, (key,))
            elif key.startswith("^+"):
                text, at = inline_notes[int(key[2:]) - 1]
                self._note(key, plain_with_links(text), at)
            elif (footnote := self.footnotes.get(key[1:])) is not None:
                self._note(key, plain_with_links(footnote.text), footnote.line)

    def close(self) -> None:
        for name, footnote in self.footnotes.items():
            if f"^{name}" not in self.places:
                self._note(f"^{name}", plain_with_links(footnote.text), footnote.line)
        self.references, findings = reference_list.references(self.entries)
        self.notes.findings += findings
        self._numbers = {reference.id: reference.number for reference in self.references}

    def resolve(self, text: Inlines, line: int) -> Inlines:
        """Keys as citations. Those of no source stay apart until the other marks are lifted (`citing.unlisted`)."""
        if not any(isinstance(part, Cite) for part in text):
            return text
        parts: list[Inline] = []
        for part in text:
            if isinstance(part, Run):
                parts.append(part)
            else:
                parts += [self._cited(key, line) for key in part.refs]
        return together(parts, self._numbers)

    def _note(self, key: str, text: str, line: int) -> None:
        if text:
            self._place(text, line, (key,))
            footnotes.ask_whether_source(len(self.entries), text, line, self.notes)

    def _place(self, text: str, line: int, keys: Sequence[str]) -> None:
        text = tidy_text(text)
        for key in (text, *keys):
            if key in self.places:
                at = self.places[key]
                break
        else:
            at = len(self.entries)
            self.entries.append(Entry(text, line, 0, at + 1))
        for key in (text, *keys):
            self.places.setdefault(key, at)

    def _known(self, numbers: Sequence[int]) -> bool:
        return all(1 <= number <= self.listed for number in numbers)

    def _cited(self, key: str, line: int) -> Cite:
        if key in self.places:
            return Cite((self.references[self.places[key]].id,))
        numbers = _numbers_of(key)
        if numbers and self._known(numbers):
            return Cite(tuple(self.references[number - 1].id for number in numbers))
        raw = f"[{key[2:].partition('|')[0].strip('[]')}]" if key.startswith("^#") else f"[{key}]"
        raw = f"[{key[1:]}]" if key.startswith("^@") else raw
        self.notes.findings.append(unlisted.finding(raw, line))
        return unlisted.mark(raw)


def plain_with_links(text: str) -> str:
    """A line of Markdown as words, each link's address after its words unless they say it."""
    reader = ForeignBlocks([], [], Notes(), as_words=True)
    parts = reader.inlines(parse_inline(text))
    return tidy_text("".join(part.text for part in parts if isinstance(part, Run)))


def _numbers_of(key: str) -> tuple[int, ...]:
    """The numbers of a key `^#[1,3-5]`, or of a footnote that is called by a number; empty if it has none."""
    raw = key.removeprefix("^").removeprefix("#").partition("|")[0].strip("[]()")
    try:
        return numbers_in(raw) if re.fullmatch(r"[\d\s,–-]{1,100}", raw) else ()
    except ValueError:
        return ()
