"""How commands show findings: `file:line: severity rule message`, which editors know how to open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from pipeline.core.content.article import Finding
from pipeline.core.editorial.catalogue import card_of

_SHOWN = 5  # findings of one rule on one article that are shown with their quotes
_NAMED = 12  # lines that are named of the others


def blocking(findings: Iterable[Finding]) -> int:
    """How many keep the work from going out."""
    return sum(finding.blocks for finding in findings)


def finding_lines(place: str, findings: Iterable[Finding]) -> list[str]:
    """One line for each finding, in the order of the file. `place` is what a person calls the file."""
    return [_line(place, finding) for finding in sorted(findings, key=lambda f: f.line)]


def grouped_lines(place: str, findings: Iterable[Finding], *, whole: bool = False) -> Iterator[str]:
    """Findings by severity and rule, with their quotes, each group followed by how to mend it; allowed ones last.

    What only warns is folded into one line a rule, and so is what a rule finds over and over, unless `whole` is asked.
    """
    ordered = sorted(findings, key=lambda f: (_is_silent(f), f.severity, f.rule, f.line))
    for (silent, rule), those in groupby(ordered, key=lambda f: (_is_silent(f), f.rule)):
        group = list(those)
        if not whole and not group[0].blocks:
            yield _folded(place, group)
            continue
        shown = group if whole else group[:_SHOWN]
        for finding in shown:
            yield _line(place, finding)
            if finding.quote:
                yield f"    “{finding.quote}”"
        if rest := group[len(shown) :]:
            yield f"    {len(rest)} more of this rule, on line {_lines(rest)}. --severity shows each."
        card = card_of(rule)
        if card and not silent:
            yield f"  To mend: {card.mend}"


def _folded(place: str, group: list[Finding]) -> str:
    """One line for all that a rule found; the finding itself where there is one."""
    first = group[0]
    if len(group) == 1:
        return _line(place, first)
    card = card_of(first.rule)
    told = f" {card.what}." if card else ""
    allowed = " Allowed by the author." if _is_silent(first) else ""
    return (
        f"{place}:{first.line}: {first.severity.value} {first.rule} {len(group)} times, on line {_lines(group)}."
        f"{told}{allowed}"
    )


def _lines(group: list[Finding]) -> str:
    lines = list(dict.fromkeys(finding.line for finding in group))
    return ", ".join(map(str, lines[:_NAMED])) + (" and on" if len(lines) > _NAMED else "")


def summed_up(findings: tuple[Finding, ...]) -> str:
    """Such as `3 findings, 1 of which blocks. 1 more is allowed.`"""
    allowed = sum(_is_silent(finding) for finding in findings)
    more = f" {allowed} {'is' if allowed == 1 else 'are'} allowed with a reason." if allowed else ""
    count = len(findings) - allowed
    if not count:
        return f"Nothing found.{more}"
    stops = blocking(findings)
    noun = "finding" if count == 1 else "findings"
    if not stops:
        return f"{count} {noun}, none of which blocks.{more}"
    return f"{count} {noun}, {stops} of which block{'s' if stops == 1 else ''}.{more}"


def _line(place: str, finding: Finding) -> str:
    at = f"{place}:{finding.line}" if finding.line else place
    line = f"{at}: {finding.severity.value} {finding.rule} {finding.message}"
    if not finding.allowed:
        return line
    told = "Allowed by the author" if _is_silent(finding) else "The author says, for the clinician to judge"
    return f"{line} {told}: {finding.allowed}"


def _is_silent(finding: Finding) -> bool:
    """Whether the article's reason sets it aside."""
    return bool(finding.allowed) and not finding.blocks
