"""Every source of a page, from wherever it names them, and the keys in the text made into citations of them.

The order is that of the page's own list; footnotes follow in the order of their first use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.core.content.article import Cite, Inline, Inlines, Reference, Run, Severity
from pipeline.core.content.citations import numbers_in
from pipeline.core.content.importers import reference_list
from pipeline.core.content.importers.citing.lifter import Lifter
from pipeline.core.content.importers.foreign import footnotes
from pipeline.core.content.importers.foreign.blocks import ForeignBlocks
from pipeline.core.content.importers.foreign.footnotes import Footnote
from pipeline.core.content.importers.foreign.grammar import parse_inline
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.page import Entry
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.links import link_fault

UNKNOWN_RULE = "unknown-citation"
NUMBERS_RULE = "reference-numbers"

# `(1)` right before the end of a sentence or of a line; `(1) first, (2) second` counts things.
_ROUND = re.compile(r"\((\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20})\)(?=[.,;:!?]|\s*$)")


@dataclass(slots=True)
class Sources:
    """`add` and `note` while the page is read, then `close`, then `resolve`."""

    notes: Notes
    footnotes: dict[str, Footnote]
    entries: list[Entry] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # a key, and its place in `entries`
    listed: int = 0  # how many of the entries the page numbers itself: the first ones
    references: tuple[Reference, ...] = ()
    lifter: Lifter | None = None

    def add(self, text: str, line: int, *keys: str) -> None:
        """A source of the page's own list; numbers in the text count these."""
        self._place(text, line, keys)
        self.listed = len(self.entries)

    def note(self, cite: Cite, line: int, inline_notes: Sequence[tuple[str, int]]) -> None:
        """Takes the footnote or link that a key names into the list, if it is there and new."""
        for key in cite.refs:
            if key in self.places or ((number := _numbers(key)) and self._known(number)):
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

    def close(self, words: Lifter | None) -> None:
        for name, footnote in self.footnotes.items():
            if f"^{name}" not in self.places:
                self._note(f"^{name}", plain_with_links(footnote.text), footnote.line)
        self.references, findings = reference_list.references(self.entries)
        self.notes.findings += findings
        self.lifter = words and Lifter(self.references[: self.listed], words.words)

    def resolve(self, text: Inlines, line: int) -> Inlines:
        parts: list[Inline] = []
        for at, part in enumerate(text):
            if isinstance(part, Run):
                parts += self._lifted(part, text[at + 1] if at + 1 < len(text) else None, line)
                continue
            for key in part.refs:
                parts += self._cited(key, line)
        return tidy(_merged(parts))

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

    def _cited(self, key: str, line: int) -> list[Inline]:
        if key in self.places:
            return [Cite((self.references[self.places[key]].id,))]
        numbers = _numbers(key)
        if numbers and self._known(numbers):
            return [Cite(tuple(self.references[number - 1].id for number in numbers))]
        raw = f"[{key[2:].partition('|')[0].strip('[]')}]" if key.startswith("^#") else f"[{key}]"
        raw = f"[{key[1:]}]" if key.startswith("^@") else raw
        message = f"'{raw[:60]}' cites a source that the page does not list. It was left in the text."
        self.notes.find(UNKNOWN_RULE, Severity.B, line, raw, message)
        return [Run(raw)]

    def _lifted(self, run: Run, after: Inline | None, line: int) -> list[Inline]:
        if self.lifter is None or not self.listed or run.href:
            return [run]
        tail = _first_letter(after)
        parts: list[Inline] = []
        at = 0
        for match in _ROUND.finditer(run.text):
            numbers = _numbers(f"^#{match.group(1)}")
            if numbers and self._known(numbers) and match.start() > 0:
                parts += self._by_lifter(run, run.text[at : match.start()], "", line)
                parts.append(Cite(tuple(self.references[number - 1].id for number in numbers)))
                at = match.end()
        return [*parts, *self._by_lifter(run, run.text[at:], tail, line)]

    def _by_lifter(self, run: Run, text: str, tail: str, line: int) -> list[Inline]:
        """`tail` is the first letter after the run, so that its end is not taken for the end of a sentence."""
        if not text.strip() or self.lifter is None:
            return [_styled(run, text)]
        before = text[: len(text) - len(text.lstrip())]
        after = text[len(text.rstrip()) :]
        lifted = self.lifter.lift(text.strip() + tail, line)
        self.notes.findings += lifted.findings
        parts = [part if isinstance(part, Cite) else _styled(run, part.text) for part in lifted.text]
        if tail and isinstance(last := parts[-1], Run):
            parts[-1] = _styled(run, last.text[: -len(tail)])
        return [Run(before), *parts, Run(after)]


def plain_with_links(text: str) -> str:
    """A line of Markdown as words, each link's address after its words unless they say it."""
    reader = ForeignBlocks([], [], Notes(), as_words=True)
    parts = reader.inlines(parse_inline(text))
    return tidy_text("".join(part.text for part in parts if isinstance(part, Run)))


def _styled(run: Run, text: str) -> Run:
    return Run(text, run.strong, run.emphasis, run.href)


def _numbers(key: str) -> tuple[int, ...]:
    """The numbers of a key `^#[1,3-5]`, or of a footnote that is called by a number; empty if it has none."""
    raw = key.removeprefix("^").removeprefix("#").partition("|")[0].strip("[]()")
    try:
        return numbers_in(raw) if re.fullmatch(r"[\d\s,–-]{1,100}", raw) else ()
    except ValueError:
        return ()


def _merged(parts: Sequence[Inline]) -> list[Inline]:
    """Marks that stand side by side, or with a comma between them, as one."""
    out: list[Inline] = []
    for part in parts:
        if isinstance(part, Run) and not part.text:
            continue
        if isinstance(part, Cite):
            between = out[-1] if out else None
            if isinstance(between, Run) and between.text.strip() in ("", ",") and len(out) > 1:
                before = out[-2]
                if isinstance(before, Cite):
                    out.pop()
            if out and isinstance(last := out[-1], Cite):
                out[-1] = Cite(tuple(dict.fromkeys((*last.refs, *part.refs))))
                continue
        out.append(part)
    return out


def _first_letter(after: Inline | None) -> str:
    words = after.text.strip() if isinstance(after, Run) else ""
    return f" {words[0]}" if words and words[0].isalnum() else ""
