"""Who wrote a page, from the lines under its title."""

from __future__ import annotations

import re

from pipeline.core.content.article import Person
from pipeline.core.content.inlines import tidy_text

_NAME = (
    r"(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Mx)\.? )?"
    r"[A-Z][\w'’-]+(?: [A-Z]\.?)?(?: (?:de |van |al-)?[A-Z][\w'’-]+){1,2}"
)
_CREDENTIAL = (
    r"(?:[BM]Sc|Msc|Bsc|M\.?D|Ph\.?D|MBBS|MBChB|MB|RGN|RN|MPH|MPharm|BPharm|MRCP|MRCGP|FRC\w+|BA|MA|BDS|DPhil|"
    r"Registered|Pharmacist|Nurse|Physiotherapist|Dietitian|Doctor|Consultant|Professor)\b"
)
_NAME_AND_CREDENTIALS = re.compile(rf"({_NAME})[\s,|–—-]+({_CREDENTIAL}.*)")
_WRITTEN = re.compile(
    r"^(?:(?:written|words) )?by:?\s+|^authors?:\s*|^(?:escrito )?por:?\s+|^(?:[ée]crit )?par:?\s+|^von:?\s+",
    re.IGNORECASE,
)
_REVIEWED = re.compile(r"^(?:\w+ )?(?:reviewed|checked|approved) by:?\s+(.+)", re.IGNORECASE)
_DATED = re.compile(
    r"^(?:(?:last|page|first|media|content|article|medically|date) )*(?:updated|reviewed|published"
    r"|posted)(?: on)?:?\s+.{0,12}\d"
    r"|^next review(?: due| date)?(?: on)?:?\s+.{0,12}\d|^\d{1,2} \w{3,9} \d{4}$"
    r"|^\w{3,9}\.? \d{1,2}, \d{4}$",
    re.IGNORECASE,
)
_APART = re.compile(r"\s*[,|–—]\s+|\s+-\s+|\u00a0\s*|\s{2,}")
_BETWEEN = re.compile(
    r"\s+[—–|·•]\s+(?=(?:[mM]edically |[fF]act |[lL]ast )?(?:[wW]ritten|[bB]y|[uU]pdated|[rR]eviewed|[cC]hecked)\b)"
)
_NEXT_REVIEW = re.compile(r"[\s|·•–—]+(?=next review\b)", re.IGNORECASE)
_LONGEST = 200
_LONGEST_DATE = 60


def person(text: str, *, marked: bool) -> Person | None:
    """The author that a line names. `marked` says that the line's place already makes it a byline."""
    if len(text) > _LONGEST:
        return None
    words = _WRITTEN.sub("", text)
    if words == text and not marked and not _NAME_AND_CREDENTIALS.fullmatch(words):
        return None
    if match := _NAME_AND_CREDENTIALS.fullmatch(words):
        name, credentials = match.groups()
    else:
        name, *rest = _APART.split(words, maxsplit=1)
        credentials = rest[0] if rest else ""
    if not re.fullmatch(_NAME, name.strip()):
        return None
    return Person(tidy_text(name), tidy_text(credentials), "Author")


def reviewer(text: str) -> str | None:
    """Whom the page says it was reviewed by. That is not a review of what Rounds sends."""
    match = _REVIEWED.match(text) if len(text) <= _LONGEST else None
    return tidy_text(match.group(1)) if match else None


def parted(text: str) -> list[str]:
    """`Reviewed by A — Written by B — Updated 3 May` as its parts, if it is nothing but such; else the whole."""
    parts = _BETWEEN.split(text) if len(text) <= _LONGEST else [text]
    if len(parts) < 2 or (not reviewer(parts[0]) and not _WRITTEN.match(parts[0])):
        return [text]
    are = all(
        reviewer(part) or is_date(part) or (_WRITTEN.match(part) and person(part, marked=True))
        for part in parts
    )
    return parts if are else [text]


def is_date(text: str) -> bool:
    """`Page last reviewed: 3 May 2024 Next review due: 3 May 2027` are two of them on one line."""
    parts = _NEXT_REVIEW.split(text, maxsplit=1) if len(text) <= _LONGEST else [text]
    return all(len(part) <= _LONGEST_DATE and _DATED.match(part) for part in parts)
