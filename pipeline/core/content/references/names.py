"""Authors as they are written in a list of references, as people or bodies."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARTICLE = (
    r"(?:(?:[Vv][ao]n|[Dd]e[rnl]?|[Dd][iau]|[Dd]os|[Ll][ae]|[Tt]e[nr]|[Ee]l|[Aa]l|[Ss]t\.?|[Bb]in)\s){0,3}"
)
_FAMILY = rf"{_PARTICLE}[^\W\d_][\w'’.-]{{0,40}}(?:\s[^\W\d_a-z][\w'’-]{{1,40}}){{0,2}}"
_VANCOUVER = re.compile(rf"({_FAMILY})\s((?:[^\W\d_a-z]\.?[\s-]?){{1,4}})(?:\s(?:Jr|Sr|II|III|2nd|3rd))?")
_INVERTED = re.compile(
    rf"({_FAMILY}),\s?((?:[^\W\d_a-z][a-z]?\.[\s-]?){{1,4}}|[^\W\d_a-z][a-z]+(?:\s[^\W\d_a-z]\.?){{0,2}})"
    rf"(?:,?\s(?:Jr|Sr|II|III)\.?)?(?=\s*(?:,|;|&|\band\b|$))"
)
_JOIN = re.compile(r"\s*(?:[,;]?\s*(?:&|\band\b)|[,;])\s*")
_ET_AL = re.compile(r",?\s*(?:\bet\.? al\b\.?|\band (?:others|colleagues)\b|\.\.\.|…)\s*$", re.IGNORECASE)
_ROLE = re.compile(r",?\s*\(?\b(?:eds?|editors?|authors?)\b\.?\)?\s*$", re.IGNORECASE)
_PLACES = frozenset({"UK", "US", "USA", "EU", "NHS", "NI"})  # `Diabetes UK` is a body
_LONGEST = 2000  # characters of one list of authors


@dataclass(frozen=True, slots=True)
class Name:
    """A person by `family` and `given`, or a body by `literal`."""

    family: str = ""
    given: str = ""
    literal: str = ""


@dataclass(frozen=True, slots=True)
class Authors:
    """`others`: the list ends in "et al."."""

    names: tuple[Name, ...]
    others: bool = False


def people(text: str) -> Authors | None:
    """Authors where every part of `text` is a person, as `Smith J, Jones AB` or `Smith, J., & Jones, A. B.`"""
    words = _ROLE.sub("", text.strip().rstrip(".,;: ")).strip()[:_LONGEST]
    short = _ET_AL.sub("", words)
    others, words = short != words, short.strip(" .,;")
    if not words:
        return None
    names = _vancouver(words) or _inverted(words) or _inverted(words + ".")
    if names is None and others and re.fullmatch(_FAMILY, words):
        names = (Name(family=words),)
    return Authors(names, others) if names else None


def authors(text: str) -> Authors:
    """People, or else one body."""
    return people(text) or Authors((Name(literal=text.strip(" .,;")),))


def _vancouver(words: str) -> tuple[Name, ...] | None:
    names = []
    for part in _JOIN.split(words):
        match = _VANCOUVER.fullmatch(part)
        if match is None or match.group(2).strip() in _PLACES:
            return None
        names.append(Name(match.group(1), match.group(2).strip()))
    return tuple(names)


def _inverted(words: str) -> tuple[Name, ...] | None:
    names: list[Name] = []
    at = 0
    while at < len(words):
        match = _INVERTED.match(words, at)
        if match is None:
            return None
        names.append(Name(match.group(1), match.group(2).strip()))
        join = _JOIN.match(words, match.end())
        if join is None:
            return tuple(names) if not words[match.end() :].strip(" .,;") else None
        at = join.end()
    return tuple(names)
