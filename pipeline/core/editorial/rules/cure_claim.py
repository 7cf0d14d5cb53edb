"""A cure that nobody can promise: "garlic cures cancer", "a natural alternative to chemotherapy"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import DENIAL, HEDGE, Phrase, hit, said
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_DISEASE = (
    r"(?:\w{1,20} ){0,2}?(?:cancers?|tumou?rs?|diabetes|dementia|alzheimer[’']s|parkinson[’']s|arthritis|"
    r"asthma|depression|anxiety|migraines?|epilepsy|autism|adhd|hiv|aids|hepatitis|(?:high )?blood pressure|"
    r"hypertension|heart disease|kidney disease|liver disease|eczema|psoriasis|infections?|flu|"
    r"covid(?:-19)?|ibs|endometriosis|pcos|multiple sclerosis|copd|tinnitus|osteoporosis|insomnia|obesity|"
    r"\w{3,20}itis)\b"
)
# What can cure, so that to say so is no more than a fact.
_MEDICAL = (
    r"treatments?|surgery|surgeons?|operations?|antibiotics?|antivirals?|medicines?|tablets|transplants?|"
    r"chemotherapy|radiotherapy|radiation|therapy|course|drugs?|immunotherapy|it can be|doctors hope|"
    r"researchers|immune system|t cells|trials?"
)
_SOUND = re.compile(DENIAL.pattern + rf"|\b(?:{_MEDICAL})\b")
_HEDGED = re.compile(_SOUND.pattern + "|" + HEDGE.pattern)
_SOME = re.compile(r"\b(?:most|many|some|often|usually|up to|early|if (?:it|they)|in (?:\d|most|some))\b")


def _phrase(
    pattern: str, *triggers: str, before: re.Pattern[str] = _SOUND, after: re.Pattern[str] | None = None
) -> Phrase:
    return Phrase(re.compile(pattern, re.IGNORECASE), triggers, before, after)


_PHRASES = (
    _phrase(
        rf"\b(?:cures|heals|reverses|(?:can|will|could) (?:naturally |permanently |completely )?(?:cure|"
        rf"heal|reverse)) (?:(?:your|all|any|every|the|her|his|my) )?{_DISEASE}",
        *("cure", "heal", "reverse"),
    ),
    _phrase(
        r"\b(?<!\bno )(?<!\bthe )cures (?!and\b|or\b|for\b|that\b|are\b|is\b|of\b|in\b|at\b|exist|have\b|"
        r"may\b|can\b)\w{2,20}|\b(?:permanently cures?|(?:guaranteed|proven|miracle|secret|instant|"
        r"permanent|sure|certain|natural) cures?)\b",
        "cure",
        before=re.compile(_SOUND.pattern + r"|\b(?:promising|marketed|sold|search for)\b"),
    ),
    _phrase(
        rf"\bgets? rid of (?:your )?{_DISEASE}|\b(?:completely|totally|permanently) (?:eliminates?|removes?|"
        rf"destroys?) {_DISEASE}|\bsay goodbye to (?:your )?{_DISEASE}",
        *("rid of", "eliminate", "remove", "destroy", "goodbye"),
    ),
    _phrase(
        r"\b(?:natural|herbal|safe|safer|better|drug-free) alternatives? to (?:chemotherapy|insulin|"
        r"antibiotics|statins|vaccin\w{1,8}|surgery|radiotherapy|prescri\w{1,10}|medicines?|medication|"
        r"antidepressants)",
        "alternative",
        before=DENIAL,
    ),
    _phrase(
        r"\bworks? (?:just )?(?:as well as|better than|as good as) (?:any )?(?:antibiotics|chemotherapy|"
        r"insulin|statins|vaccin\w{1,8}|prescri\w{1,10}|medicines?|medication|antidepressants)",
        "work",
        after=re.compile(r"\b(?:in (?:some|most)|for (?:some|most|mild))\b"),
    ),
    _phrase(
        r"\b(?:removes?|flush(?:es)?(?: out)?|clears?|draws?(?: out)?|cleanses?) (?:out )?(?:all )?(?:the |"
        r"your )?(?:harmful )?toxins",
        "toxins",
        before=re.compile(DENIAL.pattern + r"|\b(?:liver|kidneys?|dialysis|body|skin|lungs)\b"),
    ),
    _phrase(r"\b(?:kills?|destroys?|starves?) (?:the )?(?:cancer|tumour)(?: cells)?", "cancer", "tumour"),
    _phrase(
        r"\b(?:doctors|they|hospitals|drug companies|big pharma) (?:do not|don[’']t) want you to (?:know|"
        r"find out|see|hear)",
        "want you to",
    ),
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in said(view, _PHRASES):
        if not _SOME.search(sentence.lower[match.end() :]):
            yield hit(
                sentence,
                match,
                f"'{match.group()}' promises a cure. Say what was shown, in whom and by which study, or let a "
                f"clinician"
                " agree to it.",
            )


RULE = Rule(
    Card(
        "cure-claim",
        Severity.A,
        "A cure is promised",
        "Who believes it may leave a treatment that works, and pays for one that does not.",
        "Say what a study has shown, how many it helped, and that it does not take the place of treatment.",
    ),
    wrong="Garlic cures cancer.",
    right="There is no good evidence that garlic treats cancer.",
    check=_check,
    reads=("en",),
)
