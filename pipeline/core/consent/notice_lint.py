"""What a notice has to say before anybody may sign up under it (C-05, C-15, C-25, C-42).

Rules look for the words by which a notice says a thing, or for words that spoil consent. They flag and never rewrite.
A notice that passes need not be lawful: a lawyer reads what the words mean, and these only see that they are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.core.consent.notice import NoticeVersion
from pipeline.core.consent.party import Role
from pipeline.core.consent.purpose import PurposeVersion


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` names it for programs. `source` is the row of the standards or the article of the law."""

    rule: str
    source: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """It finds something when `says` is not in the notice, or when `spoils` is."""

    name: str
    source: str
    sentence: str
    says: re.Pattern[str] | None = None
    spoils: re.Pattern[str] | None = None

    def breaks(self, words: str) -> bool:
        if self.says is not None:
            return self.says.search(words) is None
        return self.spoils is not None and self.spoils.search(words) is not None


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


ABROAD = _any(
    r"outside (?:of )?the (?:EU|EEA|UK)\b",
    r"countries outside",
    r"other countries",
    r"another country",
    r"transfer\w* abroad",
)
ICO = "(?:ICO|Information Commissioner)"
RULES = (
    Rule(
        "controller",
        "UK GDPR Art 13(1)(a); C-05",
        "It does not say who is responsible. Name the organisation and say that it decides how the details are used.",
        says=_any(r"data controller", r"decides how your (?:details|data|information)"),
    ),
    Rule(
        "contact",
        "UK GDPR Art 13(1)(a)",
        "It gives no way to reach the organisation. Give an email address and a postal address.",
        says=_any(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    ),
    Rule(
        "purpose",
        "UK GDPR Art 13(1)(c); C-05",
        "It does not say what the address is used for. Say what is sent.",
        says=_any(r"to send you", r"we send"),
    ),
    Rule(
        "frequency",
        "C-05",
        "It does not say how often. Say it, and keep to it.",
        says=_any(
            r"once (?:a|an|in|every|per)\b",
            r"(?:each|every|a|per) (?:day|week|month)",
            r"\b(?:dai|week|month)ly\b",
        ),
    ),
    Rule(
        "basis",
        "UK GDPR Art 13(1)(c)",
        "It does not say why the law allows it. Name consent, and the articles.",
        says=_any(r"Article 6", r"because you agree", r"with your consent"),
    ),
    Rule(
        "recipients",
        "UK GDPR Art 13(1)(e); C-05",
        "It does not say who receives the details. Name them, or say that nobody does.",
        says=_any(r"we do not (?:sell|share)", r"who receives", r"processor", r"we share"),
    ),
    Rule(
        "place",
        "UK GDPR Art 13(1)(f)",
        "It does not say where the details are kept, and whether that is in the UK.",
        says=_any(r"kept (?:in|within) the UK", r"outside the UK", r"United Kingdom"),
    ),
    Rule(
        "retention",
        "UK GDPR Art 13(2)(a)",
        "It does not say how long the details are kept.",
        says=_any(r"how long", r"we keep .{0,60}(?:until|for)\b", r"\bdelete[ds]? .{0,40}after\b"),
    ),
    Rule(
        "rights",
        "UK GDPR Art 13(2)(b)",
        "It does not name the rights: a copy, correction, deletion, objection.",
        says=_any(r"\b(?:copy|access)\b.{0,200}\bdelete\b", r"\bdelete\b.{0,200}\b(?:copy|access)\b"),
    ),
    Rule(
        "withdrawal",
        "UK GDPR Art 7(3), 13(2)(c); C-04",
        "It does not say that a yes can be taken back at any time, and how.",
        says=_any(r"withdraw", r"unsubscribe", r"stop at any time"),
    ),
    Rule(
        "complaint",
        "DPA 2018 s.164A, UK GDPR Art 13(2)(d); C-16",
        "It does not say how to complain to you, and to the Information Commissioner's Office (ICO).",
        says=_any(rf"complain.{{0,600}}\b{ICO}", rf"\b{ICO}.{{0,600}}complain"),
    ),
    Rule(
        "provision",
        "UK GDPR Art 13(2)(e)",
        "It does not say whether the address has to be given, and what follows if it is not.",
        says=_any(r"do not have to", r"not obliged", r"without it"),
    ),
    Rule(
        "profiling",
        "UK GDPR Art 13(2)(f); C-30",
        "It does not say whether there is profiling, tracking or a decision by a machine.",
        says=_any(r"profil", r"automated decision"),
    ),
    Rule(
        "age",
        "UK GDPR Art 8; C-25",
        "It has no line about age. Say from which age somebody may sign up by themselves: 16 or over.",
        says=_any(
            r"\b(?:1[3-8]|thirteen|sixteen|eighteen) (?:years )?(?:or|and) (?:over|older)", r"aged? 1[3-8]"
        ),
    ),
    Rule(
        "take-it-or-leave-it",
        "UK GDPR Art 4(11), 7(4), 49(1)(a); C-42",
        "“If you do not agree, do not provide it” is not a choice: no consent follows from it, and none to a transfer.",
        spoils=_any(r"if you do not agree\b.{0,80}\bdo not provide"),
    ),
    Rule(
        "eu-for-uk",
        "UK GDPR Art 13(1)(f); C-42",
        "It speaks of the EU. For a controller in the UK, abroad is what lies outside the UK.",
        spoils=_any(r"outside (?:of )?the E(?:U|EA)\b(?!.{0,40}\bUK\b)"),
    ),
    Rule(
        "unsupported-claim",
        "CAP Code 3.7; C-42",
        "It promises daily advice by a medical team, and nothing shows one. Say who writes, and what it is not.",
        spoils=_any(r"advice from our (?:medical|clinical|doctors)"),
    ),
)
SAFEGUARD = _any(
    r"adequacy",
    r"International Data Transfer",
    r"standard (?:contractual|data protection) clauses",
    r"binding corporate",
)
Check = Callable[[NoticeVersion, str], Iterable[Finding]]


def findings(notice: NoticeVersion, purpose: PurposeVersion | None = None) -> tuple[Finding, ...]:
    """What stands against signing up under this notice, in the order of the rules. Empty: nothing that can be seen.

    With the facts behind it (`[processing]`) its words are held against them too.
    """
    words = _all_words(notice)
    found = [Finding(rule.name, rule.source, rule.sentence) for rule in RULES if rule.breaks(words)]
    for check in (_transfer, _policy, _sentence, _promise):
        found += check(notice, words)
    if purpose is not None:
        found += _facts(purpose, words)
    return tuple(found)


def contradictions(notices: Sequence[NoticeVersion]) -> tuple[Finding, ...]:
    """What two notices of one publisher say against each other about where details go."""
    found = []
    for index, one in enumerate(notices):
        for other in notices[index + 1 :]:
            abroad = [bool(ABROAD.search(_all_words(each))) for each in (one, other)]
            if abroad[0] != abroad[1]:
                says, silent = (one, other) if abroad[0] else (other, one)
                found.append(
                    Finding(
                        "contradiction",
                        "UK GDPR Art 5(1)(a); C-42",
                        f"{says.notice_id} version {says.version} speaks of a transfer to other countries, and"
                        f" {silent.notice_id} version {silent.version} of none. Both are the same servers.",
                    )
                )
    return tuple(found)


def _all_words(notice: NoticeVersion) -> str:
    return " ".join(" ".join((notice.title, notice.consent_sentence, notice.body)).split())


def _transfer(notice: NoticeVersion, words: str) -> Iterable[Finding]:
    if ABROAD.search(words) and not SAFEGUARD.search(words):
        yield Finding(
            "safeguard",
            "UK GDPR Art 13(1)(f), 46; C-42",
            "It speaks of a transfer abroad and names no safeguard, such as adequacy regulations or the IDTA.",
        )


def _policy(notice: NoticeVersion, words: str) -> Iterable[Finding]:
    if notice.policy_url == NO_POLICY:
        yield Finding("policy", "UK GDPR Art 12(1); C-42", "It has no link to a privacy policy.")


def _sentence(notice: NoticeVersion, words: str) -> Iterable[Finding]:
    if notice.consent_sentence == NO_SENTENCE:
        yield Finding(
            "consent-sentence",
            "UK GDPR Art 4(11); C-02",
            "There is no sentence that somebody says yes to, with a box of its own or a button that says what it does.",
        )


def _promise(notice: NoticeVersion, words: str) -> Iterable[Finding]:
    if notice.cadence_max_days > 1 and re.search(r"\bdaily\b|every day|once a day", words, re.IGNORECASE):
        yield Finding("cadence", "C-05", "It promises something each day, and the list goes out less often.")


def _facts(purpose: PurposeVersion, words: str) -> Iterable[Finding]:
    for party in (*purpose.controllers, *purpose.recipients):
        if party.role is Role.CONTROLLER and party.name.casefold() not in words.casefold():
            yield Finding(
                "controller-names",
                "UK GDPR Rec 42; C-05",
                f"It does not name {party.name}, which uses the details for itself. Name every controller.",
            )
    if purpose.abroad and not ABROAD.search(words):
        yield Finding(
            "transfer",
            "UK GDPR Art 13(1)(f); C-15",
            f"Details go to {', '.join(purpose.abroad)}, and it speaks of no other country.",
        )


# What an archived notice has where it has nothing: its file must say so, and not leave it to be forgotten.
NO_POLICY = "none"
NO_SENTENCE = "none"
