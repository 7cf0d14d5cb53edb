"""Findings that the article silences with a reason, and allowances that silence nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.core.content.article import Allowance, Article, Finding, Question, Section, Severity
from pipeline.core.content.places import places

UNUSED = "unused-allowance"

_END = 1 << 30  # a line after the last


@dataclass(frozen=True, slots=True)
class _Reach:
    """The lines that an allowance speaks for, the last one included."""

    allowance: Allowance
    first: int
    last: int


def heed(article: Article, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each with the reason for which the article allows it, if it does (`Finding.allowed`)."""
    reaches = _by_rule(article)
    return tuple(
        replace(finding, allowed=reach.allowance.reason) if (reach := _reach(reaches, finding)) else finding
        for finding in findings
    )


def unused(article: Article, findings: Iterable[Finding], rules: Collection[str]) -> Iterator[Finding]:
    """A warning for each allowance of one of `rules`, all that were asked, that none of `findings` needs."""
    if not article.allowances:
        return
    reaches = _by_rule(article)
    needed = {id(reach) for finding in findings if (reach := _reach(reaches, finding))}
    for rule, those in reaches.items():
        for reach in those:
            if rule in rules and id(reach) not in needed:
                allowance = reach.allowance
                yield Finding(
                    UNUSED,
                    Severity.C,
                    allowance.line,
                    f"{rule}: {allowance.reason}"[:160],
                    f"'{rule}' finds nothing here that this could allow. Remove it, so that it hides nothing later.",
                )


def unknown(article: Article, rules: Collection[str]) -> Iterator[Finding]:
    """A warning for each allowance of a rule that is not among `rules`, which are all that there are."""
    for allowance in article.allowances:
        if allowance.rule not in rules:
            yield Finding(
                UNUSED,
                Severity.C,
                allowance.line,
                f"{allowance.rule}: {allowance.reason}"[:160],
                f"There is no rule '{allowance.rule[:60]}'. `rounds lint --rules` lists them.",
            )


def _reach(reaches: dict[str, list[_Reach]], finding: Finding) -> _Reach | None:
    return next((r for r in reaches.get(finding.rule, ()) if r.first <= finding.line <= r.last), None)


def _by_rule(article: Article) -> dict[str, list[_Reach]]:
    if not article.allowances:
        return {}
    lines = _lines(article)
    found: dict[str, list[_Reach]] = {}
    for allowance in article.allowances:
        first, last = lines.get(allowance.at, (0, -1))
        found.setdefault(allowance.rule, []).append(_Reach(allowance, first, last))
    return found


def _lines(article: Article) -> dict[str, tuple[int, int]]:
    """The first and last line of each place that has an allowance. A block or entry has all that stands in it, a
    heading has its own line, and the article as a whole has what comes before its first heading."""
    wanted = {allowance.at for allowance in article.allowances}
    ordered = sorted(places(article), key=lambda place: place.line)
    lines = {"": (0, max(0, ordered[0].line - 1))} if ordered else {}
    for n, place in enumerate(ordered):
        if place.at in wanted:
            alone = isinstance(place.thing, Section | Question)
            within = "\0" if alone else place.at + "/"
            after = next((p.line for p in ordered[n + 1 :] if not p.at.startswith(within)), _END)
            lines[place.at] = place.line, max(place.line, after - 1)
    return lines
