"""A reference that a reader could not look up: no year, or no address (E-04)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Reference, Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_CITED = re.compile(r"\[?\b(?:cited|accessed|retrieved|viewed|last visited)\b[^\].;]{0,40}\]?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_UNDATED = re.compile(r"\b(?:no date|undated|n\.d\.)", re.IGNORECASE)
_FINDABLE = re.compile(r"\b(?:doi|pmid|pmcid|isbn)\b", re.IGNORECASE)


def _check(view: View) -> Iterator[Hit]:
    """One finding for all references without a year and one for those without an address."""
    for name, is_there in (("year", _is_dated), ("address", _is_found)):
        lacking = [reference for reference in view.article.references if not is_there(reference)]
        if lacking:
            numbers = ", ".join(str(reference.number) for reference in lacking)
            which = "Reference" if len(lacking) == 1 else "References"
            told = f"{which} {numbers}: no {name}. Add what the source gives."
            yield Hit(lacking[0].line, lacking[0].text, told)


def _is_dated(reference: Reference) -> bool:
    """The day on which somebody looked at a page is not the year in which it was written."""
    text = _CITED.sub(" ", reference.text)
    return _YEAR.search(text) is not None or _UNDATED.search(text) is not None


def _is_found(reference: Reference) -> bool:
    return bool(reference.url) or _FINDABLE.search(reference.text) is not None


RULE = Rule(
    Card(
        "E-04.reference-details",
        Severity.C,
        "A reference has no year or no address",
        "Readers and reviewers cannot tell how old it is, or find it (E-04).",
        "Add the year of the source, or 'no date' where it gives none, and its `https:` address or DOI.",
    ),
    wrong="---\ntitle: Hay fever\nreferences: [{text: Example Allergy Trust. Hay fever.}]\n---\n\n"
    "## What it is\n\nAn allergy to pollen.[1]",
    right="---\ntitle: Hay fever\nreferences:\n  - text: Example Allergy Trust. Hay fever. 2025.\n"
    "    url: https://allergy.example/hay-fever\n---\n\n## What it is\n\nAn allergy to pollen.[1]",
    check=_check,
)
