"""Marks by author and year: `(Smith 2020)`, `(Smith et al., 2020; Jones & Lee 2019a)`, `Smith (2020)`.

Each is looked up in the list of references by the first surname and the year. Exactly one must answer; more than one,
or none where the words can be nothing but a citation, is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.content.article import Reference
from pipeline.core.content.importers.citing.found import NEAR, Doubt, Found, Mark, quoted
from pipeline.core.content.importers.citing.words import words
from pipeline.core.content.references.parse import parse
from pipeline.core.content.references.source import Source

_BRACKETS = re.compile(r"\(([^()]{4,400})\)|\[([^\[\]]{4,400})\]")
# Between one source and the next: `; `, or a comma or `and` after a year and before a name.
_BETWEEN = re.compile(
    r";\s?|(?<=\d),\s(?=[^\W\d_a-z])|(?<=\d[a-z]),\s(?=[^\W\d_a-z])|(?<=\d)\sand\s(?=[^\W\d_a-z])"
)
_YEARS = r"(?:19|20)\d\d[a-z]?(?:\s?,\s?(?:(?:19|20)\d\d)?[a-z]?\b){0,4}"
_YEAR = re.compile(r"(?:19|20)\d\d")
_PREFIX = re.compile(
    r"^(?:see also|see|e\.g\.|eg|for example|cf\.|reviewed (?:in|by)|adapted from|from|source:?)[,:]?\s+",
    re.IGNORECASE,
)
_NAME = r"(?:(?:van|von|de|der|den|del|di|da|la|le|ten|ter|el|al|bin|dos|du)\s){0,3}[^\W\d_a-z][\w'’.&-]*"
_NAMES = rf"{_NAME}(?:(?:\s(?:and|&|of|for|on|the)){{0,2}}\s{_NAME}|,\s{_NAME}(?=,|\s(?:and|&))){{0,9}}"
_OTHERS = r"\s(?:et\.? al\.?|and (?:colleagues|others))(?:['’]s)?"
_PART = re.compile(rf"(?P<names>{_NAMES}),?(?P<others>{_OTHERS})?(?P<comma>,?)\s(?P<years>{_YEARS})")
_TOLD = re.compile(
    rf"(?P<names>{_NAME}(?:(?:\s(?:and|&|of|for|the)){{0,2}}\s{_NAME}){{0,6}})(?:['’]s?)?(?P<others>{_OTHERS})?\s$"
)
_ONLY_YEARS = re.compile(rf"\(({_YEARS})\)")
_OWNING = re.compile(r"['’]s?$")
_AND = re.compile(r",?\s(?:and|&)\s|,\s")
_ONE_YEAR = re.compile(r"(?P<year>(?:19|20)\d\d)?(?P<suffix>[a-z])?")
_NO_NAME = words(
    "january february march april may june july august september october november december spring summer"
    " autumn winter since from until before after about around circa in by between during act edition version"
    " updated reviewed published accessed figure table olympics"
)


@dataclass(frozen=True, slots=True)
class _Author:
    """How one reference may be called: its first surname or body, and the second where there is one."""

    number: int
    suffix: str
    first: frozenset[str]
    second: str


@dataclass(frozen=True, slots=True)
class Authors:
    """References by year, and every name that stands first in one."""

    by_year: Mapping[int, tuple[_Author, ...]]
    known: frozenset[str]


def authors(references: Sequence[Reference]) -> Authors:
    by_year: dict[int, list[_Author]] = defaultdict(list)
    for reference in references:
        source = parse(reference.text)
        year = source.year or _only_year(reference.text)
        first = _called(source, reference.text)
        if year and first:
            second = source.authors[1].family if len(source.authors) > 1 else ""
            by_year[year].append(_Author(reference.number, source.suffix, first, _folded(second)))
    known = {name for rows in by_year.values() for row in rows for name in row.first}
    return Authors({year: tuple(rows) for year, rows in by_year.items()}, frozenset(known))


def find(text: str, known: Authors) -> Iterator[Found]:
    if not known.by_year or not _YEAR.search(text):
        return
    for match in _BRACKETS.finditer(text):
        if _YEAR.search(match.group()):
            yield from _in_brackets(match, text, known)
    for match in _ONLY_YEARS.finditer(text):
        before = text[max(0, match.start() - NEAR) : match.start()]
        if told := _TOLD.search(before):
            yield from _told(match, told, text, known)


def _in_brackets(match: re.Match[str], text: str, known: Authors) -> Iterator[Found]:
    """`(Smith 2020; Jones 2019)`: all parts are looked up, and one that is not found leaves the whole to a person."""
    parts = [_PREFIX.sub("", part.strip()) for part in _BETWEEN.split(match.group(1) or match.group(2))]
    matches = [part_match for part in parts if (part_match := _PART.fullmatch(part))]
    likely = [m for m in matches if _is_likely(m)]
    if not likely:
        return
    answers: list[tuple[int, ...]] = []
    names = ""
    for part in parts:
        if one := _PART.fullmatch(part):
            names = one.group("names")
            answers += _by_years(names, one.group("years"), known)
        else:  # `Jones 2019a; 2019b`: the years alone of who was named before
            answers += _by_years(names, part, known) if names else [()]
    if any(len(each) != 1 for each in answers):
        if any(answers) or any(_must_be(m, known) for m in likely):
            yield Doubt(match.start(), match.end(), quoted(text, match.start(), match.end()))
        return
    yield Mark(match.start(), match.end(), tuple(sorted({each[0] for each in answers})))


def _told(match: re.Match[str], told: re.Match[str], text: str, known: Authors) -> Iterator[Found]:
    """`Smith (2020) found`: the name is a word of the sentence and stays, the year in brackets is the mark."""
    said = _OWNING.sub("", told.group("names"))
    names, answers = _longest_known(said, match.group(1), known)
    if names.lower() in _NO_NAME:
        return
    if any(len(each) != 1 for each in answers):
        first = _folded(_AND.split(names)[0])
        if any(answers) or told.group("others") or first in known.known:
            yield Doubt(match.start(), match.end(), quoted(text, match.start(), match.end()))
        return
    yield Mark(match.start(), match.end(), tuple(sorted({each[0] for each in answers})))


def _longest_known(said: str, years: str, known: Authors) -> tuple[str, list[tuple[int, ...]]]:
    """The most of the words before the year that a reference answers to: `In Lancet` is not one, `Lancet` may be."""
    starts = [0, *(at.end() for at in re.finditer(r"\s", said))]
    for start in starts:
        answers = _by_years(said[start:], years, known)
        if any(answers):
            return said[start:], answers
    last = re.split(r"\s(?!and\s|&\s)(?<!\sand\s)(?<!\s&\s)", said)[-1]
    return last, _by_years(last, years, known)


def _is_likely(match: re.Match[str]) -> bool:
    names = re.findall(r"[^\W\d_]+", match.group("names").lower())
    return not any(name in _NO_NAME for name in names)


def _must_be(match: re.Match[str], known: Authors) -> bool:
    """Whether the words can be nothing but a citation, although no reference answers to them."""
    names = match.group("names")
    first = _folded(_AND.split(names)[0])
    form = match.group("others") or match.group("comma") or f"{names}," in match.group() or "&" in names
    return bool(form) or first in known.known


def _by_years(names: str, years: str, known: Authors) -> list[tuple[int, ...]]:
    """For each year, the numbers of the references that answer; `2019a, b` is two years."""
    answers = []
    year = 0
    for part in years.split(","):
        one = _ONE_YEAR.fullmatch(part.strip())
        if one is None or not (one.group("year") or (year and one.group("suffix"))):
            return [()]  # not years at all
        year = int(one.group("year") or year)
        answers.append(_answering(names, year, one.group("suffix") or "", known))
    return answers


def _answering(names: str, year: int, suffix: str, known: Authors) -> tuple[int, ...]:
    whole = _folded(names)
    first, *others = [_folded(name) for name in _AND.split(names)]
    rows = [row for row in known.by_year.get(year, ()) if whole in row.first or first in row.first]
    if len(others) == 1 and whole not in {name for row in rows for name in row.first}:
        rows = [row for row in rows if not row.second or row.second == others[0]]
    if suffix:
        lettered = [row for row in rows if row.suffix == suffix]
        # A letter says that there are two of that year: a list without letters cannot say which is meant.
        return tuple(row.number for row in lettered) if lettered else tuple(row.number for row in rows) * 2
    return tuple(row.number for row in rows)


def _called(source: Source, text: str) -> frozenset[str]:
    """The names by which a text may call a reference: a surname; a body, its first letters, its first word."""
    names: set[str] = set()
    if source.authors and source.authors[0].family:
        family = source.authors[0].family
        names |= {_folded(family), _folded(family.split()[-1])}
    else:
        body = source.authors[0].literal if source.authors else source.container or source.publisher
        if not body and not source.understood:
            body = text.split(".")[0].split(",")[0]
        if said := re.findall(r"[^\W\d_][\w'’-]*", body):
            names |= {_folded(body), _folded(said[0])}
            names.add("".join(word[0] for word in said if word[0].isupper()).lower())
            names |= {_folded(inner) for inner in re.findall(r"\(([A-Z]{2,8})\)", body)}
    return frozenset(name for name in names if len(name) > 1)


def _only_year(text: str) -> int | None:
    """The year of a text that holds one alone."""
    years = set(_YEAR.findall(text))
    return int(years.pop()) if len(years) == 1 else None


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)).lower()))
