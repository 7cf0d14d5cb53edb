"""Phrases in their sentence: what stands before them, and what makes them sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.core.content.asking import asks
from pipeline.core.content.words import plain
from pipeline.core.editorial.prose import Sentence
from pipeline.core.editorial.quotes import from_match, quoted
from pipeline.core.editorial.rule import Hit
from pipeline.core.editorial.view import View

_CLAUSE = re.compile(r"[;:]|,?\s\b(?:but|although|though|while|whereas|however)\b")
_FARTHEST = 200  # characters
_PARAGRAPH = 2000  # characters of a paragraph that are searched for what makes a phrase sound

NEGATION = re.compile(
    r"\b(?:no|not|never|none|nothing|neither|nor|nobody|cannot|without|rather than|instead of|hardly|"
    r"whether|if|beware|myths?|claims?|claimed|claiming|promises?|promised|too good)\b|n[’']t\b"
)
HEDGE = re.compile(
    r"\b(?:usually|often|mostly|most|probably|may|might|could|can|generally|likely|in general|many|some|"
    r"rarely|sometimes|if|unless|when|almost|nearly)\b"
)
# A denial; unlike NEGATION it has no "if": "if you feel well, skip the tablets" is advice all the same.
DENIAL = re.compile(
    r"\b(?:no|not|never|none|nothing|neither|nor|nobody|cannot|without|rather than|instead of|hardly|"
    r"whether|beware|wary|avoid|myths?|claims?|claimed|claiming|promises?|promised|too good|wrong|dangerous|"
    r"unsafe|risky|harmful|mistake|tempt(?:ed|ing))\b|n[’']t\b"
)
_REPORTED = re.compile(
    r"\b(?:people|websites?|sites|patients|parents|adults|women|men|posts|adverts?|families) (?:(?:may|"
    r"might|often|still|will|sometimes|wrongly|also) )?(?:say|says|think|believe|claim|feel|worry|avoid|"
    r"stop|try|use|hear|put|tell|want)\b|\b(?:it is|it[’']s) (?:often |sometimes |commonly )?(?:said|"
    r"thought|claimed|believed)\b|\byou may (?:hear|read|think|feel|worry|want|be (?:told|tempted))\b|"
    r"\b(?:myths?|rumours?|false)\b"
)
# Over a list: "Do not:", "You should never:", "Things to avoid". "If you cannot sleep:" denies nothing of its entries.
_DENIED_LEAD = re.compile(
    r"^(?!if\b|when\b|once\b|as soon\b)(?:.*\b)?(?:not|never|avoid|cannot|myths?|mistakes?|don[’']t|"
    r"mustn[’']t|shouldn[’']t)\b"
)
_CONCLUSION = re.compile(r",\s(?:and )?(?:so|therefore|then)\b")
_CONDITION = re.compile(
    r"\s*(?:if|when|once|as soon as|after|while|because|since|unless|in case|even if)\b[^,]*,"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are dangerous unless something near them makes them sound.

    One of `triggers`, in small letters, stands in every match. `before` is looked for in the clause before it, `after`
    in the rest of the sentence, `near` in the whole paragraph.
    """

    pattern: re.Pattern[str]
    triggers: tuple[str, ...]
    before: re.Pattern[str] = DENIAL
    after: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None


def said(view: View, phrases: Iterable[Phrase]) -> Iterator[tuple[Sentence, re.Match[str]]]:
    """Each phrase that is said as the article's own: no question, nothing denied and nothing that others are said to
    think. A sentence is given once."""
    told: set[int] = set()
    paragraphs: dict[int, str] = {}  # by the identity of their passage, each put together once
    for phrase in phrases:
        for sentence, match in matches(view, phrase.pattern, *phrase.triggers):
            if id(sentence) not in told and not _is_sound(phrase, sentence, match, paragraphs):
                told.add(id(sentence))
                yield sentence, match


def _is_sound(phrase: Phrase, sentence: Sentence, match: re.Match[str], paragraphs: dict[int, str]) -> bool:
    before = _CONDITION.sub("", clause_before(sentence.text, match.start()), count=1)
    before = _CONCLUSION.split(before)[-1]
    start = max(0, match.start() - _FARTHEST)
    return (
        (bool(sentence.passage.lead) and _DENIED_LEAD.search(sentence.passage.lead.lower()) is not None)
        or asks(sentence.text)
        or phrase.before.search(before) is not None
        or _REPORTED.search(sentence.lower, start, match.start()) is not None
        or _has(phrase.after, sentence.lower[match.end() : match.end() + _FARTHEST])
        or (phrase.near is not None and _has(phrase.near, _around(sentence, match, paragraphs)))
    )


def _around(sentence: Sentence, match: re.Match[str], paragraphs: dict[int, str]) -> str:
    """The beginning of the paragraph, without the words of the match themselves, in small letters."""
    key = id(sentence.passage)
    if key not in paragraphs:
        paragraphs[key] = plain(sentence.passage.text)[:_PARAGRAPH].lower()
    return paragraphs[key].replace(match.group().lower(), " ", 1)


def _has(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None


def clause_before(text: str, at: int) -> str:
    """What stands before `at` in the same clause, in small letters: its last 200 characters at most."""
    start = max(0, at - _FARTHEST)
    for end in _CLAUSE.finditer(text, start, at):
        start = end.end()
    return text[start:at].lower()


def hit(sentence: Sentence, match: re.Match[str], message: str) -> Hit:
    return hit_in(sentence.text, sentence.line, match, message)


def hit_in(text: str, line: int, match: re.Match[str], message: str) -> Hit:
    """A hit in a text that is no sentence, such as a heading."""
    return Hit(line, quoted(text, match), message, from_match(text, match))


def matches(view: View, pattern: re.Pattern[str], *triggers: str) -> Iterator[tuple[Sentence, re.Match[str]]]:
    """Each match of `pattern` in the sentences that hold one of `triggers`: one of these stands in every match."""
    for sentence in view.sentences_with(*triggers):
        for match in pattern.finditer(sentence.text):
            yield sentence, match
