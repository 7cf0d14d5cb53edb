"""What is known of a reference, from its fields and from its words, and what it does not say (E-04)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from pipeline.core.content.article import Grade, Reference
from pipeline.core.content.links import link_fault
from pipeline.core.content.references import dates, identifiers
from pipeline.core.content.references.grade import grade_of
from pipeline.core.content.references.parse import parse
from pipeline.core.content.references.source import Source

STALE_AFTER = 3  # years since somebody looked (E-04)


_UNDATED = re.compile(r"\b(?:no date|undated|n\.d\.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """`missing` names what the reference should say and does not, of: year, publisher, address, access date.

    `why` says where the grade comes from. `is_web`: it may change where it stands, so the day of access counts.
    """

    source: Source
    type: str  # of CSL: that of `source`, or webpage where an address makes it one
    year: int | None
    publisher: str
    url: str | None
    doi: str | None
    pmid: str | None
    accessed: date | None
    is_web: bool
    grade: Grade
    why: str
    missing: tuple[str, ...]

    def is_stale(self, today: date) -> bool:
        """Whether it was looked at, last, more than three years before `today`."""
        return self.accessed is not None and self.accessed < years_before(today, STALE_AFTER)


def facts(reference: Reference) -> Facts:
    """Fields of the front matter go before what the text says."""
    source = parse(reference.text)
    url = reference.url or source.url or None
    doi = reference.doi or source.doi or (identifiers.doi_of_url(url) if url else None) or None
    pmid = reference.pmid or source.pmid or (identifiers.pmid_of_url(url) if url else None) or None
    accessed = reference.accessed or dates.day_of(source.accessed)
    kind = "webpage" if source.type == "document" and url and not (doi or pmid) else source.type
    is_web = kind in ("webpage", "report") and bool(url) and not (doi or pmid)
    grade, why = (
        (reference.grade, "the article says so")
        if reference.grade
        else grade_of(source, url or "", doi or "", pmid or "")
    )
    publisher = _publisher(source)
    wanted = {
        "year": source.year or _UNDATED.search(reference.text),
        "publisher": publisher,
        "address": url or doi or pmid or source.type in ("book", "chapter"),
        "access date": accessed or source.accessed or not is_web,
    }
    return Facts(
        source=source,
        type=kind,
        year=source.year,
        publisher=publisher,
        url=url,
        doi=doi,
        pmid=pmid,
        accessed=accessed,
        is_web=is_web,
        grade=grade,
        why=why,
        missing=tuple(name for name, value in wanted.items() if not value),
    )


def best_address(reference: Reference) -> str | None:
    """Where a reader finds the source: its address, else its DOI's, else its page at PubMed. None if nobody can."""
    known = facts(reference)
    if known.url and link_fault(known.url) is None:
        return known.url
    if known.doi:
        return doi_address(known.doi)
    return pubmed_address(known.pmid) if known.pmid else None


def doi_address(doi: str) -> str:
    """The address that the DOI's registry leads on from; signs that an address may not have are written as %XX."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}"


def pubmed_address(pmid: str) -> str:
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"


def duplicates(references: Sequence[Reference]) -> tuple[tuple[Reference, Reference], ...]:
    """Pairs of which the second is the source of the first again: the same DOI, PubMed number or address."""
    seen: dict[str, Reference] = {}
    pairs = []
    for reference in references:
        known = facts(reference)
        keys = [
            f"doi:{known.doi}" if known.doi else "",
            f"pmid:{known.pmid}" if known.pmid else "",
            f"url:{identifiers.address_key(known.url)}" if known.url else "",
        ]
        keys = [key for key in keys if key]
        first = next((seen[key] for key in keys if key in seen), None)
        if first is not None:
            pairs.append((first, reference))
        for key in keys:
            seen.setdefault(key, reference)
    return tuple(pairs)


def years_before(day: date, years: int) -> date:
    """The same day `years` earlier; 28 February for the 29th where there was none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _publisher(source: Source) -> str:
    """Who stands behind it: a publisher, a journal, the site, or the body that wrote it."""
    bodies = (name.literal for name in source.authors if name.literal)
    return source.publisher or source.container or next(bodies, "")
