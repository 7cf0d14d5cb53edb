"""What is said of a list of references without asking anybody."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.core.content.article import Article, Finding, Reference
from pipeline.core.content.references.retractions import notices, retraction_findings
from pipeline.core.editorial.reference_review import cited_at, review
from tests.core.content.samples import markdown

TODAY = date(2026, 11, 29)
FRONT = """title: Test
language: en-GB
references:
  - {id: good, text: "NHS. Rest. 2023 [accessed 1 March 2025].", url: "https://www.nhs.uk/rest"}
  - {id: old, text: "Sample Trust. Sleep. 2019 [accessed 1 March 2020].", url: "https://www.mind.org.uk/sleep"}
  - {id: shop, text: "Sample Shop. Pillows. 2024 [accessed 1 March 2025].", url: "https://pillows.com/a"}
  - {id: bare, text: "a talk"}
  - {id: smith, text: "Smith J. Food. J Ex. 2020;1(2):3-4. doi:10.1000/food"}
  - {id: again, text: "Smith J. Food.", url: "https://doi.org/10.1000/FOOD"}
"""


def article(body: str) -> Article:
    return markdown(f"## A\n{body}\n", front=FRONT).article


def about(findings: tuple[Finding, ...]) -> list[tuple[str, str, int]]:
    return [(f.rule, f.severity.value, f.line) for f in findings]


@pytest.mark.holds("E-04")
def test_each_reference_is_told_what_it_lacks_and_how_far_it_can_be_leant_on() -> None:
    assert about(review(article("Rest helps.[1]"), TODAY)) == [
        ("E-04.reference-stale", "C", 6),
        ("E-04.reference-grade", "C", 7),
        ("E-04.reference-details", "C", 8),
        ("E-04.reference-grade", "C", 8),
        ("reference-not-understood", "C", 8),
        ("E-04.reference-details", "C", 10),
        ("reference-twice", "C", 10),
    ]
    assert review(article("Rest helps.[1]"), TODAY)[2].message == (
        "Reference 4 does not say its year, publisher and address. Add what is known."
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Smith et al. [1] found it.", [("reference-number", "B", 14)]),
        ("So says Smith [1].", [("reference-number", "C", 14)]),
        ("Smith et al. [5] found it.", []),
        ("Smith et al. (2020) [5,1] found it.", []),
        ("Brown et al. [1] found it.", []),
        ("Smith did. Others did not [1].", []),
    ],
)
def test_a_mark_after_a_name_cites_what_that_person_wrote(
    body: str, expected: list[tuple[str, str, int]]
) -> None:
    found = about(review(article(body), TODAY))
    assert [each for each in found if each[0] == "reference-number"] == expected


def test_where_each_reference_is_cited() -> None:
    told = cited_at(article("Rest helps.[1,5]\n\n## B\nIt does.[1]"))
    assert told["good"] == [("A", 14), ("B", 17)]
    assert (told["smith"], told["old"]) == ([("A", 14)], [])


def row(doi: str = "", pmid: str = "", nature: str = "Retraction") -> dict[str, str | None]:
    return {
        "OriginalPaperDOI": doi,
        "OriginalPaperPubMedID": pmid,
        "RetractionNature": nature,
        "RetractionDate": "3/15/2023 0:00",
        "Title": "Food",
    }


def test_a_retracted_paper_is_found_by_its_doi_or_pubmed_number() -> None:
    references = (
        Reference("a", 1, "Smith J. Food. doi:10.1000/FOOD", line=4),
        Reference("b", 2, "Roe A. Rest.", "https://pubmed.ncbi.nlm.nih.gov/123/", line=5),
        Reference("c", 3, "Doe A. Sleep. doi:10.1000/sleep", line=6),
        Reference("d", 4, "Without any", line=7),
    )
    rows = [
        row("10.1000/food"),
        row("", "0123", "Expression of concern"),
        row("10.1000/other", "0"),
        row("unavailable", "0"),
        row("https://doi.org/10.1000/sleep", "0", "Correction"),
        row("10.1000/sleep", "", "Something new"),
    ]
    found = tuple(retraction_findings(references, notices(iter(rows), references)))
    assert [(f.rule, f.severity.value, f.line) for f in found] == [
        ("retracted-reference", "A", 4),
        ("retracted-reference", "B", 5),
        ("retracted-reference", "C", 6),
        ("retracted-reference", "B", 6),
    ]
    assert found[0].message.startswith("Reference 1 was retracted (Retraction, 3/15/2023).")
