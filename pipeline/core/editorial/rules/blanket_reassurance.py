"""A promise that no medicine and no page can make: "completely safe", "nothing to worry about"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import HEDGE, NEGATION, clause_before, hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# Comfort that leaves no room: fine when hedged ("usually nothing to worry about").
_COMFORT = re.compile(
    r"\b(?:nothing to (?:worry|be worried|be concerned) about|no (?:need|reason) to worry|"
    r"no cause for (?:concern|alarm)|"
    r"(?:should|need) ?n[o’']t worry|shouldn[’']t worry|should not be worried|nothing to fear)\b",
    re.IGNORECASE,
)
# Promises: fine when denied ("no test is 100% accurate", "is not guaranteed").
_PROMISE = re.compile(
    r"\b(?:(?:completely|totally|perfectly|entirely|absolutely|always|wholly) (?:safe|harmless|risk-free|effective)|"
    r"guaranteed (?:to|results?|success|relief|cure|way)|(?:results?|success|relief|cure) (?:is|are) guaranteed|"
    r"miracle cures?|cures (?:the|your|all|any|every|it|cancer|diabetes|\w+itis)|permanently cures?)\b"
    r"|\b100\s?(?:%|per cent) (?:safe|effective|accurate|reliable|harmless|certain|natural)\b",
    re.IGNORECASE,
)
_NO_EFFECTS = re.compile(
    r"\b(?:it|they|this|that|which|\w+) (?:has|have|causes?|with|carr(?:y|ies)) (?:absolutely )?(?:no|zero) (?:known )?"
    r"(?:side[ -]effects|risks?)\b(?! of\b| factors?\b)"
    r"|\bthere (?:are|is) (?:absolutely )?no (?:known )?(?:side[ -]effects|risks?)\b(?! of\b| factors?\b)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:you|people|person|women|men|children|adults|patients|those|someone|who|participants)\b"
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in matches(view, _COMFORT, "worry", "worried", "concern", "alarm", "fear"):
        before = clause_before(sentence.text, match.start())
        if match.group().lower().startswith(("should", "need")):
            before = before.rsplit(" and ", 1)[
                -1
            ]  # "is often mild and should not worry you": the first half is hedged
        if not HEDGE.search(before) and not NEGATION.search(before):
            yield hit(sentence, match, _message(match))
    triggers = ("safe", "harmless", "risk-free", "effective", "guarantee", "cure", "100")
    for sentence, match in matches(view, _PROMISE, *triggers):
        if not NEGATION.search(clause_before(sentence.text, match.start())):
            yield hit(sentence, match, _message(match))
    for sentence, match in matches(view, _NO_EFFECTS, "effects", " risk"):
        before = clause_before(sentence.text, match.start()) + match.group().lower()
        if not _PEOPLE.search(before) and not HEDGE.search(before):
            yield hit(sentence, match, _message(match))


def _message(match: re.Match[str]) -> str:
    return (
        f"'{match.group()}' promises more than anyone can. Say what is known and how sure it is, or let a clinician"
        " agree to it."
    )


RULE = Rule(
    Card(
        "blanket-reassurance",
        Severity.A,
        "A promise that leaves no room for doubt",
        "Somebody whose case is the exception is told not to seek help. No treatment is safe, and no test certain, for"
        " everyone.",
        "Say how often it is so, and what to do if it is not: 'usually harmless. See a GP if...'.",
    ),
    wrong="The tablets are completely safe, so there is nothing to worry about.",
    right="The tablets are safe for most people. Ask a pharmacist if you take other medicines.",
    check=_check,
    english=True,
)
