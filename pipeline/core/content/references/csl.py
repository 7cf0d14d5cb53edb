"""A reference as an item of CSL JSON, which reference managers read (citeproc's csl-data.json, version 1.0)."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.core.content.article import Reference
from pipeline.core.content.references.facts import Facts, facts
from pipeline.core.content.references.names import Name

Item = dict[str, Any]


def csl(reference: Reference) -> Item:
    """The item, without the fields that nothing is known for. What had no place is in `note`, and never lost."""
    known = facts(reference)
    source = known.source
    item: Item = {
        "id": reference.id,
        "type": known.type,
        "title": source.title,
        "author": [_name(name) for name in source.authors],
        "container-title": source.container,
        "issued": _date(source.issued),
        "volume": source.volume,
        "issue": source.issue,
        "page": source.page.replace("–", "-"),
        "edition": source.edition,
        "publisher": source.publisher,
        "publisher-place": source.place,
        "URL": known.url or "",
        "DOI": known.doi or "",
        "PMID": known.pmid or "",
        "PMCID": source.pmcid,
        "accessed": _accessed(known),
        "note": _note(known),
    }
    return {name: value for name, value in item.items() if value}


def _name(name: Name) -> dict[str, str]:
    return {"literal": name.literal} if name.literal else {"family": name.family, "given": name.given}


def _date(parts: tuple[int, ...]) -> dict[str, list[list[int]]]:
    return {"date-parts": [list(parts)]} if parts else {}


def _accessed(known: Facts) -> dict[str, list[list[int]]]:
    day: date | None = known.accessed
    return _date((day.year, day.month, day.day)) if day else _date(known.source.accessed)


def _note(known: Facts) -> str:
    others = ["The list of authors ends in et al."] if known.source.others else []
    return " ".join([*(f"{part}." for part in known.source.rest), *others])
