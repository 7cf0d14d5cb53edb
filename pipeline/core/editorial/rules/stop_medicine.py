"""Advice to stop, start, change or share a medicine without asking anyone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.medicines import MEDICINE
from pipeline.core.editorial.phrasing import DENIAL, Phrase, hit, said
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_YOUR = r"(?:(?:your|the|all|any|a|these|those|this) )?(?:[a-z-]{1,20} ){0,2}?"
_CALLED_UP = (
    r"(?:^(?:(?:if|when|once|as soon as|after)\b[^,]{3,80}, (?:then )?)?|\b(?:feel free to|you (?:should|"
    r"can|may|must|could|need to|have to)|simply|just|try to|then|and then|or)\s+(?:safely |also |simply |"
    r"just )?)"
)
_FINE = r"(?:safe|fine|ok|okay|all right|alright|no problem)"
_CHANGING = (
    r"(?:stop|stopping|quit|quitting|skip|skipping|come off|coming off|give up|giving up|halve|halving|"
    r"double|doubling|miss|missing)"
)

_ASKS = re.compile(
    r"\b(?:gp|doctors?|pharmac(?:y|ist|ists)|nurses?|specialists?|prescriber|consultant|midwife|surgeon|"
    r"clinic|hospital|health ?care (?:team|professional|provider)|(?:care|diabetes) team|medical advice|999|"
    r"111|emergency)\b"
)
_DENIED = re.compile(DENIAL.pattern + r"|\b(?:before|when|until|unless)\b")
_ONLY_IF = re.compile(r"^\s*(?:only if|only when|until|unless)\b")


def _phrase(pattern: str, *triggers: str, after: re.Pattern[str] | None = None) -> Phrase:
    return Phrase(re.compile(pattern, re.IGNORECASE), triggers, _DENIED, after, _ASKS)


_PHRASES = (
    _phrase(
        rf"{_CALLED_UP}(?:stop|quit|come off|give up|skip|halve|double|increase|reduce|lower|"
        rf"raise)\s+(?:taking |using |having )?(?:the (?:dose|amount) of )?{_YOUR}{MEDICINE}\b",
        *(
            "stop",
            "quit",
            "come off",
            "give up",
            "skip",
            "halve",
            "double",
            "increase",
            "reduce",
            "lower",
            "raise",
        ),
        after=_ONLY_IF,
    ),
    # "Start the tablets 3 days before" tells when to begin what was prescribed, so that only names are asked about.
    _phrase(
        rf"{_CALLED_UP}start (?:taking |using )?(?:your |the |all |any |a )?(?!tablet|pill|vaccin|"
        rf"inhaler){MEDICINE}\b",
        "start",
    ),
    _phrase(
        rf"{_CALLED_UP}(?:halve|double|triple|increase|reduce|lower|raise) (?:your|the|each) (?:usual |next "
        rf"|daily )?dose\b",
        " dose",
    ),
    _phrase(
        rf"\bit(?:[’']s| is) (?:perfectly |quite |completely |usually |always )?{_FINE} (?:for you )?to "
        rf"{_CHANGING} (?:taking |using )?{_YOUR}{MEDICINE}\b|\b{_CHANGING} (?:taking |using "
        rf")?{_YOUR}{MEDICINE} (?:suddenly |at once )?is (?:perfectly |quite |completely )?{_FINE}\b",
        *("safe", "fine", "ok", "all right", "alright", "no problem"),
    ),
    _phrase(
        r"\btak(?:e|ing) (?:twice|double|three times|two times|triple|half) (?:the|your) (?:usual |normal |"
        r"recommended |prescribed )?dose|\btake an? (?:double|extra|second) (?:dose|tablet|pill) (?:to make "
        r"up|if you (?:forg|miss)|(?:if|when) (?:the|your|it))|\btake (?:two|2|three|3) (?:doses |tablets |"
        r"pills |capsules )?(?:the next|next time|at once to|to make up|instead if)|\btake (?:two|2|both) "
        r"(?:doses|tablets|pills|capsules) (?:at once|together) (?:if|to)\b",
        "take",
        "taking",
    ),
    _phrase(
        r"\bno need to (?:finish|complete|keep taking|take all|continue)\b[^.;]{0,30}\b(?:course|"
        r"antibiotics|tablets|pills|treatment|medicines?)|\btake as (?:many|much)\b[^.;]{0,40}\bas you "
        r"(?:need|like|want|wish)\b",
        *("no need to", "as many", "as much"),
    ),
    _phrase(
        rf"\b{MEDICINE} (?:can|may|could) (?:safely )?be (?:stopped|doubled|halved|skipped|shared|mixed) "
        rf"(?:at any time|suddenly|safely|"
        r"at once|without|when you like|yourself|with alcohol)|\b(?:safe|fine|ok(?:ay)?|all right) to "
        r"(?:mix|combine) (?:alcohol|medicines|\w{3,20}) (?:and|with)\b",
        *("stopped", "doubled", "halved", "skipped", "shared", "mix", "combine"),
    ),
    _phrase(
        rf"\bgive (?:your |a |the )?(?:child|children|baby|partner|friend|dog|mother|father) "
        rf"[^.;]{{0,20}}\byour (?:own )?{MEDICINE}\b",
        "give",
    ),
    _phrase(rf"\bgo(?:ing)? without {_YOUR}{MEDICINE}\b", "without"),
    _phrase(rf"\byou no longer need (?:to take )?{_YOUR}{MEDICINE}\b", "no longer"),
    _phrase(
        rf"\b(?:replace|swap|exchange) {_YOUR}{MEDICINE} (?:with|for)\b|\b(?:instead of|in place of) "
        rf"(?:taking )?your (?:[a-z-]{{1,20}} ){{0,2}}?{MEDICINE}\b",
        *("replace", "swap", "exchange", "instead of", "in place of"),
    ),
    _phrase(
        rf"\b(?:no harm in|no problem with|{_FINE} to|you (?:can|may|could|should)(?: safely)?) (?:take|"
        rf"taking|use|using|have|having) "
        r"more than (?:the|your) (?:recommended |stated |usual |prescribed |normal )?(?:dose|amount)",
        "more than",
    ),
    _phrase(
        rf"{_CALLED_UP}share {_YOUR}{MEDICINE}\b|\b(?:take|use|try|borrow) (?:(?:a|your|someone) "
        rf")?(?:friends?|partners?|mothers?|fathers?|wife|husband|neighbours?|(?:some|any)(?:one|body)(?: "
        rf"else)?|else|familys?)[’']s? {_YOUR}{MEDICINE}\b|\bleft-?over {_YOUR}{MEDICINE} (?:can|may|could|"
        rf"should) be (?:used|taken|kept)|{_CALLED_UP}(?:use|take|keep) (?:any |the |your )?left-?over "
        rf"{MEDICINE}\b",
        *("share", "take", "use", "try", "borrow", "leftover", "left-over", "keep"),
    ),
    _phrase(
        rf"{_CALLED_UP}(?:throw (?:away|out)|bin|flush|ditch|get rid of) (?:your|the|all|those) {_YOUR}{MEDICINE}\b",
        *("throw", "bin", "flush", "ditch", "get rid"),
        after=re.compile(r"\b(?:expir|date|unused|used|old|left)"),
    ),
    _phrase(
        rf"{_CALLED_UP}cut (?:your|the) (?:[a-z-]{{1,20}} )?(?!tablet|pill){MEDICINE}(?: dose)? (?:in half|"
        rf"by half|down)|{_CALLED_UP}(?:adjust|change|set|choose) your (?:[a-z-]{{1,20}} )?(?:dose|"
        rf"{MEDICINE})(?: dose)? (?:yourself|on your own|"
        r"by yourself|as you like)",
        *("cut", "adjust", "change", "set", "choose"),
    ),
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in said(view, _PHRASES):
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
        "Some medicines are dangerous to stop at once, and others to start. Only who prescribes them knows the "
        "reader.",
        "Write 'Talk to your doctor or pharmacist before you...', in the same paragraph.",
    ),
    wrong="If you feel better, you can stop taking your antidepressants.",
    right="Talk to your doctor before you stop taking your antidepressants.",
    check=_check,
    reads=("en",),
)
