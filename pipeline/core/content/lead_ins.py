"""Sentences that lead into a list, and whether the list is there.

A colon leads into something in every language. What may follow it as a paragraph, a quotation or a short answer, is let
be; whole sentences of prose are no list. How grave the loss is depends on what the list was about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.content.article import Block, Finding, Paragraph, Severity, Urgency
from pipeline.core.content.urgency import told
from pipeline.core.content.words import plain, word_count

LIST_RULE = "lost-list"

COLONS = (":", "：", "﹕", "︰", "፦")
_COLON_CLASS = "".join(COLONS)
_QUOTE = 80  # characters of what a person sees
_FEW = 12  # words; a shorter paragraph may be an entry of a list that is written as lines, or a short answer
_LABEL = 3  # words; "In short:" names what follows it
# Words that lead into a list. With a colon even a label of these is no label.
_ANNOUNCES = re.compile(
    r"\b(?:are|include|includes|including|following|such as|these|if you(?: have)?|when|may|might|can|should|must|if|"
    r"wenn|sind|umfassen|falls|si|sont|comprennent|incluyen|son|sono|comprendono|se|são|incluem|als|zijn|gdy|jeśli|если|os)"
    rf"\s*[{_COLON_CLASS}]$",
    re.IGNORECASE,
)
# The same without a colon: no sentence ends so.
_BREAKS_OFF = re.compile(
    r"\b(?:includes?|including|such as|the following|if|unless|when you|if you(?: have| are)?|"
    r"(?:symptoms|signs|effects|causes|reasons|risks|options|types|medicines|treatments|doses|examples|people)\b"
    r"[^.!?]{0,60}\b(?:are|include)|"
    r"umfassen|wenn|falls|gehören|comprennent|notamment|incluyen|como|comprendono|incluem|omvatten|obejmują|включают)$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:what|who|whom|when|where|why|which|how|wann|was|wer|quand|cuándo|qué)\b", re.IGNORECASE
)
_SPEAKS = re.compile(
    r"\b(?:says|said|writes|wrote|explains|explained|asks|asked|adds|added|notes|noted|puts it|quote[sd]?|"
    r"recalls?|concludes?|for example|for instance|e\.g\.|example|in other words|answer|question|"
    r"sagt|schreibt|dice|dijo|dit|explique|escribe|zum Beispiel|por ejemplo|par exemple|per esempio)"
    rf"\b[^.!?]{{0,40}}[{_COLON_CLASS}]$",
    re.IGNORECASE,
)
_BEGINS_OTHERWISE = re.compile(r"[\"“”„«»‘'「『(\[•◦▪·*–—-]|\d{1,2}[.)]|[a-z]\)|[QA]\s?[:.]")
_STOP = re.compile(r"[^\W\d_][)”\"]?[.!?](?:\s|$)|[。！？؟।]")
_GRAVE = re.compile(
    r"\b(?:dos(?:e|es|age|ages|ing)|overdos\w*|\d+ ?m[gl]|side[- ]effects?|adverse|contra-?indicat\w*|interact\w*|"
    r"allerg\w*|warning signs?|red flags?|(?:do|should|must|can) ?not (?:take|use|have|be (?:taken|used|given))|"
    r"(?:don|shouldn|mustn|can)['’]?t (?:take|use|have)|avoid|poison\w*|bleed\w*|unsafe|dangerous|"
    r"(?:get|ask for|seek|need) (?:medical |urgent )?(?:help|care|advice|attention)|"
    r"nebenwirkung\w*|gegenanzeigen?|dosis|dosierung\w*|dosen|wechselwirkung\w*|warnzeichen|"
    r"effets (?:secondaires|indésirables)|contre-indications?|posologie|surdosage|"
    r"efectos (?:secundarios|adversos)|contraindicaciones|dosis|sobredosis|signos de alarma|"
    r"effetti (?:collaterali|indesiderati)|controindicazioni|dosaggio|efeitos (?:secundários|colaterais|adversos)|"
    r"contraindicações|bijwerkingen|dosering|skutki uboczne|przeciwwskazania|побочные|противопоказания|доз[аы]\w*)\b"
    r"|副作用|禁忌|用量|用法|不良反应|不良反應|剂量|부작용|용량|الآثار الجانبية|موانع|جرعة|الجرعة",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LeadIn:
    """A paragraph, a heading or a title of a box among its neighbours.

    `after` is the block that stands after it, None where nothing does; `goes_on`: smaller sections follow that it may
    lead into. `under` is the heading that it stands under; `is_bold`: all of it is.
    """

    words: str
    line: int
    after: Block | None
    goes_on: bool = False
    under: str = ""
    is_bold: bool = False


def is_lead_in(words: str) -> bool:
    return words.rstrip().endswith(COLONS)


def lost(lead: LeadIn) -> Iterator[Finding]:
    words = lead.words.rstrip()
    if is_lead_in(words):
        if lead.after is None and not lead.goes_on:
            message = (
                "Nothing stands after this lead-in: a list may have been lost. Find it, or end the sentence."
            )
            yield _finding(Severity.A, lead, message)
        elif _is_prose(lead.after) and not _names_what_follows(lead, words):
            message = "This leads into a list, and whole sentences follow. If the list was lost, put it back."
            yield _finding(_gravity(lead), lead, message)
    elif breaks_off(words) and (_is_prose(lead.after) if lead.after else not lead.goes_on):
        message = (
            "This breaks off where a list would begin: it may have been lost. Find it, or end the sentence."
        )
        yield _finding(_gravity(lead), lead, message)


def taken_away(words: str, line: int, why: str) -> Finding:
    """For a reader that left out what stood after a lead-in, or found nothing in it."""
    lead = LeadIn(words.rstrip(), line, None)
    return _finding(
        _gravity(lead), lead, f"The list after this lead-in was {why}. Look at the page, and put it back."
    )


def breaks_off(words: str) -> bool:
    """Whether words without a colon end as only a lead-in does."""
    return _BREAKS_OFF.search(words[-120:]) is not None and not _ASKS.match(words)


def _is_prose(block: Block | None) -> bool:
    """Whether a block is a paragraph of whole sentences, which no entry of a list is."""
    if not isinstance(block, Paragraph):
        return False
    words = plain(block.text).strip()
    if _BEGINS_OTHERWISE.match(words) or is_lead_in(words) or words[:1].islower():
        return False
    return word_count((block,)) > _FEW and _STOP.search(words) is not None


def _names_what_follows(lead: LeadIn, words: str) -> bool:
    """Whether it is a label, such as "In short:", a bold line or "How to use the drops:", or says who speaks."""
    is_short = len(words.split()) <= _LABEL and words.isascii()
    is_label = is_short or lead.is_bold or _ASKS.match(words) is not None
    return (is_label or _SPEAKS.search(words[-120:]) is not None) and not _ANNOUNCES.search(words)


def _gravity(lead: LeadIn) -> Severity:
    words = f"{lead.under} {lead.words}"
    is_grave = _GRAVE.search(words) is not None or told("", words).urgency is not Urgency.NOTE
    return Severity.A if is_grave else Severity.B


def _finding(severity: Severity, lead: LeadIn, message: str) -> Finding:
    return Finding(LIST_RULE, severity, lead.line, lead.words[-_QUOTE:], message)
