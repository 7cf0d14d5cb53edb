"""Why a mailbox did not take a message: one reading for what is said during SMTP and for what a report says later
(B-03 to B-06).

What is told is a basic code (RFC 5321), an enhanced code (RFC 3463) and words. The enhanced code decides where it says
something; the words only where it does not. Nothing but `hard` is about an address that is dead: our own fault, a full
mailbox and a message that is too large never suppress anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

LONGEST_TEXT = 2000  # characters of a diagnostic that are looked at


class BounceClass(StrEnum):
    HARD = (
        "hard"  # no such mailbox, or one that is closed for good: the only class that suppresses an address
    )
    FULL = "full"  # X.2.2: "should be used as a persistent transient failure" (RFC 3463 section 3.3)
    SOFT = "soft"  # the network, the host, or a reason that may pass
    CONTENT = "content"  # too large, or in a form that the host does not take: the issue is at fault
    SENDER_FAULT = "sender_fault"  # our reputation, signature or policy: the recipient has done nothing
    UNKNOWN = "unknown"  # a permanent refusal that gives no reason

    @property
    def counts_as_soft(self) -> bool:
        """Whether it is one of the seven in a row after which a mailbox is left alone (B-11)."""
        return self in (BounceClass.FULL, BounceClass.SOFT, BounceClass.UNKNOWN)


_CODE = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})")
# In words: not inside an address, a version or an IP address.
_CODE_IN_TEXT = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.]*[0-9])")
_BASIC_IN_TEXT = re.compile(r"(?:^|smtp;\s*|said:\s*|\s)([245][0-9]{2})(?=[ -]|$)", re.IGNORECASE)

B = BounceClass

# A permanent refusal by subject and detail. A detail that is not here goes by its subject (B-04).
_BY_DETAIL: Mapping[tuple[int, int], BounceClass] = {
    (1, 4): B.SOFT,  # the address is ambiguous, and so it exists
    (1, 5): B.UNKNOWN,  # "destination address valid": no reason for a refusal
    (1, 7): B.SENDER_FAULT,  # the sender's address, its syntax
    (1, 8): B.SENDER_FAULT,  # the sender's address, its system
    (1, 9): B.SOFT,  # relayed to a host that cannot do what was asked
    (2, 1): B.HARD,  # disabled, not accepting messages
    (2, 2): B.FULL,
    (2, 3): B.CONTENT,  # longer than this mailbox takes
    (2, 4): B.SOFT,  # a mailing list could not be expanded
    (3, 4): B.CONTENT,  # larger than this host takes
}
_BY_SUBJECT: Mapping[int, BounceClass] = {1: B.HARD, 3: B.SOFT, 4: B.SOFT, 6: B.CONTENT, 7: B.SENDER_FAULT}
# Subjects 0 (other), 2 without a detail (some mailbox status) and 5 (protocol) tell no reason: many hosts say
# `5.0.0 User unknown` and `5.5.0 mailbox unavailable`. There the words are read.


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# The first that fits decides. What blames us goes first, since a refusal for spam often names the mailbox as well.
_BY_WORDS: tuple[tuple[BounceClass, re.Pattern[str]], ...] = (
    (
        B.SENDER_FAULT,
        _words(
            r"\bspam\b|spamhaus|spamcop|barracuda|\bsurbl|\bunsolicited",
            r"black ?list|block ?list|deny ?list|\bdnsbl|\brbl\b|listed (?:at|by|in|on)\b",
            r"\b(?:dmarc|dkim|spf)\b|unauthenticated|not authenticated|reverse dns|\bptr\b|\brdns\b",
            r"reputation|rate.?limit|too many (?:messages|connections|recipients|emails)|temporarily deferred",
            r"relay(?:ing)? (?:access )?denied|not permitted to relay|unable to relay|authentication (?:is )?required",
            r"blocked|banned|(?:violat\w*|local|security|sending|administrative) polic(?:y|ies)",
            r"polic(?:y|ies) violation",
            r"sender (?:address |domain )?(?:rejected|denied|not|verif|unknown|blocked)",
        ),
    ),
    (
        B.FULL,
        _words(
            r"over ?quota|quota (?:exceed|is full|full)|exceed\w* (?:\w+ ){0,3}quota|disk quota|\bout of quota",
            r"(?:mail ?box|in ?box|account|mail ?folder|disk|storage) (?:is |has been |currently )?(?:over)?full\b",
            r"full (?:mail|in) ?box|mailbox size limit|insufficient (?:\w+ )?(?:disk|storage|space)|out of storage",
            r"not enough (?:storage|disk) space|no space left|over (?:\w+ )?storage|allocated storage",
        ),
    ),
    (
        B.CONTENT,
        _words(
            r"message (?:size|length|is too|too) ?(?:exceed|large|big|long|limit)?\w* ?(?:exceed|large|big|long)",
            r"size (?:of (?:the )?message )?(?:exceed|limit exceeded)|exceed\w* (?:\w+ ){0,4}(?:message|maximum) size",
            r"too (?:large|big)\b|\bvirus\b|malware|attachment",
            r"line too long|lines? (?:is |are )?longer|bare (?:lf|cr)|8.?bit|malformed (?:mime|header)",
        ),
    ),
    (
        B.HARD,
        _words(
            r"\b(?:no|not a) such (?:user|mailbox|recipient|address|account|person|local user|email)|no mailbox\b",
            r"(?:user|recipient|mailbox|address|account|addressee|alias|inbox)(?: \S{1,254}){0,3}?"
            r" (?:is |was |has been |are )?(?:unknown|not found|invalid|disabled|inactive|closed|suspended|terminated"
            r"|deactivated|discontinued|expired|deleted)\b",
            r"(?:unknown|invalid|nonexist\w+|non-exist\w+|inactive|disabled|bad) (?:\w+ )?"
            r"(?:user|recipient|mailbox|address|account|alias|destination)",
            r"(?:does not|doesn'?t|do not) (?:exist|have an? (?:\S+ )?account|live here)|not (?:a )?(?:known|valid) "
            r"(?:user|recipient|mailbox|address)",
            r"not listed in|not our customer|no longer (?:valid|available|with|works|in use|active|exists|on server)",
            r"mailbox (?:is )?unavailable|mailbox not available|can'?t be (?:found|verified)|couldn'?t be found",
            r"domain (?:\S+ )?(?:does not accept|has no) mail|null mx|has a new address",
            r"account that you tried to reach",
        ),
    ),
    (
        B.SOFT,
        _words(
            r"time[d -]*out|connection (?:refused|reset|lost|closed|dropped)|could not connect|unreachable|no route",
            r"try again|temporar|grey ?list|greylist|host (?:\S+ )?not found|name service|dns (?:error|failure)",
            r"(?:system|server|service) (?:is )?(?:currently )?(?:busy|unavailable|not available|down)|retry|expired"
            r"|loop|too many hops|resources",
        ),
    ),
)


def bounce_class(code: int | None, enhanced: str = "", text: str = "") -> BounceClass:
    """The class of a refusal: `code` as in 550, `enhanced` as in 5.1.1, `text` without either. Each may be missing.

    An enhanced code whose class differs from that of the basic code is not believed (RFC 2034 section 4, M-29).
    """
    text = text[:LONGEST_TEXT]
    said = _CODE.fullmatch(enhanced.strip())
    grave = _grade(code, said)
    subject, detail = (int(said[2]), int(said[3])) if said and said[1] == str(grave) else (0, 0)
    if grave == 5:
        return _permanent(code, subject, detail, text)
    return _passing(code, subject, detail, text)


def find_codes(text: str) -> tuple[int | None, str]:
    """The first basic code and the first enhanced code in a line of words, such as a Diagnostic-Code.

    An enhanced code of the other class than the basic code is left out: it is a version or an address.
    """
    text = text[:LONGEST_TEXT]
    basic = _BASIC_IN_TEXT.search(text)
    for found in _CODE_IN_TEXT.finditer(text):
        if basic is None or found[1] == basic[1][0]:
            return (int(basic[1]) if basic else None), found[0]
    return (int(basic[1]) if basic else None), ""


def _grade(code: int | None, enhanced: re.Match[str] | None) -> int:
    """4 or 5: whether this failure may pass. 0 where nobody says."""
    if code is not None and 400 <= code < 600:
        return code // 100
    return int(enhanced[1]) if enhanced and enhanced[1] in "45" else 0


def _permanent(code: int | None, subject: int, detail: int, text: str) -> BounceClass:
    by_code = _BY_DETAIL.get((subject, detail)) or _BY_SUBJECT.get(subject)
    if by_code is not None:
        return by_code
    # 552 is "exceeded storage allocation"; at RCPT it is to be taken for 452 (RFC 5321 section 4.5.3.1.10).
    usual = {552: B.FULL, 554: B.SENDER_FAULT}.get(code or 0, B.UNKNOWN)
    return _by_words(text) or usual


def _passing(code: int | None, subject: int, detail: int, text: str) -> BounceClass:
    """What may pass is never hard and never the issue's fault; it may be ours, or a full mailbox's."""
    if (subject, detail) == (2, 2):
        return B.FULL
    if subject == 7:
        return B.SENDER_FAULT
    if subject not in (0, 2, 5):
        return B.SOFT
    worded = _by_words(text)
    if worded in (B.FULL, B.SENDER_FAULT):
        return worded
    return B.FULL if code == 452 and not worded and subject == 0 else B.SOFT


def _by_words(text: str) -> BounceClass | None:
    return next((kind for kind, words in _BY_WORDS if words.search(text)), None)
