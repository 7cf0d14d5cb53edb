"""Headings of a page of plain text: which lines are headings, which were lost, and what a lost one may have said."""

from __future__ import annotations

import re

from pipeline.core.content.article import Finding, SectionKind, Severity
from pipeline.core.content.asking import asks
from pipeline.core.content.importers.heading_lines import LONGEST, MOST_WORDS, SENTENCE
from pipeline.core.content.importers.page import Chunk
from pipeline.core.content.kinds import guess_kind, heads_questions

SUGGESTED = "suggested-heading"
BARE = "bare-heading"

WIDE_GAP = 2  # blank lines; a scrape leaves them where it dropped a heading

_ASKS = re.compile(
    r"(?:who|what|when|where|why|which|how|can|could|do|does|did|is|are|am|was|will|would|should|may|must|has|have)\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"^(?:what (?:is|are)|all about|understanding|a guide to|living with)\s+(?:an? |the )?"
    r"|^¿?qu[ée] (?:es|son)\s+(?:el |la |los |las )?|^was (?:ist|sind)\s+(?:eine? |die |der |das )?",
    re.IGNORECASE,
)
_LONGEST_WITHOUT_CAPITALS = 40
_SUGGESTED = {
    SectionKind.TYPES: "Types",
    SectionKind.CAUSES: "Causes",
    SectionKind.SYMPTOMS: "Signs and symptoms",
    SectionKind.DIAGNOSIS: "Diagnosis",
    SectionKind.MANAGEMENT: "Management and treatment",
    SectionKind.PREVENTION: "Prevention",
}
_LOST_FROM = 8  # words; the subject of a section stands at the start of its first sentence


def topic_of(title: str) -> str:
    """`breast calcifications` from "What Is Breast Calcifications?"."""
    return re.split(r"[:?|–—]", _TOPIC.sub("", title))[0].strip().lower()


def is_heading(chunk: Chunk) -> bool:
    """Whether a line may be a heading: short, no list, and without the stop of a sentence."""
    if chunk.is_list or len(chunk.text) > LONGEST:
        return False
    text = chunk.text
    return SENTENCE.search(text) is None and len(text.split()) <= MOST_WORDS and _begins(text)


def _begins(text: str) -> bool:
    """Whether a line begins as a heading does: with a capital, a figure, or a letter of a script that has no capitals,
    where a line is short."""
    first = text.lstrip('¿¡«„“"')[:1]
    if first.isupper() or first.isdigit():
        return True
    return first.isalpha() and not first.islower() and len(text) <= _LONGEST_WITHOUT_CAPITALS


def is_question(chunk: Chunk) -> bool:
    return is_heading(chunk) and (asks(chunk.text) or _ASKS.match(chunk.text) is not None)


def is_questions_heading(chunk: Chunk) -> bool:
    return is_heading(chunk) and not is_question(chunk) and heads_questions(chunk.text)


def names_section(text: str, topic: str) -> bool:
    """Whether a heading is of the first rank: it names the topic, or a part that every article has."""
    return (bool(topic) and topic in text.lower()) or guess_kind(text) in _SUGGESTED or _is_end(text)


def _is_end(text: str) -> bool:
    return guess_kind(text) in (SectionKind.SUMMARY, SectionKind.QUESTIONS, SectionKind.HELP)


def suggest(text: str, topic: str, *, last: bool) -> str:
    """A heading for a section that begins with `text`; `last` if the references come next."""
    if last:
        return "Summary"
    start = " ".join(text.split()[:_LOST_FROM])
    kind = (
        guess_kind(re.sub(re.escape(topic), " ", start, flags=re.IGNORECASE)) if topic else guess_kind(start)
    )
    if kind in _SUGGESTED:
        return _SUGGESTED[kind]
    if topic and re.match(rf"(?:an? |the )?{re.escape(topic)}\b", text, re.IGNORECASE):
        return "Overview"
    return f"More about {topic}" if topic else "More"


def suggested_heading(heading: str, line: int, text: str = "") -> Finding:
    """What an editor must confirm. `text` is what stands under the lost heading, where the page still shows it."""
    return Finding(
        SUGGESTED,
        Severity.B,
        line,
        (text or heading)[:80],
        f"The page had lost a heading here, and '{heading}' is a suggestion. Keep it or write a better one.",
    )


def bare_heading(line: int, text: str) -> Finding:
    message = (
        "This short line between paragraphs was read as a heading. If it is none, make it part of a sentence."
    )
    return Finding(BARE, Severity.C, line, text[:80], message)


def introduction(line: int, text: str = "") -> Finding:
    """What stands before the first heading is called an introduction. Most pages begin so, and nothing was lost."""
    message = "The text begins without a heading, and 'Introduction' was put above it. Keep it or write a better one."
    return Finding(SUGGESTED, Severity.C, line, text[:80], message)
