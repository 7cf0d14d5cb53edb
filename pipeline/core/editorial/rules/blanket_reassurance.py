"""A promise that no medicine and no page can make: "completely safe", "nothing to worry about"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import HEDGE, NEGATION, Phrase, clause_before, hit, matches, said
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# Comfort that leaves no room: fine when hedged ("usually nothing to worry about").
_COMFORT = re.compile(
    r"\b(?:nothing to (?:worry|be worried|be concerned) about|no (?:need|reason) to worry|no cause for "
    r"(?:concern|alarm)|(?:should|need) ?n[o’']t worry|shouldn[’']t worry|should not be worried|nothing to "
    r"fear)\b",
    re.IGNORECASE,
)
# Promises: fine when denied ("no test is 100% accurate", "is not guaranteed").
_PROMISE = re.compile(
    r"\b(?:(?:completely|totally|perfectly|entirely|absolutely|always|wholly) (?:safe|harmless|risk-free|"
    r"effective)|guaranteed (?:to|results?|success|relief|way)|(?:results?|success|relief|cure) (?:is|are) "
    r"guaranteed)\b|\b100\s?(?:%|per cent) (?:safe|effective|accurate|reliable|harmless|certain|natural)\b",
    re.IGNORECASE,
)
_NO_EFFECTS = re.compile(
    r"\b(?:it|they|this|that|which|\w+) (?:has|have|causes?|with|carr(?:y|ies)) (?:absolutely )?(?:no|zero) "
    r"(?:known )?(?:side[ -]effects|risks?)\b(?! of\b| factors?\b)|\bthere (?:are|is) (?:absolutely )?no "
    r"(?:known )?(?:side[ -]effects|risks?)\b(?! of\b| factors?\b)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:you|people|person|women|men|children|adults|patients|those|someone|who|participants)\b"
)
_GRAVE = (
    r"(?:cancer(?:ous)?|broken|serious|dangerous|a (?:heart attack|stroke|fracture|blood clot)|infected|an "
    r"emergency|sepsis|meningitis|fractured)\b"
)
_NEARLY = re.compile(NEGATION.pattern + r"|\b(?:nearly|almost|most|usually|often|many)\b")


def _phrase(pattern: str, *triggers: str, after: re.Pattern[str] | None = None) -> Phrase:
    return Phrase(re.compile(pattern, re.IGNORECASE), triggers, _NEARLY, after)


# Nobody is left out, so that who is the exception believes it too.
_FOR_ALL = (
    _phrase(
        r"\b(?:works?|is safe|are safe|safe) (?:for|in) (?:everyone|everybody|all (?:ages|people))\b",
        "every",
        " all ",
    ),
    Phrase(
        re.compile(
            rf"\b(?:is|are) never {_GRAVE}|\bwith(?:out| no) any risks?\b|\bwithout (?:the |any )?(?:slightest "
            rf")?risks?[.!]$",
            re.I,
        ),
        ("never", "risk"),
        re.compile(r"\b(?:almost|nearly|usually|often|no|nobody|nothing|cannot|whether|myth|claim\w*)\b"),
    ),
    _phrase(
        rf"^if\b[^.;]{{3,80}},\s(?:then )?(?:it|this|that|they)(?:[’']s| is| are|[’']re)(?: definitely| "
        rf"certainly)? not {_GRAVE}",
        "if ",
    ),
    _phrase(
        r"\b(?:young (?:people|adults|men|women)|children|women|men|healthy people|non-smokers|vegetarians|"
        r"athletes|babies) (?:do not|don[’']t|never|cannot|can[’']t) (?:get|have|develop) (?:heart attacks?|"
        r"strokes?|cancers?|breast cancer|lung cancer|diabetes|sepsis|depression|high blood pressure|"
        r"dementia|blood clots?)",
        *("do not", "don’t", "don't", "never", "cannot", "can’t", "can't"),
    ),
    _phrase(
        r"\bnatural(?:ly)?\b[^.;]{0,20}\b(?:so|therefore|and thus) (?:they are |it is |they[’']re |it[’']s )?safe",
        "natural",
    ),
    _phrase(
        r"\b(?:cannot|can[’']t|will not|won[’']t|could never|can never) (?:possibly )?(?:harm you|do you "
        r"(?:any )?harm)\b",
        "harm",
        after=re.compile(r"\b(?:if|unless|as long as)\b"),
    ),
    _phrase(r"\bthere(?:[’']s| is) (?:absolutely )?no danger\b(?! of\b| to\b)", "no danger"),
    _phrase(
        r"\byou(?:[’']ll| will) (?:definitely |surely |certainly )?be (?:fine|all right|ok(?:ay)?|cured)\b",
        "be ",
    ),
    _phrase(
        r"\b(?:everyone|everybody|all (?:people|patients|children|women|men|babies)) (?:fully |always "
        r")?recovers?\b|\beveryone who \w{1,12} (?:it|this|them) (?:gets better|is cured|recovers|feels better)",
        "recover",
        "everyone who",
    ),
    _phrase(
        r"\bwill always (?:go away|clear up|heal|get better|disappear|go)\b|\balways (?:goes away|clears up|"
        r"heals|gets better|disappears)\b",
        "always",
    ),
    _phrase(r"\bnever causes? (?:any )?(?:problems|harm|side effects|complications|damage)\b", "never cause"),
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in said(view, _FOR_ALL):
        yield hit(sentence, match, _message(match))
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
        "Somebody whose case is the exception is told not to seek help. No treatment is safe, and no test "
        "certain, for"
        " everyone.",
        "Say how often it is so, and what to do if it is not: 'usually harmless. See a GP if...'.",
    ),
    wrong="The tablets are completely safe, so there is nothing to worry about.",
    right="The tablets are safe for most people. Ask a pharmacist if you take other medicines.",
    check=_check,
    reads=("en",),
)
