"""References that a table of retractions knows. Its form is that of the Retraction Watch data, which Crossref gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.content.article import Finding, Reference, Severity
from pipeline.core.content.references import identifiers
from pipeline.core.content.references.facts import facts

RETRACTED_RULE = "retracted-reference"

DOI, PMID, NATURE, DAY, TITLE = (
    "OriginalPaperDOI",
    "OriginalPaperPubMedID",
    "RetractionNature",
    "RetractionDate",
    "Title",
)
NEEDED = (DOI, PMID, NATURE)

# What happened to the paper, in the words of the data, and how much it weighs.
_WEIGHS = {
    "retraction": (Severity.A, "was retracted"),
    "expression of concern": (Severity.B, "is under an expression of concern"),
    "correction": (Severity.C, "was corrected"),
    "reinstatement": (Severity.C, "was retracted and reinstated"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One row that speaks of a paper. `day` as the data has it, such as `3/15/2023 0:00`."""

    doi: str
    pmid: str
    nature: str
    day: str
    title: str


def notices(rows: Iterable[Mapping[str, str | None]], references: Sequence[Reference]) -> tuple[Notice, ...]:
    """The rows that speak of one of `references`. They are read once, in order, and only those are kept."""
    dois, pmids = set(), set()
    for known in map(facts, references):
        dois |= {known.doi} if known.doi else set()
        pmids |= {known.pmid} if known.pmid else set()
    return tuple(_speaking_of(rows, dois, pmids))


def _speaking_of(
    rows: Iterable[Mapping[str, str | None]], dois: set[str], pmids: set[str]
) -> Iterator[Notice]:
    for row in rows:
        doi = (row.get(DOI) or "").strip().lower()
        pmid = (row.get(PMID) or "").strip().lstrip("0")
        spelt = identifiers.doi(doi) if doi.startswith(("10.", "http", "doi")) else None
        if spelt in dois or pmid in pmids:
            yield Notice(
                spelt or "",
                pmid,
                (row.get(NATURE) or "").strip(),
                (row.get(DAY) or "").split(" ")[0],
                (row.get(TITLE) or "").strip()[:300],
            )


def retraction_findings(references: Sequence[Reference], found: Sequence[Notice]) -> Iterator[Finding]:
    """One finding for each notice of a reference: a retraction waits for a clinician."""
    for reference in references:
        known = facts(reference)
        for notice in found:
            if (notice.doi and notice.doi == known.doi) or (notice.pmid and notice.pmid == known.pmid):
                severity, what = _WEIGHS.get(notice.nature.lower(), (Severity.B, "has a notice"))
                said = f" ({notice.nature}, {notice.day})" if notice.day else f" ({notice.nature})"
                yield Finding(
                    RETRACTED_RULE,
                    severity,
                    reference.line,
                    notice.title or reference.text[:160],
                    f"Reference {reference.number} {what}{said}. Read the notice, and see what stands "
                    "without it.",
                )
