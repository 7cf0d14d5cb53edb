"""Takes out of a reference what says itself what it is: identifiers, addresses, the day it was looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.core.content.references import dates, identifiers
from pipeline.core.content.references.dates import DATE

LONGEST = 4000  # characters of a reference that are looked at; the rest is kept as it is

_URL = re.compile(r"<?https?://[^\s<>\"]{1,2000}>?")
_DOI = re.compile(
    r"(?:\bdoi\s?:?\s?)?(?:https?://(?:dx\.)?doi\.org/)?\b10\.\d{4,9}/[^\s\"<>]{1,200}", re.IGNORECASE
)
_PMID = re.compile(r"\bPMID\s?:?\s?(\d{1,8})\b", re.IGNORECASE)
_PMCID = re.compile(r"\b(?:PMCID\s?:?\s?)?(PMC\d{3,9})\b", re.IGNORECASE)
_ACCESSED = re.compile(
    rf"[\[(]?\s?\b(?:last |date )?(?:cited|accessed|viewed|retrieved)(?: on)?(?: date)?\s?:?\s?({DATE})\s?[\])]?"
    r"(?:,?\s?from\b:?)?",
    re.IGNORECASE,
)
_REVIEWED = re.compile(
    rf"[\[(]?\s?\b(?:page )?(?:last )?(?:updated|reviewed|published)(?: on| in)?\s?:?\s?({DATE})\s?[\])]?",
    re.IGNORECASE,
)
_NEXT = re.compile(rf"[\[(]?\s?\bnext review(?: due)?\s?:?\s?({DATE})\s?[\])]?", re.IGNORECASE)
_MEDIUM = re.compile(r"\s?\[(?:internet|online|web ?page|website|electronic)\]", re.IGNORECASE)
_POINTER = re.compile(
    r"[,(\[]?\s?\b(?:available (?:from|at|online)(?: at)?|retrieved from|url|doi)\s?:?\s?(?=[\s.,;)\]\x00]|$)",
    re.IGNORECASE,
)
_LOOSE = " .,;"
_GONE = "\x00"  # stands where something was taken out, until the stops around it are one


@dataclass(frozen=True, slots=True)
class Taken:
    """`words` is what is left; `medium` is where in it `[Internet]` stood, -1 where it did not."""

    words: str
    medium: int = -1
    url: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    accessed: dates.Parts = ()
    reviewed: dates.Parts = ()


def take(text: str) -> Taken:
    words = " ".join(text[:LONGEST].replace(_GONE, "").split())
    doi = ""
    if match := _DOI.search(words) if "10." in words else None:
        doi = identifiers.doi(match.group()) or ""
        cut = match.start() + _length_with(match.group(), doi)
        words = words[: match.start()] + _GONE + words[cut:]
    url, words = _first(_URL, words, "http")
    url = url.strip("<>").rstrip(".,;:)]")
    pmid, words = _first(_PMID, words, "pmid")
    pmcid, words = _first(_PMCID, words, "pmc")
    accessed, words = _first(_ACCESSED, words, "cited", "accessed", "viewed", "retrieved")
    _, words = _first(_NEXT, words, "next review")
    reviewed, words = _first(_REVIEWED, words, "updated", "reviewed", "published")
    words = _POINTER.sub(_GONE, words)
    words = _closed_up(words).strip(" ,;")
    medium = _MEDIUM.search(words) if "[" in words else None
    return Taken(
        words=_MEDIUM.sub("", words) if medium else words,
        medium=medium.start() if medium else -1,
        url=url,
        doi=doi or (identifiers.doi_of_url(url) if url else "") or "",
        pmid=pmid or (identifiers.pmid_of_url(url) if url else "") or "",
        pmcid=pmcid.upper(),
        accessed=dates.parts(accessed),
        reviewed=dates.parts(reviewed),
    )


def _first(pattern: re.Pattern[str], words: str, *hints: str) -> tuple[str, str]:
    """The first match (its group, where it has one) and the words without it. It is looked for only where one of
    `hints` stands, which is much the quicker to find."""
    small = words.lower()
    match = pattern.search(words) if any(hint in small for hint in hints) else None
    if match is None:
        return "", words
    return match.group(match.lastindex or 0), words[: match.start()] + _GONE + words[match.end() :]


def _length_with(found: str, doi: str) -> int:
    """How much of `found` the DOI takes, with what leads to it and without the stops after it."""
    at = found.lower().find(doi)
    return at + len(doi) if at >= 0 else len(found)


def _closed_up(words: str) -> str:
    """The words without the places where something was: of the stops around one the strongest stays."""
    first, *pieces = words.split(_GONE)
    for piece in pieces:
        left, right = first.rstrip(_LOOSE), piece.lstrip(_LOOSE)
        if left[-1:] in ("(", "[") and right[:1] in (")", "]"):
            left, right = left[:-1].rstrip(_LOOSE), right[1:].lstrip(_LOOSE)
        around = first[len(left) :] + piece[: len(piece) - len(right)]
        first = left + next((f"{stop} " for stop in ".;," if stop in around), " ") + right
    return first
