"""Chooses which part of a page is its article."""

from __future__ import annotations

import re

from pipeline.core.content.importers.web.tree import Element, names, sizes

_ENTRY = re.compile(
    r"(?<=\s)(?:entry-content|post-content|article-content|article-body|article__body|post-body|main-content|"
    r"content-body|page-content|story-body|mw-parser-output|article-text)(?=\s)"
)
_LEAST = 0.25  # of the page's words; a marked part that holds less is a shell that script fills, or a teaser


def choose(root: Element) -> tuple[Element, bool]:
    """The part that is the article, and whether the page says so itself. Furniture has been taken out before."""
    body = root.find("body")
    body = root if body is None else body
    size = sizes(body)
    whole = size[body][0]
    for marked in (_articles(body), _mains(body), _entries(body)):
        best = max(marked, key=lambda element: size[element][0], default=None)
        if best is not None and size[best][0] >= whole * _LEAST:
            return best, True
    return _densest(body, size), False


def _articles(body: Element) -> list[Element]:
    """`article` elements, unless there are several of a kind: those are teasers."""
    found = list(body.iter("article"))
    return found if len(found) <= 2 else []


def _mains(body: Element) -> list[Element]:
    return [
        e
        for e in body.iter()
        if e.tag == "main" or e.get("role") == "main" or e.get("itemprop") == "articleBody"
    ]


def _entries(body: Element) -> list[Element]:
    return [e for e in body.iter("div", "section") if _ENTRY.search(names(e))]


def _densest(body: Element, size: dict[Element, tuple[int, int]]) -> Element:
    """Goes down from the body as long as one part holds nearly all of the words that are not links."""
    at = body
    while True:
        inner = [
            e
            for e in at
            if e.tag in ("div", "section", "td", "table", "tbody", "tr", "center", "form", "font")
        ]
        best = max(inner, key=lambda e: size[e][0] - size[e][1], default=None)
        if best is None:
            return at
        plain, whole = size[best][0] - size[best][1], size[at][0] - size[at][1]
        if plain * 10 < whole * 8:
            return at
        at = best
