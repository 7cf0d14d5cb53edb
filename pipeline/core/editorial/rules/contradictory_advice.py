"""A yes beside a no on one matter: "you can drink alcohol with it" and "never drink alcohol with it"."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from pipeline.core.content.article import Severity
from pipeline.core.content.asking import asks
from pipeline.core.editorial.matter import matter
from pipeline.core.editorial.medicines import named_in
from pipeline.core.editorial.prose import Part, Sentence
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_DEEDS = "have|take|use|eat|drink|go|drive|swim|fly|wear|get|smoke|bathe"
# "May not" is left out: it tells what need not happen as often as what is forbidden.
_NO = re.compile(
    r"\b(?:do not|don[’']t|never|avoid|should be avoided|not (?:safe|suitable|recommended|advised)|(?:you|"
    r"people|women|men|children|they) (?:should not|must not|cannot|can[’']t|shouldn[’']t|mustn[’']t)|"
    rf"(?:cannot|can[’']t|must not|should not|shouldn[’']t|mustn[’']t) (?:{_DEEDS}|be)|(?:is|are) (?:not|"
    rf"unsafe)|isn[’']t|"
    r"aren[’']t|(?:should|must|can) never be)\b"
)
_YES = re.compile(
    r"\b(?:you|people|women|men|children|they) (?:can|may|should|must|could|need to|have to|are allowed "
    r"to)\b|\b(?:is|are) (?:safe|suitable|fine|recommended|advised|allowed|contagious|infectious|all "
    r"right)\b|\b(?:can|should|may) be\b|^(?:always )?(?:take|use|drink|eat|give|apply|put|wear|keep|stop|"
    r"start|breastfeed|drive|fast|wash|rub)\b|^you need\b|"
    rf"\b(?:can|should|must) (?:safely )?(?:{_DEEDS})\b"
)
# What is said of a state and not of a deed needs a subject that is named.
_IS = re.compile(r"\b(?:is|are) (?:not )?(?:\w{1,20})\b")
_KINDS = ("contagious", "infectious")
_PRONOUN = re.compile(r"\b(?:it|they|them|this medicine|this drug)\b")
_FEWEST = 2  # weighty words that a matter must have
_BACK = 12  # sentences that "it" may reach back
_LONGEST = 30  # words of a sentence that can be weighed
_TRIGGERS = (
    *(
        "do not",
        "don’t",
        "don't",
        "never",
        " not ",
        "cannot",
        "avoid",
        "isn’t",
        "isn't",
        "aren’t",
        "n’t ",
        "n't ",
    ),
)


def _check(view: View) -> Iterator[Hit]:
    """The later of the two is flagged. Conditions count: "if you feel well" and "if you feel dizzy" are two matters."""
    if not view.has(*_TRIGGERS):
        return
    known: dict[frozenset[str], tuple[bool, Sentence]] = {}
    before_it: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_BACK))  # sentences of each section
    for sentence in view.sentences:
        passage = sentence.passage
        if (
            passage.part is Part.CELL
            or sentence.text.endswith(":")
            or asks(sentence.text)
            or len(sentence.text) > 8 * _LONGEST
        ):
            continue
        answer = _answer(sentence, passage.part is Part.ITEM)
        if answer is not None:
            about = matter(sentence.lower) | frozenset(kind for kind in _KINDS if kind in sentence.lower)
            if _PRONOUN.search(sentence.lower) and not named_in(sentence.lower):
                about |= {_meant(before_it[passage.section]) or passage.section, "it"}
            if len(about) >= _FEWEST:
                before, other = known.setdefault(about, (answer, sentence))
                if before is not answer:
                    yield Hit(
                        sentence.line,
                        sentence.text,
                        f"This says {'yes' if answer else 'no'} to what line {other.line} says"
                        f" {'yes' if before else 'no'} to: '{other.text[:100]}'. A clinician must say which is right.",
                    )
        before_it[passage.section].append(sentence.lower)


def _meant(sentences: Iterable[str]) -> str:
    """The medicine that was named last, which "it" may stand for."""
    named = (names[-1] for lower in reversed(list(sentences)) if (names := named_in(lower)))
    return next(named, "")


def _answer(sentence: Sentence, is_item: bool) -> bool | None:
    """Yes, no, or None where it says neither. A bare entry of a list may stand under 'do not'."""
    text = sentence.lower
    if _NO.search(text):
        return None if is_item and not text.startswith(("do not", "don", "never", "avoid", "you")) else False
    if is_item and not text.startswith("you "):
        return None
    return True if _YES.search(text) else None


RULE = Rule(
    Card(
        "contradictory-advice",
        Severity.A,
        "A yes and a no on the same matter",
        "A reader acts on the one that they meet, and one of the two does harm. In a series they may be weeks apart.",
        "Look the advice up in the source. A clinician says which is right, or the sentences say when each holds.",
    ),
    wrong="You can drink alcohol with metronidazole.\n\nNever drink alcohol with metronidazole.",
    right="You can drink alcohol with sertraline.\n\nNever drink alcohol with metronidazole.",
    check=_check,
    reads=("en",),
)
