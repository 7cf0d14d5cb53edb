"""What a page says of itself in schema.org's words (JSON-LD), and whether it agrees with what the page shows.

Nothing of it is taken that the page does not show too: software writes it, and it outlives the page that it described.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.core.content.article import Finding, Severity
from pipeline.core.content.importers.web.furniture import cut, line_of
from pipeline.core.content.importers.web.tree import Element, clean
from pipeline.core.content.inlines import tidy_text

RULE = "schema-disagrees"

_ARTICLES = frozenset(
    {
        "Article",
        "BlogPosting",
        "MedicalScholarlyArticle",
        "MedicalWebPage",
        "NewsArticle",
        "Report",
        "ScholarlyArticle",
        "SocialMediaPosting",
        "TechArticle",
    }
)
_LARGEST = 500_000  # characters of one block
_MOST = 5_000  # values looked at


@dataclass(frozen=True, slots=True)
class Schema:
    """`questions` are pairs of a question and its answer as plain words; `line` is where the data stand."""

    line: int = 0
    headline: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    modified: str = ""
    reviewed: str = ""
    is_free: bool | None = None
    questions: tuple[tuple[str, str], ...] = ()


def read(root: Element) -> tuple[Schema, tuple[Finding, ...]]:
    """The first article and all questions that the page's data tell of; a finding for data that cannot be read."""
    findings: list[Finding] = []
    articles: list[dict[str, Any]] = []
    questions: list[tuple[str, str]] = []
    people: dict[str, str] = {}
    line = 0
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        line = line or line_of(script)
        try:
            data = json.loads((script.text or "")[:_LARGEST])
        except (ValueError, RecursionError):
            message = "The page's own data (JSON-LD) cannot be read and were not used."
            findings.append(
                Finding(RULE, Severity.C, line_of(script), cut(tidy_text(script.text or "")), message)
            )
            continue
        for node in _nodes(data):
            kinds = set(_texts(node.get("@type")))
            if kinds & _ARTICLES:
                articles.append(node)
            if "Question" in kinds:
                questions.append(
                    (_text(node.get("name")), _text(_first(node.get("acceptedAnswer")).get("text")))
                )
            if node.get("@id") and node.get("name"):
                people[str(node["@id"])] = _text(node["name"])
    best = max(articles, key=lambda node: ("headline" in node, len(node)), default={})
    schema = Schema(
        line=line,
        headline=_text(best.get("headline") or best.get("name")),
        language=_text(best.get("inLanguage")),
        authors=tuple(_names(best.get("author"), people)),
        reviewers=tuple(_names(best.get("reviewedBy") or best.get("medicalReviewer"), people)),
        modified=_text(best.get("dateModified"))[:10],
        reviewed=_text(best.get("lastReviewed"))[:10],
        is_free=_free(best.get("isAccessibleForFree")),
        questions=tuple((question, answer) for question, answer in questions if question),
    )
    return schema, tuple(findings)


def agree(one: str, other: str) -> bool:
    """Whether two titles say the same: the same words, or most of them."""
    first, second = letters(one), letters(other)
    if not first or not second:
        return False
    if first in second or second in first:
        return True
    mine, yours = set(_words(one)), set(_words(other))
    return len(mine & yours) * 10 >= 6 * len(mine | yours)


def letters(text: str) -> str:
    return "".join(_words(text))


def disagreement(line: int, what: str, page: str, data: str) -> Finding:
    message = f"The page's own data name the {what} '{cut(data)}', and the page shows '{cut(page)}'. The page was kept."
    return Finding(RULE, Severity.C, line, cut(data), message)


def unshown(line: int, what: str, data: str) -> Finding:
    message = (
        f"The page's own data name the {what} '{cut(data)}', which the page does not show. It was not used."
    )
    return Finding(RULE, Severity.C, line, cut(data), message)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Every object in the data, however they are nested, as far as a page would nest them."""
    waiting = [data]
    for _ in range(_MOST):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            yield value
            waiting.extend(v for v in reversed(value.values()) if isinstance(v, list | dict))


def _names(value: Any, people: dict[str, str]) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield _text(one)
        elif isinstance(one, dict) and (
            name := _text(one.get("name")) or people.get(str(one.get("@id")), "")
        ):
            yield name


def _text(value: Any) -> str:
    """A value as plain words: tags and entities are for the page, not for us."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if not isinstance(value, str):
        return ""
    return tidy_text(clean(html.unescape(re.sub(r"<[^<>]*>", " ", value))))


def _texts(value: Any) -> list[str]:
    return [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]


def _first(value: Any) -> dict[str, Any]:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, dict) else {}


def _free(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).lower())
