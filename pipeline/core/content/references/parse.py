"""A reference as it is written (Vancouver, AMA, APA, Harvard, a page of the web) to its parts.

Nothing is invented: words that find no place stay in `rest`, and where no form is recognised they are all the title,
with `understood` false.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.core.content.references import dates, names
from pipeline.core.content.references.dates import MONTH, YEAR
from pipeline.core.content.references.names import Authors
from pipeline.core.content.references.source import Source
from pipeline.core.content.references.taking import LONGEST, Taken, take

# `2020 Mar 3;12(3):45-9`, `2017;90(1069):20160594`, `2021; 12: e5`
_CITED = re.compile(
    rf"(?P<year>{YEAR})(?P<suffix>[a-z])?(?:\s(?P<month>{MONTH}(?:[-–/]{MONTH})?)(?:\s(?P<day>\d\d?))?)?\s?;\s?"
    r"(?P<volume>[\w.–-]{1,12}(?:\s(?:Suppl|Pt)\.?\s?\w{0,6})?)?\s?(?:\((?P<issue>[^()]{1,30})\))?"
    r"(?:\s?:\s?(?P<page>[A-Za-z]{0,3}\d[\w.–-]{0,20}(?:,\s?\w?\d[\w–-]{0,12}){0,4}))?"
)
# `(2020a)`, `(2020, March 3)`, `(n.d.)` after the authors
_YEAR_IN_ROUND = re.compile(
    rf"\s?\((?P<year>{YEAR})(?P<suffix>[a-z])?(?:,\s?(?P<rest>[^()]{{1,30}}))?\)|\s?\(n\.?\s?d\.?\)",
    re.IGNORECASE,
)
# `, 12(3), 45–67`, `, vol. 12, no. 3, pp. 45-67`, `12(3):45`
_VOLUME = re.compile(
    r",?\s(?:vol(?:ume)?\.?\s?)?(?P<volume>\d{1,4})\s?(?:\((?P<issue>[^()]{1,20})\)|,\s?(?:no|issue|iss)\.?\s?(?P<number>\d{1,4}))?"
    r"\s?(?:[,:]\s?(?:pp?\.?\s?|article\s)?(?P<page>[A-Za-z]{0,3}\d[\w–-]{0,20}))?\.?\s?$",
    re.IGNORECASE,
)
_PAGES = re.compile(r",?\s?\(?\bpp?\.?\s?(?P<page>[\dA-Za-z]{1,8}(?:\s?[–-]\s?[\dA-Za-z]{1,8})?)\)?\.?$")
_EDITION = re.compile(
    r"[,(]?\s?\b(?P<edition>\d{1,2}(?:st|nd|rd|th)|revised|second|third)\s(?:ed|edn|edition)\b\.?\)?",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    rf"^(?:(?P<place>[^:;]{{2,60}}):\s?)?(?P<publisher>[^;]{{2,160}})[;,]\s?(?P<issued>{dates.DATE})(?P<suffix>[a-z])?$"
)
_PLACED = re.compile(r"^(?P<place>[A-Z][^:;.]{1,60}):\s(?P<publisher>[A-Z][^;:]{2,120})$")
_ONLY_DATE = re.compile(rf"(?P<issued>{dates.DATE})(?P<suffix>[a-z])?")
_QUOTED = re.compile(r"^[‘'“\"](?P<title>[^’”\"]{3,400})[’'”\"][,.]?\s?(?P<rest>.*)$")
_IN = re.compile(r"^In:?\s(?P<rest>.+)$")
_EDITORS = re.compile(r"^(?P<names>.{2,300}?),?\s?\(?\b[Ee]d(?:itor)?s?\b\.?\)?[.,]?\s?")
_END = re.compile(
    r"(?<=[^\W_][^\W\d_][.?!])\s+|(?<=[\d)\]’”\"][.?!])\s+|(?<=[?!])\s+|(?<=\b[A-Z]\.)\s+(?=[‘“\"]?[^\W\d_]{2,}[\s:,.;?’-]|A\s|\d)"
)
_NO_END = re.compile(r"\b(?:vs|St|Dr|Prof|Mr|Mrs|Ms|No|Vol|vol|pp|cf|e\.g|i\.e|Int|Suppl)\.$")
_BODY = re.compile(
    r"\b(?:trust|nhs|nice|institute?|society|organi[sz]ation|association|college|centers?|centres?|department|foundation"
    r"|clinic|hospital|university|council|royal|ministry|agency|alliance|federation|network|charity|support|collaboration"
    r"|committee|service|office|who|uk|group|board|government)\b",
    re.IGNORECASE,
)
_JOURNAL = re.compile(
    r"^(?:J|Am|Ann|Arch|Br|Clin|Curr|Eur|Int|N Engl|Nat)\s|\b(?:journal|lancet|bmj|jama|reviews?|rev|med|annals)\b",
    re.IGNORECASE,
)
_GUIDELINE = re.compile(r"\bguidelines?\b|\bNG\d{1,3}\b|\bCG\d{1,3}\b", re.IGNORECASE)


@lru_cache(maxsize=1024)
def parse(text: str) -> Source:
    """The parts of one reference. Pure, and kept: several questions are asked of the same text."""
    taken = take(text)
    found = _cited_in_journal(taken.words) or _year_after_authors(taken.words) or _in_sentences(taken)
    reviewed = taken.reviewed if not found.issued else found.issued
    over = text[LONGEST:].strip()
    return replace(
        found,
        title=found.title or " ".join(text[:LONGEST].split()),
        understood=found.understood and bool(found.title),
        type=_type(found, taken),
        issued=reviewed,
        url=taken.url,
        doi=taken.doi,
        pmid=taken.pmid,
        pmcid=taken.pmcid,
        accessed=taken.accessed,
        rest=(*found.rest, over) if over else found.rest,
    )


def _type(found: Source, taken: Taken) -> str:
    if found.type:
        return found.type
    if taken.url or taken.medium >= 0 or taken.accessed:
        return "webpage"
    if _GUIDELINE.search(" ".join([found.title, *found.rest])):
        return "report"
    return "book" if found.publisher or found.edition else "document"


def _cited_in_journal(words: str) -> Source | None:
    """Vancouver and AMA: `Authors. Title. Journal. 2020;12(3):45-9.`"""
    match = _CITED.search(words)
    if match is None or not (match.group("volume") or match.group("page")):
        return None
    before = sentences(words[: match.start()].rstrip(" ,"))
    if len(before) < 2:
        return None
    *first, journal = before
    by = names.people(first[0]) if len(first) > 1 else None
    if by is None and len(first) > 1 and _is_body(first[0]):
        by = names.authors(first[0])
    title = _joined(first[1:] if by else first)
    after = words[match.end() :].strip(" .;,")
    return Source(
        type="article-journal",
        title=title,
        authors=by.names if by else (),
        others=by.others if by else False,
        container=_bare(journal),
        issued=dates.parts(_date_of(match)),
        suffix=match.group("suffix") or "",
        volume=match.group("volume") or "",
        issue=match.group("issue") or "",
        page=(match.group("page") or "").rstrip("."),
        rest=(after,) if after else (),
    )


def _date_of(match: re.Match[str]) -> str:
    month = (match.group("month") or "").split("-")[0].split("–")[0].split("/")[0]
    return " ".join(part for part in (match.group("year"), month, match.group("day")) if part)


def _year_after_authors(words: str) -> Source | None:
    """APA and Harvard: `Authors (2020). Title. Journal, 12(3), 45-67.`"""
    match = _YEAR_IN_ROUND.search(words[:700])
    if match is None or match.start() < 2:
        return None
    head, tail = words[: match.start()].strip(), words[match.end() :].strip(" .,:")
    if not tail or (len(sentences(head)) > 1 and names.people(head) is None):
        return None
    by = names.authors(head)
    year = match.group("year") or ""
    more = (match.group("rest") or "").strip()
    issued = (dates.parts(f"{more} {year}") or dates.parts(year)) if year else ()
    start = Source("", "", by.names, by.others, issued=issued, suffix=(match.group("suffix") or "").lower())
    if quoted := _QUOTED.match(tail):
        return _contained(
            replace(start, title=quoted.group("title").strip(" ,.")), quoted.group("rest").strip()
        )
    title, *others = sentences(tail)
    edition = _EDITION.search(title)
    if edition:
        title = _EDITION.sub("", title)
        start = replace(start, edition=edition.group("edition"))
    start = replace(start, title=_bare(title))
    return _contained(start, _joined(others))


def _contained(start: Source, rest: str) -> Source:
    """`rest` is what follows the title: a journal with its volume, a book that holds the chapter, a publisher."""
    if not rest:
        return start
    if volume := _VOLUME.search(rest):
        container = rest[: volume.start()].strip(" ,.")
        if container:
            return replace(
                start,
                type="article-journal",
                container=container,
                volume=volume.group("volume"),
                issue=volume.group("issue") or volume.group("number") or "",
                page=volume.group("page") or "",
            )
    if within := _IN.match(rest):
        return _chapter(start, within.group("rest"))
    page = _PAGES.search(rest)
    if page:
        return replace(start, container=rest[: page.start()].strip(" ,."), page=page.group("page"))
    found = _published(start, sentences(rest))
    if not found.publisher and found.rest and _is_body(found.rest[0]):
        return replace(found, publisher=found.rest[0], rest=found.rest[1:])
    return found


def _chapter(start: Source, rest: str) -> Source:
    """`Editors, editors. Book. Place: Publisher; 2020. p. 12-20`"""
    if page := _PAGES.search(rest):
        start, rest = replace(start, page=page.group("page")), rest[: page.start()].rstrip()
    if editors := _EDITORS.match(rest):
        rest = rest[editors.end() :]
    if edition := _EDITION.search(rest):
        start, rest = replace(start, edition=edition.group("edition")), _EDITION.sub("", rest)
    parts = sentences(rest)
    start = replace(start, type="chapter", container=_bare(parts[0]) if parts else "")
    return _published(start, parts[1:])


def _published(start: Source, parts: Sequence[str]) -> Source:
    """A source with what its last sentences say: publisher, place, date. What says neither stays in `rest`."""
    rest: list[str] = []
    for part in map(_bare, parts):
        if only := _ONLY_DATE.fullmatch(part):
            start = replace(
                start, issued=dates.parts(only.group("issued")), suffix=only.group("suffix") or ""
            )
        elif published := _PUBLISHED.match(part):
            start = replace(
                start,
                place=published.group("place") or "",
                publisher=published.group("publisher").strip(),
                issued=dates.parts(published.group("issued")),
                suffix=published.group("suffix") or "",
            )
        elif placed := _PLACED.match(part):
            start = replace(start, place=placed.group("place"), publisher=placed.group("publisher"))
        elif page := _PAGES.fullmatch(part):
            start = replace(start, page=page.group("page"))
        elif edition := _EDITION.fullmatch(part):
            start = replace(start, edition=edition.group("edition"))
        elif part:
            rest.append(part)
    return replace(start, rest=(*start.rest, *rest))


def _in_sentences(taken: Taken) -> Source:
    """Books, chapters and pages in the Vancouver way: sentences, of which the last say who published it, and when."""
    parts = sentences(taken.words)
    if not parts:
        return Source("", taken.words, understood=False)
    within = next((n for n, part in enumerate(parts) if n and _IN.match(part)), None)
    if within is not None:
        match = _IN.match(_joined(parts[within:]))
        assert match
        return _chapter(_titled(parts[:within], taken), match.group("rest"))
    leading = [n for n, part in enumerate(parts[:2]) if not _says_when(_bare(part))]
    leading = leading if leading[:1] == [0] else leading[:0]
    start = _titled([parts[n] for n in leading], taken)
    found = _published(start, [part for n, part in enumerate(parts) if n not in leading])
    return _with_journal(_with_late_title(found, taken))


def _says_when(part: str) -> bool:
    return bool(
        _ONLY_DATE.fullmatch(part)
        or (_PUBLISHED.match(part) and re.search(rf"[;,]\s?{dates.DATE}[a-z]?$", part))
        or _EDITION.fullmatch(part)
    )


def _titled(parts: Sequence[str], taken: Taken) -> Source:
    """Authors and title of the first sentences."""
    if not parts:
        return Source("", taken.words, understood=False)
    first = parts[0]
    by: Authors | None = names.people(first)
    if len(parts) > 1:
        if by is None and (_is_body(first) or _precedes_medium(first, taken)):
            by = names.authors(first)
        if by is not None:
            return Source("", _joined(parts[1:]), by.names, by.others)
        if _is_body(parts[1]):
            return Source("", _bare(first), publisher=_bare(parts[1]))
        return Source("", _joined(parts), understood=False)
    return Source("", _bare(first), understood=False)


def _precedes_medium(first: str, taken: Taken) -> bool:
    """`Somebody. Title [Internet].`: the sentence before the one that the mark ends is the author's."""
    return taken.medium > len(first)


def _with_late_title(found: Source, taken: Taken) -> Source:
    """`City of Hope [Internet]. 2021. Causes and types.`: the page stands after the site that holds it."""
    if not found.understood and found.rest and 0 <= taken.medium <= len(found.title) + 1:
        *others, last = found.rest
        return replace(found, container=found.title, title=last, rest=tuple(others), understood=True)
    if not found.understood and (found.publisher or (found.issued and taken.url)):
        return replace(found, understood=True)
    return found


def _with_journal(found: Source) -> Source:
    """`Sample A. Pollen and asthma. J Examples. 2024.`: a journal of which no more is said."""
    people_wrote = any(name.family for name in found.authors)
    if not (people_wrote and found.issued and not found.publisher and len(found.rest) == 1):
        return found
    journal = found.rest[0]
    if not _JOURNAL.search(journal) or len(journal.split()) > 10:
        return found
    return replace(found, type="article-journal", container=journal, rest=())


def _is_body(words: str) -> bool:
    """Whether a sentence names a body: it says so, or its longer words all have capitals."""
    words = _bare(words)
    long = re.findall(r"[^\W\d_]{4,}", words)
    capitals = all(word[0].isupper() for word in long)
    if len(words.split()) > 12:
        return False
    return (bool(_BODY.search(words)) and (capitals or words.isupper())) or (
        capitals and bool(words) and words[0].isupper() and len(words.split()) <= 6
    )


def sentences(words: str) -> list[str]:
    """The sentences of a reference; initials and abbreviations end none."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(words):
        if _NO_END.search(words, max(0, match.start() - 8), match.start()):
            continue
        found.append(words[start : match.start()].strip())
        start = match.end()
    found.append(words[start:].strip())
    return [part for part in found if part.strip(" .,;")]


def _joined(parts: Sequence[str]) -> str:
    """Sentences as one stretch, without the stop at its end."""
    ended = [part if part.endswith(("?", "!")) else f"{_bare(part)}." for part in parts]
    return _bare(" ".join(ended))


def _bare(part: str) -> str:
    return part.strip().rstrip(".,;:").strip() if not part.endswith(("?", "!")) else part.strip()
