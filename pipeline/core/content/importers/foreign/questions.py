"""Questions and answers that are no headings: `Q:` and `A:`, bold questions, lists of definitions, and front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.content.article import Block, Inlines, Listing, Paragraph, Run, Severity
from pipeline.core.content.importers.foreign.outline import CITED_RULE, Part, is_asked
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.words import plain, texts

UNANSWERED_RULE = "question-without-answer"
DIFFERS_RULE = "questions-differ"

_Q = re.compile(r"(?:Q|Question)\s?\d{0,3}\s?[:.)]\s*", re.IGNORECASE)
_A = re.compile(r"(?:A|Answer)\s?\d{0,3}\s?[:.)]\s*", re.IGNORECASE)


def with_questions(parts: Sequence[Part], notes: Notes) -> list[Part]:
    """`parts` with a part of its own for each question that its text holds.

    `Q:` is a sign anywhere; bold questions and lists of definitions are one under a heading over questions.
    """
    found: list[Part] = []
    for part in parts:
        before, asked = _split(part, notes)
        if not asked:
            found.append(part)
            continue
        found += [replace(part, blocks=before), *asked]
    return found


def _split(part: Part, notes: Notes) -> tuple[list[Block], list[Part]]:
    before: list[Block] = []
    asked: list[Part] = []
    for block in part.blocks:
        opened = _asked_by(block, part, notes) if not asked or asked[-1].blocks or not _answers(block) else []
        if opened:
            asked += opened
        elif asked:
            asked[-1].blocks.append(_without_mark(block, _A) if not asked[-1].blocks else block)
        else:
            before.append(block)
    return before, asked


def _answers(block: Block) -> bool:
    return isinstance(block, Paragraph) and _A.match(plain(block.text)) is not None


def _asked_by(block: Block, part: Part, notes: Notes) -> list[Part]:
    if isinstance(block, Listing) and part.asks:
        return _listed(block, part)
    if not isinstance(block, Paragraph) or not block.text:
        return []
    words = plain(block.text)
    if (match := _Q.match(words)) and len(words) > match.end():
        return [_marked(block, part, notes)]
    first = block.text[0]
    if (part.asks or part.styled) and isinstance(first, Run) and first.strong and is_asked(first.text):
        rest = tidy(block.text[1:])
        return [_question(part, first.text, block.line, [Paragraph(rest, block.line)] if rest else [])]
    return []


def _marked(block: Paragraph, part: Part, notes: Notes) -> Part:
    """`Q: ... A: ...` in one paragraph, or `Q: ...` alone."""
    text = _without_start(block.text, _Q)
    asked: list[str] = []
    for at, run in enumerate(text):
        if not isinstance(run, Run):
            message = "A question carries no citation: this one was lost. Put it after the sentence that it supports."
            notes.find(CITED_RULE, Severity.B, block.line, plain(text), message)
            continue
        place = _answer_in(run, at, asked)
        if place >= 0:
            asked.append(run.text[:place])
            rest = tidy((replace(run, text=run.text[place:]), *text[at + 1 :]))
            answer = _without_start(rest, _A)
            return _question(
                part, "".join(asked), block.line, [Paragraph(answer, block.line)] if answer else []
            )
        asked.append(run.text)
    return _question(part, "".join(asked), block.line, [])


def _answer_in(run: Run, at: int, asked: Sequence[str]) -> int:
    """Where in a run the answer begins: at a mark right after the question; -1 if nowhere."""
    for match in re.finditer(r"(?:A|Answer)\s?[:.)]", run.text):
        before = (("".join(asked)) if match.start() < 200 else "") + run.text[: match.start()]
        if not before.strip() or before.rstrip().endswith(("?", "？", "؟")):
            return match.start() if before.strip() else -1
    return -1


def _without_mark(block: Block, mark: re.Pattern[str]) -> Block:
    if not isinstance(block, Paragraph):
        return block
    return replace(block, text=_without_start(block.text, mark) or block.text)


def _without_start(text: Inlines, mark: re.Pattern[str]) -> Inlines:
    """`text` without the mark it begins with, which may be bold and the words after it not."""
    match = mark.match(plain(text))
    left = match.end() if match else 0
    rest = list(text)
    while left > 0 and rest and isinstance(first := rest[0], Run):
        taken = min(left, len(first.text))
        left -= taken
        rest[:1] = [replace(first, text=first.text[taken:])] if taken < len(first.text) else []
    return tidy(rest)


def _listed(listing: Listing, part: Part) -> list[Part]:
    """A list of which every entry is a question with what answers it."""
    found = []
    for item in listing.items:
        first = item.text[0] if item.text else None
        rest = tidy(item.text[1:])
        if not isinstance(first, Run) or not is_asked(first.text) or not (rest or item.blocks):
            return []
        answer: list[Block] = [Paragraph(rest, item.line)] if rest else []
        found.append(_question(part, first.text, item.line, [*answer, *item.blocks]))
    return found


def _question(part: Part, text: str, line: int, answer: list[Block]) -> Part:
    return Part(tidy_text(text), part.level + 1, line, 0, is_question=True, styled=True, blocks=answer)


def answered(parts: Sequence[Part], notes: Notes) -> list[Part]:
    """`parts` without the questions that nothing answers; each is a finding."""
    found = []
    for part in parts:
        if part.is_question and not part.blocks:
            message = "Nothing answers this question, and it was left out. Write its answer, or leave it out."
            notes.find(UNANSWERED_RULE, Severity.B, part.line, part.heading, message)
            notes.leave(part.line, part.heading, "a question without an answer")
        else:
            found.append(part)
    return found


def merged(body: Sequence[Part], front: Sequence[Part], notes: Notes) -> list[Part]:
    """The questions of the body, then those that only the front matter has. Where both have one, the body's is kept."""
    known = {_key(part.heading): part for part in body}
    found = list(body)
    for part in front:
        other = known.get(_key(part.heading))
        if other is None:
            known[_key(part.heading)] = part
            found.append(part)
        elif _words(other) != _words(part):
            message = (
                f"Line {part.line} and line {other.line} answer the same question otherwise. "
                f"Line {other.line} was kept. Make the two agree."
            )
            notes.find(DIFFERS_RULE, Severity.B, part.line, part.heading, message)
    return found


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def _words(part: Part) -> str:
    return " ".join(_key(plain(text)) for text, _ in texts(part.blocks))
