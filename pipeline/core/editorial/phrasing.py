"""Phrases in their sentence: what stands before them, and how to quote them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.editorial.prose import Sentence
from pipeline.core.editorial.rule import Hit
from pipeline.core.editorial.view import View

_CLAUSE = re.compile(r"[;:]|,?\s\b(?:but|although|though|while|whereas|however)\b")
_FARTHEST = 200  # characters
_LONGEST = 150  # characters of a quote

NEGATION = re.compile(
    r"\b(?:no|not|never|none|nothing|neither|nor|nobody|cannot|without|rather than|instead of|hardly|whether|if|"
    r"beware|myths?|claims?|claimed|claiming|promises?|promised|too good)\b|n[’']t\b"
)
HEDGE = re.compile(
    r"\b(?:usually|often|mostly|most|probably|may|might|could|can|generally|likely|in general|many|some|rarely|"
    r"sometimes|if|unless|when|almost|nearly)\b"
)


def clause_before(text: str, at: int) -> str:
    """What stands before `at` in the same clause, in small letters: its last 200 characters at most."""
    start = max(0, at - _FARTHEST)
    for end in _CLAUSE.finditer(text, start, at):
        start = end.end()
    return text[start:at].lower()


def quoted(text: str, match: re.Match[str]) -> str:
    """The whole sentence where it is short, else the words around the match."""
    if len(text) <= _LONGEST:
        return text
    room = max(0, (_LONGEST - (match.end() - match.start())) // 2)
    start, end = max(0, match.start() - room), min(len(text), match.end() + room)
    start = text.find(" ", start, match.start()) + 1 if start else 0
    cut = text.rfind(" ", match.end(), end) if end < len(text) else end
    end = cut if cut > 0 else end
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def hit(sentence: Sentence, match: re.Match[str], message: str) -> Hit:
    return Hit(sentence.line, quoted(sentence.text, match), message)


def matches(view: View, pattern: re.Pattern[str], *triggers: str) -> Iterator[tuple[Sentence, re.Match[str]]]:
    """Each match of `pattern` in the sentences that hold one of `triggers`: one of these stands in every match."""
    for sentence in view.sentences_with(*triggers):
        for match in pattern.finditer(sentence.text):
            yield sentence, match
