"""Care talked down: "there is no need to see a doctor", "skip the hospital", "doctors will only give you tablets"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import DENIAL, Phrase, hit, said
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_WHO = (
    r"(?:an? |the |your |any |their |our )?(?:nhs |local |family )?(?:gps?|doctors?|physicians?|"
    r"paediatricians?|nurses?|specialists?|consultants?|dentists?|midwife|a&e|emergency (?:rooms?|"
    r"departments?|services)|hospitals?|clinics?|ambulances?|999|112|111|911|(?:medical|professional|urgent|"
    r"emergency) (?:help|attention|advice|care))\b"
)
_ASK = (
    r"(?:see|visit|call|call for|go to|ask|phone|ring|consult|contact|speak to|talk to|tell|bother|trouble|"
    r"get|seek|rush to|seeing|visiting|calling|calling for|going to|going straight to|asking|phoning|"
    r"ringing|consulting|contacting|speaking to|talking to|bothering|getting|seeking)"
)
_EMERGENCY = (
    r"chest pain|heart attacks?|strokes?|seizures?|sepsis|meningitis|appendicitis|overdoses?|poisoning|"
    r"anaphylaxis|head injur(?:y|ies)|broken bones?|severe (?:bleeding|burns?|pain)|blood clots?|ectopic "
    r"pregnanc(?:y|ies)"
)
_SIGN = (
    r"chest pains?|bleeding|lumps?|symptoms|warning signs?|blood in your \w{1,20}|breathlessness|seizures?|"
    r"weight loss|numbness|blurred vision|fainting|jaundice"
)
_VISIT = r"appointments?|check-?ups?|screening|smear tests?|vaccinations?|vaccines?|jabs?|scans?"
_EVERY_WAY = (" need", "no reason", "no point", "no use", "no sense", "worth", "necessary")

_HEDGED = re.compile(
    DENIAL.pattern + r"|\b(?:usually|often|mostly|most|may|might|generally|normally|rarely|some)\b"
)
# Only the way there is made easier: "to get the pill", "first", "for a referral", "unless it lasts".
_EASIER = re.compile(
    r"\b(?:first|unless|until|before|referral|prescription|overnight|again|for an? (?:mild|minor|small)|but "
    r"(?:do|see|ask|call|get|tell)|(?:in order )?to (?:get|have|use|buy|order|book|come|collect|refer)|for "
    r"(?:this (?:test|vaccine|service)|it|a (?:test|prescription|repeat|referral))|if (?:you have|"
    r"you[’']ve) already)\b"
)
_ANOTHER_WAY = re.compile(
    r"\b(?:pharmacists?|opticians?|111|(?:see|call|contact|ask|phone|speak to|talk to|get help from) (?:a |"
    r"your |the |an )?(?:gp|doctor|nurse|midwife|999|112|911|dentist|surgery)\b.{0,80}\bif)\b"
)
_FIRST = re.compile(r"\b(?:first|unless|111|999|until|before|because|so that)\b|\bcall\b|\bphone\b")
_GIVEN = re.compile(r"\b(?:if|when|after|unless|once|where|until)\b")
_ELSEWHERE = re.compile(r"\b(?:999|112|911|111|gps?|doctors?|pharmac\w+|nurses?|midwife|optician)\b")
_ALREADY = re.compile(r"\b(?:if|unless|again|more|another|because|already|until)\b")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PHRASES = (
    Phrase(
        _compiled(
            rf"\b(?:(?:there(?:[’']s| is)|you have)(?: really| absolutely| usually)? no (?:real |good "
            rf")?(?:need|reason|point|use|sense)|no need|it(?:[’']s| is) (?:not|hardly) (?:worth|necessary)|"
            rf"you (?:really )?(?:do not|don[’']t|never|will not|won[’']t) (?:really )?need)(?: to| in| "
            rf"for)?(?: {_ASK})? {_WHO}"
        ),
        _EVERY_WAY,
        _HEDGED,
        _EASIER,
        _ANOTHER_WAY,
    ),
    Phrase(
        _compiled(
            r"(?:^|\b(?:you (?:can|could|may|should)|just|simply|better to|best to|so|and|then),? "
            r")(?:safely |simply |just )?(?:skip|miss|cancel|forget|avoid|ignore|dismiss|stay away from|"
            r"keep away from|put off|sleep off) "
            rf"(?:going to |seeing |having |visiting |what |about )?(?:{_WHO}|(?:(?:the|your|an?|any|all|"
            rf"this) )?(?:cervical |breast |bowel |cancer |follow-up )?(?:{_VISIT}|{_SIGN})\b)"
        ),
        ("skip", "miss", "cancel", "forget", "avoid", "ignore", "away from", "put off", "sleep off"),
    ),
    Phrase(
        _compiled(
            r"\b(?:do not|don[’']t|never) (?:bother|waste|trouble|disturb|go to|call|see|visit|ring|phone|"
            r"rely on|trust|"
            rf"listen to|consult) (?:time (?:with|on|at) )?{_WHO}"
        ),
        ("do not", "don’t", "don't", "never"),
        after=_FIRST,
        near=re.compile(r"\b(?:111|999|first|instead)\b"),
    ),
    Phrase(
        _compiled(
            r"\b(?:doctors?|gps?|hospitals?|nurses?|specialists?|consultants?|surgeons?)\b,? (?:will|can|do|"
            r"would) (?:only|just|simply|never) (?:give|tell|want|say|make|prescribe|send|offer|sell|push|"
            r"laugh|ignore|dismiss|listen|help)"
        ),
        (" only ", " just ", " simply ", " never "),
        after=_GIVEN,
    ),
    Phrase(
        _compiled(
            rf"\b(?:{_EMERGENCY}) (?:can|may|could|should) (?:safely |easily |usually |often )?be "
            rf"(?:treated|managed|cared for|looked after|handled|dealt with) (?:at home|by yourself|"
            rf"without)|(?:^|\byou can )(?:treat|manage) (?:an? |the |your )?(?:{_EMERGENCY}) (?:at home|"
            rf"yourself|without)"
        ),
        ("at home", "yourself", "without"),
    ),
    Phrase(
        _compiled(
            r"\b(?:doctors?|hospitals?|medicine|gps?) (?:only |just |always )?(?:makes? (?:you|it|things|"
            r"people|everything) (?:worse|ill|sick|sicker)|do(?:es)? more harm than good)|\byour (?:doctor|"
            r"gp|nurse|midwife) (?:does not|doesn[’']t) need to (?:know|be told|see)|\b(?:is|are) (?:not|no|"
            r"never) (?:a )?(?:reasons?) to (?:call|see|go to|worry) "
        ),
        ("worse", "ill", "sick", "more harm", "need to", "reason"),
        _HEDGED,
        _GIVEN,
    ),
    Phrase(
        _compiled(
            rf"^if (?:you|somebody|someone|your child|they|it)\b[^,.;]{{0,40}}\b(?:{_EMERGENCY})\b[^,.;]{{0,30}}, "
            r"(?:just |simply |then )?"
            r"(?:put (?:them|him|her) to bed|lie down|wait|rest|sleep|go to bed|have a|drink|take an? "
            r"(?:bath|nap|walk|antacid)|keep calm and wait)\b|"
            rf"\byou can (?:safely )?(?:leave|live with|wait with|sit out) (?:(?:the|your|an?|any) "
            rf")?(?:\w{{1,12}} )?(?:{_SIGN})\b"
        ),
        ("if ", "leave", "live with", "wait with", "sit out"),
        near=re.compile(r"\b(?:999|112|911|111|emergency|ambulance|doctor|gp|a&e)\b"),
    ),
    Phrase(
        _compiled(rf"\b(?:instead of|rather than) {_ASK} {_WHO}"),
        ("instead of", "rather than"),
        before=re.compile(DENIAL.pattern + "|" + _ELSEWHERE.pattern),
        after=_ELSEWHERE,
    ),
    Phrase(
        _compiled(
            rf"\bwait\b[^.;:!?]{{0,60}}?\bbefore (?:you )?{_ASK} (?:{_WHO}|(?:for )?(?:medical )?help\b)"
        ),
        ("wait",),
    ),
    Phrase(
        _compiled(
            r"\b(?:you|children|babies|adults|healthy people|nobody|no one) (?:do not |don[’']t |never "
            r")?(?:really )?needs? (?:the |a |any |an |this )?(?:\w{1,20} )?(?:vaccinations?|vaccines?|"
            r"jabs?|screening|smear tests?)\b"
        ),
        ("vaccin", "jab", "screening", "smear"),
        after=_ALREADY,
    ),
    Phrase(
        _compiled(
            r"\bno (?:doctor|hospital|gp|medical (?:help|attention|care|advice)|ambulance) is (?:needed|"
            r"necessary|required)|"
            rf"\b{_ASK} {_WHO} is (?:unnecessary|pointless|useless|a waste|not (?:needed|necessary|worth))|"
            r"\b(?:mole|lump|bleeding|injury|wound|rash|pain|cough|seizure|symptoms?|blood)\b(?: "
            r"\w{1,20}){0,3}? (?:do(?:es)? not|doesn[’']t|don[’']t) need (?:to be (?:checked|seen|looked at|"
            r"examined|tested|reported|treated)|medical (?:help|attention|advice|care))"
        ),
        (
            "needed",
            "necessary",
            "required",
            "unnecessary",
            "pointless",
            "useless",
            "a waste",
            "worth",
            " need ",
        ),
        _HEDGED,
        _ALREADY,
    ),
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in said(view, _PHRASES):
        yield hit(
            sentence,
            match,
            f"'{match.group()}' may keep somebody from the help that they need. Say when to get help and from "
            f"whom, or"
            " let a clinician agree to it.",
        )


RULE = Rule(
    Card(
        "care-discouraged",
        Severity.A,
        "A reader is told not to get care",
        "Somebody with a heart attack, a cancer or a sick child may wait because of it, until it is too late.",
        "Say who can stay at home, what to look out for, and when to see a GP, call NHS 111 or call 999.",
    ),
    wrong="There is no need to see a doctor about a new lump.",
    right="See a GP about a new lump. Most lumps are not cancer.",
    check=_check,
    reads=("en",),
)
