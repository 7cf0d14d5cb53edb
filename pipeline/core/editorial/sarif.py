"""Findings as a SARIF 2.1.0 log, which code hosts and editors read (OASIS standard, 27 March 2020).

What the article allows is a result with a suppression (3.27.23). A finding of severity A is never suppressed: the
author's reason goes with it as a property.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.core.content.article import Finding, Severity
from pipeline.core.editorial.catalogue import catalogue
from pipeline.core.editorial.rule import Card

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.A: "error", Severity.B: "error", Severity.C: "warning"}
# 3.27.17: the same finding keeps its print when lines move. The name carries the version of how it is made.
_PRINT = "ruleAndQuote/v1"


def sarif(
    files: Iterable[tuple[str, Iterable[Finding]]], version: str, notes: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """`files` are pairs of a URI reference (3.4.3), such as `content/articles/a.md`, and what was found in it.

    `notes` are by the same URI: what the run has to say of itself, such as which rules were not asked (3.20.21).
    """
    cards = list(catalogue().values())
    places = {card.id: n for n, card in enumerate(cards)}
    results = [result for uri, findings in files for result in _results(uri, findings, places)]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "Rounds", "version": version, "rules": [_rule(card) for card in cards]}
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
                **_invocations(notes or {}),
            }
        ],
    }


def _invocations(notes: Mapping[str, str]) -> dict[str, Any]:
    told = [
        {
            "level": "note",
            "message": {"text": note},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}}}],
        }
        for uri, note in notes.items()
        if note
    ]
    if not told:
        return {}
    return {"invocations": [{"executionSuccessful": True, "toolExecutionNotifications": told}]}


def _rule(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "shortDescription": {"text": f"{card.what}."},
        "fullDescription": {"text": card.why},
        "help": {"text": card.mend},
        "defaultConfiguration": {"level": _LEVELS[card.severity]},
        "properties": {"severity": card.severity.value},
    }


def _results(uri: str, findings: Iterable[Finding], places: dict[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        seen[finding.rule, finding.quote] += 1
        nth = seen[finding.rule, finding.quote]
        decided = finding.severity is Severity.A
        suppressed = finding.allowed and not decided
        properties = {"severity": finding.severity.value}
        if decided and finding.allowed:
            properties["reason"] = finding.allowed
        yield {
            "ruleId": finding.rule,
            "ruleIndex": places[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": finding.message},
            "locations": [{"physicalLocation": _location(uri, finding)}],
            "partialFingerprints": {_PRINT: _print(finding, nth)},
            "suppressions": [{"kind": "inSource", "justification": finding.allowed}] if suppressed else [],
            "properties": properties,
        }


def _location(uri: str, finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if finding.line:
        snippet = {"snippet": {"text": finding.quote}} if finding.quote else {}
        location["region"] = {"startLine": finding.line} | snippet
    return location


def _print(finding: Finding, nth: int) -> str:
    return hashlib.sha256(f"{finding.rule}\n{finding.quote}\n{nth}".encode()).hexdigest()[:32]
