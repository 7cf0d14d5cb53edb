"""How commands show findings: `file:line: severity rule message`, which editors know how to open."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.core.content.article import Finding, Severity


def blocking(findings: Iterable[Finding]) -> int:
    """How many keep the work from going out."""
    return sum(finding.severity is not Severity.C for finding in findings)


def finding_lines(place: str, findings: Iterable[Finding]) -> list[str]:
    """One line for each finding, in the order of the file. `place` is what a person calls the file."""
    return [
        f"{place}:{f.line}: {f.severity.value} {f.rule} {f.message}"
        if f.line
        else f"{place}: {f.severity.value} {f.rule} {f.message}"
        for f in sorted(findings, key=lambda f: f.line)
    ]


def summed_up(findings: tuple[Finding, ...]) -> str:
    """Such as `3 findings, 1 of them blocks.`"""
    if not findings:
        return "Nothing found."
    stops = blocking(findings)
    noun = "finding" if len(findings) == 1 else "findings"
    if not stops:
        return f"{len(findings)} {noun}, none of which blocks."
    return f"{len(findings)} {noun}, {stops} of which block{'s' if stops == 1 else ''}."
