"""Bylines of a page: the elements that its software marks as such, wherever they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.core.content.article import Person
from pipeline.core.content.importers import bylines
from pipeline.core.content.importers.web.furniture import Cleared, line_of
from pipeline.core.content.importers.web.tree import Element, drop, inside, names, words_of

_BYLINE = re.compile(
    r"(?<![a-z])(?:by-?line|post-author|entry-author|article-author|author-name|authors?|posted-by|written-by|vcard)"
    r"(?![a-z])"
)
_REVIEW = re.compile(
    r"(?<![a-z])(?:review(?:ed|er)(?:-by)?|medical(?:ly)?-review(?:ed|er)?(?:-by)?)(?![a-z])"
)
_META = re.compile(
    r"(?<![a-z])(?:entry-meta|post-meta|article-meta|posted-on|dateline|publish(?:ed)?-date)(?![a-z])"
)
_LONGEST = 200  # characters of a byline


@dataclass(slots=True)
class People:
    """`reviewers` are names as the page gives them, with their line."""

    authors: list[Person] = field(default_factory=list)
    reviewers: list[tuple[str, int]] = field(default_factory=list)


def find(body: Element, cleared: Cleared) -> People:
    """Takes the bylines that are marked as such out of the tree."""
    people = People()
    for element in list(body.iter("p", "div", "span", "a", "address", "li", "time", "small")):
        if element.getparent() is None or inside(element, "nav", "footer", "aside", "form"):
            continue
        named = names(element)
        if element.tag == "time" or _META.search(named):
            _date(element, cleared)
            continue
        if _REVIEW.search(named) and (name := _reviewer(element)):
            people.reviewers.append((name, line_of(element)))
            drop(element)
        elif _BYLINE.search(named) or element.get("rel") == "author" or element.get("itemprop") == "author":
            words = words_of(element, _LONGEST)
            person = bylines.person(words, marked=True)
            if person and all(person.name != known.name for known in people.authors):
                people.authors.append(person)
            if person:
                drop(element)
    return people


def _reviewer(element: Element) -> str | None:
    words = words_of(element, _LONGEST)
    return bylines.reviewer(words) or (words if bylines.person(words, marked=True) else None)


def _date(element: Element, cleared: Cleared) -> None:
    words = words_of(element, _LONGEST)
    if words and (
        (element.tag == "time" and len(words) < 40 and not _in_prose(element)) or bylines.is_date(words)
    ):
        cleared.take(element, "a date of the page", words)


def _in_prose(element: Element) -> bool:
    """Whether a date stands in a sentence, which needs it."""
    parent = element.getparent()
    return parent is not None and len(words_of(parent, _LONGEST)) > len(words_of(element)) + 30
