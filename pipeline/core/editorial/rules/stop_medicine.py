"""Advice to stop, start or change a medicine without asking anyone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.content.words import plain
from pipeline.core.editorial.phrasing import clause_before, hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_MEDICINE = (
    r"medicines?|medications?|(?:prescribed|prescription) \w+|warfarin|anticoagulants?|blood thinners?|statins?|"
    r"antidepressants?|ssris?|beta[ -]?blockers?|insulin|metformin|steroids?|prednisolone|antibiotics?|hrt|tamoxifen|"
    r"lithium|levothyroxine|thyroxine|antipsychotics?|epilepsy \w+|benzodiazepines?|opioids?|morphine|methotrexate|"
    r"inhalers?|contraceptive pill|aspirin"
)
_CHANGE = r"(?:stop|quit|start|come off|give up|skip|halve|double|increase|reduce|lower|raise)"
_ADVICE = re.compile(
    rf"(?:^|\b(?:you (?:should|can|may|must|could|need to|have to)|simply|just|then|and then)\s+(?:safely |also )?)"
    rf"{_CHANGE}\s+(?:taking |using )?(?:the (?:dose|amount) of )?(?:your |the |all |any |a )?(?:{_MEDICINE})\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:gp|doctors?|pharmacists?|nurses?|specialists?|prescriber|consultant|midwife|surgeon|clinic|hospital|"
    r"health ?care (?:team|professional|provider)|care team|medical advice|999|111|emergency)\b"
)
_DENIED = re.compile(r"\b(?:not|never|cannot|without|before|whether|when|until|unless)\b|n[’']t\b")


def _check(view: View) -> Iterator[Hit]:
    asks: dict[int, bool] = {}  # whether a passage says whom to ask
    triggers = (
        "stop",
        "quit",
        "start",
        "come off",
        "give up",
        "skip",
        "halve",
        "double",
        "reduce",
        "increase",
        "raise",
    )
    for sentence, match in matches(view, _ADVICE, *triggers, "lower"):
        if _DENIED.search(clause_before(sentence.text, match.start())):
            continue
        place = id(sentence.passage)
        if place not in asks:
            asks[place] = _ASKS.search(plain(sentence.passage.text).lower()) is not None
        if not asks[place]:
            yield hit(
                sentence,
                match,
                f"'{match.group()}' tells the reader to change a medicine, and nobody is to be asked. Add whom to"
                " talk to first, or let a clinician agree to it.",
            )


RULE = Rule(
    Card(
        "stop-medicine",
        Severity.A,
        "Advice to stop, start or change a medicine without asking anyone",
        "Some medicines are dangerous to stop at once, and others to start. Only who prescribes them knows the reader.",
        "Write 'Talk to your doctor or pharmacist before you...', in the same paragraph.",
    ),
    wrong="If you feel better, you can stop taking your antidepressants.",
    right="Talk to your doctor before you stop taking your antidepressants.",
    check=_check,
    english=True,
)
