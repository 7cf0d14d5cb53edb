"""Pieces of a page to its parts: which words are headings, how they are nested, and which are questions.

Pages of other tools have bold lines for headings, skip levels, number their headings and repeat the title. Each thing
that is read otherwise than it was written is a finding, or stands among what was left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.core.content.article import Block, Inline, Listing, Paragraph, Run, SectionKind, Severity
from pipeline.core.content.importers.foreign.blocks import Fold, FoldEnd, Head, Piece, Standing
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.outline import suggested_heading
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.kinds import guess_kind
from pipeline.core.content.words import plain

BOLD_RULE = "bold-heading"
LEVEL_RULE = "heading-level"
CAPITALS_RULE = "heading-in-capitals"
TITLES_RULE = "two-titles"
CITED_RULE = "cited-heading"
FOLD_RULE = "text-after-fold"

_LONGEST = 90  # characters of a bold line that may be a heading
_MOST_WORDS = 13
_DEEPEST = 6
_BOLD_LINE = re.compile(r"\s{0,3}(?:\*\*[^*]{1,200}\*\*|__[^_]{1,200}__):?\s*")
# A call for help is no heading, and `Q:` has a reader of its own.
_NO_HEADING = re.compile(
    r"\b(?:999|911|112|111|A&E|emergency|ambulance)\b|^(?:Q|Question)\s?\d{0,3}\s?[:.)]", re.IGNORECASE
)
_NAMED_PICTURE = re.compile(r"(?<!\S):[a-z][a-z0-9_+-]{1,30}:(?!\S)")
_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}[.):]?|[IVX]{1,5}[.)])\s+(?=\S)")
_CONTENTS = re.compile(
    r"(?:table of contents|contents|toc|in this (?:article|guide|page)|on this page|jump to|quick links|what.s inside"
    r"|[íi]ndice|inhalt(?:sverzeichnis)?|sommaire|table des mati[èe]res|目次|المحتويات|содержание)\s?\W{0,3}",
    re.IGNORECASE,
)
ENDS_QUESTION = ("?", "？", "؟")


@dataclass(slots=True)
class Part:
    """What stands under one heading; `at` and `until` are its lines of the text, without the heading."""

    heading: str
    level: int
    line: int
    at: int
    until: int = 0
    kind: SectionKind = SectionKind.OTHER
    suggested: bool = False
    is_question: bool = False
    styled: bool = False  # its heading was a bold line
    asks: bool = False  # heads questions and answers
    blocks: list[Block] = field(default_factory=list)


def is_asked(text: str) -> bool:
    return text.endswith(ENDS_QUESTION)


def with_bold_headings(pieces: Sequence[Piece], lines: Sequence[str], notes: Notes) -> list[Piece]:
    """Bold lines that stand where a heading would, as headings one level under the one before them."""
    found: list[Piece] = []
    level = 1
    for at, piece in enumerate(pieces):
        if isinstance(piece, Head):
            level = piece.level
        after = pieces[at + 1] if at + 1 < len(pieces) else None
        head = _bold_head(piece, after, level, lines) if isinstance(piece, Standing) else None
        if head is None or not isinstance(piece, Standing) or not isinstance(piece.block, Paragraph):
            found.append(piece)
            continue
        message = "This bold line was read as a heading. If it is none, make it part of a sentence."
        notes.find(BOLD_RULE, Severity.C, head.line, head.text, message)
        found.append(head)
        rest = tidy(_without_colon(piece.block.text[1:]))
        if rest:
            found.append(replace(piece, block=replace(piece.block, text=rest)))
    return found


def _bold_head(piece: Standing, after: Piece | None, level: int, lines: Sequence[str]) -> Head | None:
    block = piece.block
    if not isinstance(block, Paragraph) or not block.text:
        return None
    first = block.text[0]
    if not isinstance(first, Run) or not first.strong or first.href or piece.at >= len(lines):
        return None
    text = first.text.rstrip(": ")
    if not _BOLD_LINE.fullmatch(lines[piece.at][:300]) or not text or text[-1] in ".,;!。":
        return None
    if len(text) > _LONGEST or len(text.split()) > _MOST_WORDS or _NO_HEADING.search(text):
        return None
    alone = len(_without_colon(block.text[1:])) == 0
    if alone and (after is None or isinstance(after, Head | FoldEnd)):
        return None
    return Head(text, min(level + 1, _DEEPEST), block.line, piece.at, styled=True)


def _without_colon(text: Sequence[Inline]) -> list[Inline]:
    rest = list(text)
    first = rest[0] if rest else None
    if isinstance(first, Run) and not first.strong:
        stripped = first.text.lstrip(": ")
        rest[:1] = [replace(first, text=stripped)] if stripped else []
    return rest


def take_title(pieces: Sequence[Piece], given: str, line: int, notes: Notes) -> tuple[str, list[Piece]]:
    """The title, and the pieces without it. Empty if neither the front matter nor a heading has one."""
    firsts = [(at, piece) for at, piece in enumerate(pieces) if isinstance(piece, Head) and piece.level == 1]
    rest = list(pieces)
    if not given:
        if not firsts:
            return "", rest
        at, head = firsts[0]
        del rest[at]
        again = [
            n for n, p in enumerate(rest) if isinstance(p, Head) and p.level == 1 and p.text == head.text
        ]
        return head.text, _without(rest, again, notes)
    same = [at for at, head in firsts if _alike(head.text, given)]
    if not same and len(firsts) == 1 and not any(isinstance(p, Head) for p in pieces[: firsts[0][0]]):
        at, head = firsts[0]
        message = (
            f"The page has two titles: '{given[:80]}' on line {line} and '{head.text[:80]}' on line {head.line}. "
            "The first was kept. Choose one."
        )
        notes.find(TITLES_RULE, Severity.B, head.line, head.text, message)
        same = [at]
    return given, _without(rest, same, notes)


def _without(pieces: list[Piece], places: Sequence[int], notes: Notes) -> list[Piece]:
    for at in places:
        head = pieces[at]
        if isinstance(head, Head):
            notes.leave(head.line, head.text, "the title, once more")
    gone = set(places)
    return [piece for at, piece in enumerate(pieces) if at not in gone]


def with_levels(pieces: Sequence[Piece], notes: Notes) -> list[Piece]:
    """Headings from level 2 on, none deeper than one under the heading above it."""
    heads = [piece for piece in pieces if isinstance(piece, Head)]
    if not heads:
        return list(pieces)
    shift = 2 - min(head.level for head in heads)
    above: list[tuple[int, int]] = []  # as written, as read
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Head):
            while above and above[-1][0] >= piece.level:
                above.pop()
            level = min(above[-1][1] + 1 if above else 2, _DEEPEST)
            if level != piece.level + shift and not piece.styled:
                message = f"Headings skip a level: this one is written as level {piece.level}, and was read as {level}."
                notes.find(LEVEL_RULE, Severity.C, piece.line, piece.text, message)
            above.append((piece.level, level))
            piece = replace(piece, level=level)
        found.append(piece)
    return found


def with_plain_headings(pieces: Sequence[Piece], notes: Notes) -> list[Piece]:
    """Headings without their numbers and pictures; those without any word are taken out."""
    heads = [piece for piece in pieces if isinstance(piece, Head)]
    counted = sum(_NUMBER.match(head.text) is not None for head in heads) > 1
    found: list[Piece] = []
    for piece in pieces:
        if not isinstance(piece, Head):
            found.append(piece)
            continue
        text = _without_pictures(piece.text)
        if text != piece.text:
            notes.leave(piece.line, piece.text, "a picture letter in a heading")
        if counted and (number := _NUMBER.match(text)):
            notes.leave(piece.line, number.group(), "the number of a heading")
            text = text[number.end() :]
        if piece.cites:
            message = "A heading carries no citation: this one was lost. Put it after the sentence that it supports."
            notes.find(CITED_RULE, Severity.B, piece.line, piece.text, message)
        letters = [letter for letter in text if letter.isalpha()]
        if len(text.split()) > 1 and len(letters) > 6 and all(map(str.isupper, letters)):
            message = (
                "This heading is in capitals. Write it as a sentence: a screen reader may spell capitals out."
            )
            notes.find(CAPITALS_RULE, Severity.C, piece.line, text, message)
        if text.strip(" -–—:*_#"):
            found.append(replace(piece, text=tidy_text(text)))
        elif piece.text:
            notes.leave(piece.line, piece.text, "a heading without words")
    return found


def _without_pictures(text: str) -> str:
    kept = "".join(letter for letter in _NAMED_PICTURE.sub("", text) if not _is_picture(letter))
    return tidy_text(kept) if kept != text else text


def _is_picture(letter: str) -> bool:
    """Emoji and their modifiers; © and ° are signs of text."""
    point = ord(letter)
    return point in (0xFE0F, 0x200D, 0x20E3) or (
        point > 0x2190 and unicodedata.category(letter) in ("So", "Sk", "Cn") and not 0x2100 <= point < 0x2190
    )


def without_contents(pieces: Sequence[Piece], notes: Notes) -> list[Piece]:
    """Without tables of contents: a list under such a heading, or one that only repeats the headings."""
    headings = {_key(piece.text) for piece in pieces if isinstance(piece, Head)}
    found: list[Piece] = []
    under: Head | None = None
    for piece in pieces:
        if isinstance(piece, Head):
            under = piece if _CONTENTS.fullmatch(piece.text) else None
        elif isinstance(piece, Standing) and isinstance(piece.block, Listing):
            words = [plain(item.text) for item in piece.block.items]
            repeats = len(words) > 1 and all(_key(word) in headings for word in words)
            if repeats or (under is not None and found and found[-1] is under):
                notes.leave(piece.block.line, " / ".join(words), "a table of contents")
                if found and found[-1] is under:
                    found.pop()
                continue
        found.append(piece)
    return found


def _key(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text.lower())


def _alike(one: str, other: str) -> bool:
    return _key(one) == _key(other)


@dataclass(slots=True)
class Outline:
    """Opens a part at each heading. Questions are parts under a heading that says so, or folded parts that ask."""

    notes: Notes
    parts: list[Part] = field(default_factory=list)
    before: list[Block] = field(default_factory=list)  # what stands above the first heading
    before_until: int = 0
    _asking: int = 0  # the level of the heading over the questions; 0 outside
    _asked: int = 0  # the level of those questions
    _fold_from: Part | None = None
    _after_fold: bool = False

    def over(self, pieces: Sequence[Piece], end: int) -> None:
        for piece in pieces:
            if isinstance(piece, Head):
                if self.parts:
                    self.parts[-1].until = piece.at
                self._head(piece)
                self._fold_from, self._after_fold = None, False
            elif isinstance(piece, Fold):
                self._fold(piece)
            elif isinstance(piece, FoldEnd):
                self._fold_end()
            else:
                self._block(piece)
        if self.parts:
            self.parts[-1].until = end

    def _head(self, head: Head) -> None:
        kind = guess_kind(head.text)
        heads_questions = kind is SectionKind.QUESTIONS and not is_asked(head.text)
        if self._asking and not heads_questions and self._is_question(head):
            if self._asked and head.level > self._asked:
                message = "A heading stands inside an answer. It was read as a bold line."
                self.notes.find(LEVEL_RULE, Severity.C, head.line, head.text, message)
                self.parts[-1].blocks.append(Paragraph((Run(head.text, strong=True),), head.line))
                return
            self._asked = head.level
            self._open(head, is_question=True)
            return
        self._asking = self._asked = 0
        if heads_questions:
            self._asking = head.level
            self._open(head, asks=True)
        else:
            self._open(head, kind=kind)

    def _is_question(self, head: Head) -> bool:
        if head.level > self._asking:
            return True
        over = self.parts[-1]
        same = self._asked == head.level or (over.asks and not over.blocks)
        return head.level == self._asking and same and is_asked(head.text)

    def _open(
        self,
        head: Head,
        *,
        kind: SectionKind = SectionKind.OTHER,
        is_question: bool = False,
        asks: bool = False,
    ) -> None:
        kind = SectionKind.OTHER if kind is SectionKind.QUESTIONS else kind
        self.parts.append(
            Part(
                head.text, head.level, head.line, head.at + 1, 0, kind, False, is_question, head.styled, asks
            )
        )

    def _fold(self, fold: Fold) -> None:
        here = self.parts[-1] if self.parts else None
        if self._fold_from is None:
            self._fold_from = here
        asked = is_asked(fold.text) or self._asking > 0
        over = self._fold_from
        level = min(over.level + 1 if over and not over.is_question else 3, _DEEPEST) if over else 2
        text = fold.text or "More"
        kind = guess_kind(text)
        kind = SectionKind.OTHER if kind is SectionKind.QUESTIONS else kind
        self.parts.append(Part(text, level, fold.line, 0, 0, kind, not fold.text, asked))
        if not fold.text:
            self.notes.findings.append(suggested_heading(text, fold.line))
        self._after_fold = False

    def _fold_end(self) -> None:
        self._after_fold = True

    def _block(self, piece: Standing) -> None:
        if not self.parts:
            self.before.append(piece.block)
            self.before_until = piece.until
            return
        part = self.parts[-1]
        if self._after_fold:
            if part.is_question and self._fold_from is not None:
                part = self._fold_from
            else:
                message = f"This stands after the folded part '{part.heading[:60]}' and was read as its end."
                line = piece.block.line
                self.notes.find(FOLD_RULE, Severity.B, line, "", message)
                self._after_fold = False
        part.blocks.append(piece.block)
