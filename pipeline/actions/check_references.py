"""Check the references of an article: what they say, whether their pages are there, whether a paper was retracted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipeline.core.content.article import Article, Finding, Reference
from pipeline.core.content.references import identifiers
from pipeline.core.content.references.facts import facts
from pipeline.core.content.references.links import LinkAnswer, believable, link_finding
from pipeline.core.content.references.retractions import RETRACTED_RULE, notices, retraction_findings
from pipeline.core.editorial.reference_outcomes import Outcome, outcome
from pipeline.core.editorial.reference_review import review
from pipeline.gateways import retraction_data
from pipeline.store import articles

Ask = Callable[[str], LinkAnswer]

AT_ONCE = 4  # hosts; one host is asked one thing at a time


@dataclass(frozen=True, slots=True)
class CheckedReferences:
    """`links` has an answer for each reference with an address, by its id. `retractions` is the file that was read,
    None where none is set, so that nobody takes silence for an answer. `outcomes` are those of `findings` that came
    from outside."""

    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    links: Mapping[str, LinkAnswer]
    retractions: Path | None


def check_references(article: Article, today: date, ask: Ask, retractions: Path | None) -> CheckedReferences:
    """Every finding on the references, in the order of the file. `ask` is asked once for each address."""
    links = believable(_asked(article.references, ask))
    outcomes = []
    for reference in article.references:
        if (answer := links.get(reference.id)) is None:
            continue
        if finding := link_finding(reference, facts(reference).url or "", answer):
            outcomes.append(outcome(reference, finding))
    if retractions is not None:
        found = notices(retraction_data.rows(retractions), article.references)
        for reference in article.references:
            outcomes += [outcome(reference, finding) for finding in retraction_findings([reference], found)]
    findings = [*review(article, today), *(each.finding for each in outcomes)]
    return CheckedReferences(
        tuple(sorted(findings, key=lambda f: f.line)), tuple(outcomes), links, retractions
    )


def keep_outcomes(slug: str, checked: CheckedReferences, now: datetime) -> bool:
    """Keep what came from outside with the article, in the place of what an earlier check found. A retraction waits for
    a clinician at the next signature, a dead link bars it. False for an article that was never imported.

    Where no table of retractions was read, those that an earlier check found stand.
    """
    outcomes = list(checked.outcomes)
    if checked.retractions is None:
        outcomes += [
            each for each in articles.reference_outcomes(slug) if each.finding.rule == RETRACTED_RULE
        ]
    return articles.keep_reference_outcomes(slug, outcomes, now)


def _asked(references: Sequence[Reference], ask: Ask) -> dict[str, LinkAnswer]:
    """The answer for each reference with an address. Hosts are asked side by side, and each one thing after another."""
    by_host: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for reference in references:
        if url := facts(reference).url:
            by_host[identifiers.host_of(url)][url].append(reference.id)

    def in_turn(urls: Mapping[str, Sequence[str]]) -> dict[str, LinkAnswer]:
        return {ref: answer for url, refs in urls.items() for answer in [ask(url)] for ref in refs}

    if not by_host:
        return {}
    with ThreadPoolExecutor(max_workers=AT_ONCE) as asking:
        return {ref: answer for host in asking.map(in_turn, by_host.values()) for ref, answer in host.items()}
