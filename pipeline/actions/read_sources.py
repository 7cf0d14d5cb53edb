"""Read all the sources of a series on the web, once an issue of it has begun to go out (E-22)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.core.content.article import Reference
from pipeline.core.content.links import link_fault
from pipeline.core.content.references.facts import doi_address, facts, pubmed_address
from pipeline.core.errors import NotFound
from pipeline.core.message.web_copy import series_code
from pipeline.core.series.issue import SeriesPlan
from pipeline.store import articles, campaigns, series

_LISTED = re.compile(r'id="ref-([a-z0-9-]{1,100})"')


@dataclass(frozen=True, slots=True)
class SourceShown:
    """One reference. `id` never changes, so that `#ref-<id>` leads to it for good; `issues` are those sent with it.
    `number` is its place in the newest article that was sent, 0 if only an earlier one had it."""

    id: str
    number: int
    text: str
    url: str | None
    doi: tuple[str, str] | None  # as it is written, and its address
    pubmed: tuple[str, str] | None
    accessed: date | None
    issues: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SeriesSources:
    """`letters` are those that went out, each as its number and title."""

    title: str
    language: str
    sources: tuple[SourceShown, ...]
    letters: tuple[tuple[int, str], ...]


def read_sources(code: str) -> SeriesSources:
    """The whole list of the series with this code. NotFound before any issue of it was sent."""
    for plan in series.plans():
        if series_code(plan.slug) == code and (sent := _sent(plan)):
            newest, *earlier = [articles.behind(revision) for revision in sorted(sent.values(), reverse=True)]
            listed = {reference.id: reference for reference in newest.references}
            gone = {r.id: r for article in earlier for r in article.references if r.id not in listed}
            cited = _cited(sent)
            return SeriesSources(
                plan.title,
                newest.language,
                (
                    *(_shown(reference, reference.number, cited) for reference in listed.values()),
                    *(_shown(reference, 0, cited) for reference in gone.values() if reference.id in cited),
                ),
                tuple((issue.number, issue.title) for issue in plan.issues if issue.number in sent),
            )
    raise NotFound("There is no such series, or nothing of it has been sent yet.")


def _sent(plan: SeriesPlan) -> dict[int, int]:
    """The revision of each issue that went out last, by the issue's number."""
    numbers = (issue.number for issue in plan.issues)
    return {n: revision for n in numbers if (revision := campaigns.last_opened_revision(plan.slug, n))}


def _cited(sent: Mapping[int, int]) -> dict[str, tuple[int, ...]]:
    """The issues that list each reference, as they were sent."""
    found: dict[str, tuple[int, ...]] = {}
    for number, revision_id in sorted(sent.items()):
        revision = series.revision(revision_id)
        for ref in dict.fromkeys(_LISTED.findall(revision.letter.html)) if revision else ():
            found[ref] = (*found.get(ref, ()), number)
    return found


def _shown(reference: Reference, number: int, cited: Mapping[str, Sequence[int]]) -> SourceShown:
    known = facts(reference)
    url = known.url if known.url and link_fault(known.url) is None else None
    return SourceShown(
        id=reference.id,
        number=number,
        text=reference.text,
        url=url,
        doi=(known.doi, doi_address(known.doi)) if known.doi else None,
        pubmed=(known.pmid, pubmed_address(known.pmid)) if known.pmid else None,
        accessed=known.accessed,
        issues=tuple(cited.get(reference.id, ())),
    )
