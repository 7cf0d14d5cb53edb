"""Lines of a reference list to references with an id, a text and an address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.content.article import Finding, Reference, Severity
from pipeline.core.content.importers.page import Chunk, Entry
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.links import link_fault
from pipeline.core.content.slug import Slugs

_TRACE = re.compile(r"https?://|\bdoi\b|\[internet\]|\b(?:19|20)\d\d\b|\bet al\b|\baccessed\b", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"]+")
_POINTER = re.compile(r"(?:available (?:from|at)|retrieved from|url)\s*:?\s*$", re.IGNORECASE)
_ID_WORDS = 4


def is_traced(text: str) -> bool:
    """Whether a line carries a year, an address or another trace of a source."""
    return _TRACE.search(text) is not None


def looks_like_references(chunk: Chunk) -> bool:
    """A numbered list of which most entries carry a year, an address or another trace of a source."""
    traces = sum(is_traced(entry.text) for entry in chunk.entries)
    return chunk.is_numbered and len(chunk.entries) > 1 and traces * 2 > len(chunk.entries)


def references(entries: Sequence[Entry]) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
    found: list[Reference] = []
    findings: list[Finding] = []
    slugs = Slugs()
    for number, entry in enumerate(entries, 1):
        text, url = _text_and_url(entry.text)
        if url and (fault := link_fault(url)):
            findings.append(
                Finding(
                    "reference-address",
                    Severity.C,
                    entry.line,
                    url,
                    f"The address of reference {number} {fault}.",
                )
            )
            text, url = tidy_text(entry.text), None
        ref_id = slugs.make(" ".join(re.findall(r"[^\W_]+", text)[:_ID_WORDS])[:48])
        found.append(Reference(ref_id, number, text, url, entry.line))
    return tuple(found), tuple(findings)


def _text_and_url(entry: str) -> tuple[str, str | None]:
    """The words without `Available from: https://...` at their end, and that address."""
    match = _URL.search(entry)
    if match is None:
        return tidy_text(entry), None
    url = match.group().rstrip(".,;)]")
    rest = entry[match.start() + len(url) :].strip(" .,;)]")
    text = _POINTER.sub("", entry[: match.start()]).strip(" (,;:")
    return tidy_text(f"{text} {rest}") or url, url
