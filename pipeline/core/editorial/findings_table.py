"""Findings as tables in Markdown, one for each severity, with short quotes: evidence that can be made again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.core.content.article import Finding, Severity

_WORDS = 10  # of a quote; as many as the evidence needs
_HEADINGS = {
    Severity.A: "A: a clinician decides",
    Severity.B: "B: to be mended",
    Severity.C: "C: worth a look",
}


def findings_table(findings: Iterable[Finding]) -> str:
    found = list(findings)
    return "\n".join(_lines(found)) + "\n"


def _lines(found: list[Finding]) -> Iterator[str]:
    for severity, heading in _HEADINGS.items():
        those = [finding for finding in found if finding.severity is severity]
        yield f"## {heading} ({len(those)})\n"
        if those:
            yield "| line | rule | quote | what was found |\n| ---: | --- | --- | --- |"
            for finding in those:
                allowed = f" Allowed: {finding.allowed}" if finding.allowed else ""
                yield (
                    f"| {finding.line or 'all'} | `{finding.rule}` | {_cell(_short(finding.quote))} |"
                    f" {_cell(finding.message + allowed)} |"
                )
            yield ""


def _short(quote: str) -> str:
    words = quote.split()
    return " ".join(words[:_WORDS]) + (" …" if len(words) > _WORDS else "")


def _cell(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").split())
