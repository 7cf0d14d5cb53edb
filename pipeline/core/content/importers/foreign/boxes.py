"""Boxes of other tools: what their words mean, and which line closes which box.

A box in a health article may say when to get help, and its urgency is a matter of safety. The tools' words are about
colours, so what a word is taken for is told as a finding wherever it is more than a note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.content.article import Severity, Urgency
from pipeline.core.content.importers.foreign.grammar import Box
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.inlines import tidy_text

URGENCY_RULE = "box-urgency"
UNCLOSED_RULE = "box-not-closed"

_SOON = (
    "warning warn caution danger error important attention alert alert-warning alert-danger critical failure bug"
    " red-flag redflag soon"
)
_NOTE = (
    "note notice info information tip hint success check done question help faq abstract summary tldr example quote"
    " cite todo seealso see-also callout admonition aside box panel highlight primary secondary alert-info"
    " alert-success alert-primary key-points keypoints takeaway takeaways fact details spoiler"
)
_WORDS = {
    **dict.fromkeys(_SOON.split(), Urgency.SOON),
    **dict.fromkeys(_NOTE.split(), Urgency.NOTE),
    "urgent": Urgency.URGENT,
    "emergency": Urgency.URGENT,
}
_NOW = re.compile(
    r"\b(?:999|911|112|A ?& ?E|ER)\b|(?i:\b(?:call|ring|dial|phone) (?:NHS )?111\b|\bemergency\b|\bambulance\b)"
)

_BRACES = re.compile(r"\{([^{}]*)\}")
_CLASS = re.compile(r"\.([\w-]{1,40})")
_TITLE = re.compile(r"""\btitle\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_LABEL = re.compile(r"\[([^\[\]]*)\]")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 2000  # characters of a line that opens a box


def known(word: str) -> bool:
    return _plain_word(word) in _WORDS


def urgency(word: str, words: str) -> Urgency:
    """How urgent a box is: `words` is what it says, which outweighs the tool's word."""
    if _NOW.search(words):
        return Urgency.URGENT
    return _WORDS.get(_plain_word(word), Urgency.NOTE)


def urgency_question(found: Urgency, word: str, line: int, title: str, notes: Notes) -> None:
    if found is Urgency.NOTE:
        return
    notes.find(
        URGENCY_RULE,
        Severity.B,
        line,
        title or word,
        f"A box that is called '{word[:40]}' was read as `{found.value}`. Check how soon its reader should act.",
    )


def opening(words: str) -> tuple[str, str]:
    """The word and the title on a line that opens a box, in the habits of Pandoc, Quarto, Docusaurus and VuePress."""
    words = words[:_LONGEST]
    if braces := _BRACES.search(words):
        classes = _CLASS.findall(braces.group(1))
        word = next((c for c in classes if known(c)), classes[0] if classes else "")
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


def _plain_word(word: str) -> str:
    return (
        re.sub(r"^(?:callout|alert|admonition|notice|ad|box)[-_]+(?=\w)", "", word.lower().strip())
        or word.lower()
    )
