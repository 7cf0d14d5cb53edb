"""Takes citations out of the words and puts them beside: `tests2,5` is `tests` and a mark of two references.

A mark is taken where every number is in the list and its place allows no other reading. What could be a citation is
left in the text, and asked about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.core.content.article import Cite, Finding, Inline, Inlines, Reference, Run, Severity
from pipeline.core.content.citations import MARK, ids_for
from pipeline.core.content.importers.citing import author_year, glued, linked, raised, round, signs, square
from pipeline.core.content.importers.citing.found import Doubt, Found, Mark, quoted
from pipeline.core.content.importers.citing.habits import NO_HABITS, Habits
from pipeline.core.content.inlines import tidy
from pipeline.core.content.references import identifiers

RULE = "E-20.glued-citation"

_MAY_CITE = re.compile(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§¶]")  # every notation has one of these in it
_HELD = "\ue000"  # stands for a citation that is a value already


@dataclass(frozen=True, slots=True)
class Lifted:
    """Text with its citations as values, and what a person must decide."""

    text: Inlines
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Lifter:
    """`words` counts every token of the page as typed, so that a name used twice is known for one. `signs` maps a
    footnote sign to the number of its reference. `listed` says how many of the references, the first ones, a page
    numbers itself, so that figures can mean them: all, where it is None."""

    references: Sequence[Reference]
    words: Counter[str]
    habits: Habits = NO_HABITS
    signs: Mapping[str, int] = field(default_factory=dict)
    listed: int | None = None

    def lift(self, text: str, line: int) -> Lifted:
        """The citations of plain text."""
        return self.lift_inlines((Run(text),), line)

    def lift_inlines(self, inlines: Inlines, line: int) -> Lifted:
        """The citations of styled text, of which some may be values already. A mark may go through several styles, and
        a link to the address of a reference is followed by its citation."""
        text = "".join(_HELD if isinstance(part, Cite) else part.text.replace(_HELD, "") for part in inlines)
        is_linked = any(isinstance(part, Run) and part.href for part in inlines)
        marks: list[Mark] = []
        doubts: list[Doubt] = []
        if _MAY_CITE.search(text):
            marks, doubts = self._sorted_out(text)
            if is_linked:
                marks, led_away = self._without_led_away(marks, inlines, text)
                doubts = [*self._open(doubts, inlines, text), *led_away]
            inlines = tuple(self._cut(inlines, marks))
        if is_linked:
            inlines = tuple(linked.cited(inlines, self._addresses))
        return Lifted(tidy(inlines), tuple(_question(doubt, line) for doubt in doubts))

    def doubts(self, text: str, line: int) -> tuple[Finding, ...]:
        """Questions alone, for text that keeps its digits: a heading, or a file that its author wrote."""
        text = MARK.sub("", text)
        marks, doubts = self._sorted_out(text)
        asked = [*doubts, *(Doubt(m.start, m.end, text[max(0, m.end - 40) : m.end].strip()) for m in marks)]
        return tuple(_question(doubt, line) for doubt in asked)

    def _sorted_out(self, text: str) -> tuple[list[Mark], list[Doubt]]:
        """Marks and doubts in the order of the text, none over another: a mark goes before a doubt."""
        found = list(self._found(text))
        marks: list[Mark] = []
        for mark in sorted((f for f in found if isinstance(f, Mark)), key=lambda f: (f.start, -f.end)):
            if (not marks or marks[-1].end <= mark.start) and _HELD not in text[mark.start : mark.end]:
                marks.append(mark)
        doubts: list[Doubt] = []
        taken = iter([*marks, Mark(len(text) + 1, len(text) + 1, ())])
        near = next(taken)
        for doubt in sorted((f for f in found if isinstance(f, Doubt)), key=lambda f: (f.start, -f.end)):
            while near.end <= doubt.start:
                near = next(taken)
            if doubt.end <= near.start and (not doubts or doubts[-1].end <= doubt.start):
                doubts.append(doubt)
        return marks, doubts

    def _without_led_away(
        self, marks: Sequence[Mark], inlines: Inlines, text: str
    ) -> tuple[list[Mark], list[Doubt]]:
        """Marks without those that take a whole link with them which leads elsewhere than to what they cite, and a
        doubt for each of these: the address would be lost."""
        links = list(_links(inlines))
        kept: list[Mark] = []
        doubts: list[Doubt] = []
        near = 0
        for mark in marks:
            while near < len(links) and links[near].end <= mark.start:
                near += 1
            at = near
            while at < len(links) and links[at].start < mark.end and self._leads_to_mark(links[at], mark):
                at += 1
            if at == len(links) or links[at].start >= mark.end:
                kept.append(mark)
            else:
                why = f"It is a link to {identifiers.host_of(links[at].href) or links[at].href[:60]}."
                doubts.append(Doubt(mark.start, mark.end, quoted(text, mark.start, mark.end), why))
        return kept, doubts

    def _open(self, doubts: Sequence[Doubt], inlines: Inlines, text: str) -> Iterator[Doubt]:
        """Doubts without those that a link settles: `5 mg (4)`, where the 4 leads to reference 4."""
        numbers = {reference.id: str(n) for n, reference in enumerate(self.references, start=1)}
        settled = {
            end
            for link in _links(inlines)
            if (ref := self._addresses.get(identifiers.address_key(link.href))) is not None
            and text[link.start : link.end].strip(" []()") == numbers[ref]
            for end in (link.end, link.end + 1)
        }
        return (doubt for doubt in doubts if doubt.end not in settled)

    def _leads_to_mark(self, link: _Link, mark: Mark) -> bool:
        """Whether nothing is lost if the link goes: words of it stay, or it leads to what the mark cites."""
        if link.start < mark.start or mark.end < link.end:
            return True
        ref = self._addresses.get(identifiers.address_key(link.href))
        return ref is not None and ref in ids_for(mark.numbers, self.references)

    def _found(self, text: str) -> Iterator[Found]:
        count = len(self.references) if self.listed is None else self.listed
        if "[" in text or "(" in text:
            yield from square.find(text, count)
            yield from round.find(text, count, habit=self.habits.round)
            yield from author_year.find(text, self._authors)
        yield from raised.find(text, count)
        yield from glued.find(text, count, self.words)
        yield from signs.find(text, self.signs)

    def _cut(self, inlines: Inlines, marks: Sequence[Mark]) -> Iterator[Inline]:
        """The runs without the marks in them, and each mark as a value where it began."""
        waiting = iter([*marks, None])
        mark = next(waiting)
        at = 0
        for part in inlines:
            if isinstance(part, Cite):
                yield part
                at += 1
                continue
            words = part.text.replace(_HELD, "")
            begin, end = at, at + len(words)
            while mark is not None and mark.start < end:
                if mark.start >= begin:
                    if mark.start > at:
                        yield _piece(part, words[at - begin : mark.start - begin])
                    yield Cite(ids_for(mark.numbers, self.references))
                at = min(mark.end, end)
                if mark.end > end:
                    break
                mark = next(waiting)
            if at < end:
                yield _piece(part, words[at - begin :])
            at = end

    @cached_property
    def _authors(self) -> author_year.Authors:
        return author_year.authors(self.references)

    @cached_property
    def _addresses(self) -> Mapping[str, str]:
        return linked.addresses(self.references)


@dataclass(frozen=True, slots=True)
class _Link:
    """Where the words of a link stand in the text of its inlines."""

    start: int
    end: int
    href: str


def _links(inlines: Inlines) -> Iterator[_Link]:
    at = 0
    open_link: _Link | None = None
    for part in inlines:
        end = at + (len(part.text.replace(_HELD, "")) if isinstance(part, Run) else 1)
        href = part.href if isinstance(part, Run) else None
        if open_link is not None and href == open_link.href:
            open_link = _Link(open_link.start, end, open_link.href)
        else:
            if open_link is not None:
                yield open_link
            open_link = _Link(at, end, href) if href else None
        at = end
    if open_link is not None:
        yield open_link


def _piece(run: Run, text: str) -> Run:
    return Run(text, run.strong, run.emphasis, run.href)


def _question(doubt: Doubt, line: int) -> Finding:
    why = f" {doubt.why}" if doubt.why else ""
    return Finding(
        RULE,
        Severity.B,
        line,
        doubt.quote,
        f"Is the end of '{doubt.quote}' a citation?{why} It was left in the text. If it is one, write it as [n].",
    )
