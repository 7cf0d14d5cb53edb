"""What was read from an uploaded file or an address and waits for an editor's word: the articles, and what is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pipeline.core.content.article import LeftOut, Reading
from pipeline.core.content.article_data import (
    article_from_data,
    article_to_data,
    finding_from_data,
    finding_to_data,
)
from pipeline.core.content.intake import Intake

LONGEST_NAME = 100  # characters


@dataclass(frozen=True, slots=True)
class Offered:
    """One article, or with an empty `reading` the sentence that says why it is none. `source` is what its revision
    will be said to come from. `outcome` is what became of it, None until somebody took it in.
    """

    source: str
    title: str
    reading: Reading | None
    problem: str = ""
    outcome: Intake | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """`name` is what a person calls the file or address, `more` whether something in it was not read any more."""

    name: str
    member: str
    at: datetime
    articles: tuple[Offered, ...]
    more: bool = False

    @property
    def is_taken(self) -> bool:
        return any(each.outcome is not None for each in self.articles)

    def with_outcomes(self, articles: Iterable[Offered]) -> Offer:
        return replace(self, articles=tuple(articles))


def readable_name(name: str) -> str:
    """The name of an uploaded file as it may be shown and said back: its last part, without what no screen shows."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable()).strip()
    stem, dot, suffix = shown.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}"[:LONGEST_NAME] or "unnamed"


def offer_to_data(offer: Offer) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        "name": offer.name,
        "member": offer.member,
        "at": offer.at.isoformat(),
        "more": offer.more,
        "articles": [
            {
                "source": each.source,
                "title": each.title,
                "reading": _reading_to(each.reading) if each.reading else None,
                "problem": each.problem,
                "outcome": each.outcome.value if each.outcome else None,
            }
            for each in offer.articles
        ],
    }


def offer_from_data(data: dict[str, Any]) -> Offer:
    """What `offer_to_data` was given."""
    articles = (
        Offered(
            each["source"],
            each["title"],
            _reading_from(each["reading"]) if each["reading"] else None,
            each["problem"],
            Intake(each["outcome"]) if each["outcome"] else None,
        )
        for each in data["articles"]
    )
    return Offer(
        data["name"], data["member"], datetime.fromisoformat(data["at"]), tuple(articles), data["more"]
    )


def _reading_to(reading: Reading) -> dict[str, Any]:
    return {
        "article": article_to_data(reading.article),
        "findings": [finding_to_data(finding) for finding in reading.findings],
        "left_out": [[part.line, part.quote, part.why] for part in reading.left_out],
        "own": reading.own,
    }


def _reading_from(data: dict[str, Any]) -> Reading:
    return Reading(
        article_from_data(data["article"]),
        tuple(map(finding_from_data, data["findings"])),
        tuple(LeftOut(*part) for part in data["left_out"]),
        data.get("own", False),
    )
