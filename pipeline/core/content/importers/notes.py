"""What a reader notices on its way, collected in one place: findings, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.core.content.article import Finding, LeftOut, Severity
from pipeline.core.content.inlines import tidy_text

CONTROLS_RULE = "control-characters-removed"

_QUOTE = 160  # characters of a stretch that a person sees


@dataclass(slots=True)
class Notes:
    findings: list[Finding] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def find(self, rule: str, severity: Severity, line: int, quote: str, message: str) -> None:
        self.findings.append(Finding(rule, severity, line, cut(quote), message))

    def leave(self, line: int, quote: str, why: str) -> None:
        self.left_out.append(LeftOut(line, cut(quote), why))


def controls_removed(line: int, where: str) -> Finding:
    message = f"{where} held control characters, which were removed. Check words that look joined or cut."
    return Finding(CONTROLS_RULE, Severity.C, line, "", message)


def cut(quote: str) -> str:
    quote = tidy_text(quote[: 4 * _QUOTE])
    return quote if len(quote) <= _QUOTE else quote[:_QUOTE] + "…"
