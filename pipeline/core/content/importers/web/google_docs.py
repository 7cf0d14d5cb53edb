"""The HTML export of Google Docs: styles that are classes, lists that lie side by side, notes, comments, and links that
lead over Google."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from pipeline.core.content.importers.web.furniture import Cleared
from pipeline.core.content.importers.web.tree import Element, drop, names, words_of

_RULE = re.compile(r"\.(c\d{1,4})\{([^{}]{0,2000})\}")
_LEVEL = re.compile(r"\slst-kix_\w{1,40}-(\d)\s")
_NOTE = re.compile(r"ftnt\d{1,4}")
_COMMENT = re.compile(r"cmnt\d{1,4}")
_COMMENT_MARK = re.compile(r"#cmnt\d{1,4}")


def made(root: Element) -> bool:
    body = root.find("body")
    if body is not None and " doc-content " in names(body):
        return True
    return any(" lst-kix_" in names(e) for e in root.iter("ul", "ol")) or any(
        _NOTE.fullmatch(a.get("id") or "") for a in root.iter("a")
    )


def clean(root: Element, cleared: Cleared) -> None:
    _name_styles(root)
    for link in list(root.iter("a")):
        if _COMMENT.fullmatch(link.get("id") or ""):
            box = _box(link)
            cleared.take(box, "a comment of an editor")
            _empty(box)
        elif _COMMENT_MARK.fullmatch(link.get("href") or ""):
            _empty(link)
        else:
            link.set("href", _led(link.get("href") or ""))
    for inner in [e for e in root.iter("ul", "ol") if _level(e) > 0]:
        before = inner.getprevious()
        if before is not None and not words_of(before, 10):
            before = before.getprevious()
        if before is not None and before.tag in ("ul", "ol") and len(before) and _level(before) >= 0:
            inner.tail = None
            _last(before, _level(inner)).append(inner)


def title(root: Element) -> Element | None:
    return next((p for p in root.iter("p") if " title " in names(p) and words_of(p)), None)


def notes(root: Element) -> Mapping[str, Element]:
    """The paragraph of each note by its anchor, as `ftnt1`."""
    links = [a for a in root.iter("a") if _NOTE.fullmatch(a.get("id") or "")]
    return {a.get("id"): _box(a) for a in links}


def _name_styles(root: Element) -> None:
    """Bold and italic, which are classes here, as elements that say so."""
    said = "".join(style.text or "" for style in root.iter("style"))
    bold, italic = set(), set()
    for name, rules in _RULE.findall(said):
        if "font-weight:700" in rules:
            bold.add(name)
        if "font-style:italic" in rules:
            italic.add(name)
    for span in list(root.iter("span")):
        classes = set((span.get("class") or "").split())
        if classes & bold:
            span.tag = "strong"
        elif classes & italic:
            span.tag = "em"


def _led(href: str) -> str:
    """Where a link leads that goes over Google."""
    if not href.startswith(("https://www.google.com/url?", "http://www.google.com/url?")):
        return href
    return next(iter(parse_qs(urlsplit(href).query).get("q", [])), href)


def _box(link: Element) -> Element:
    """The box that holds a note or a comment alone, or its paragraph."""
    p = next(link.iterancestors("p", "li"), link)
    above = p.getparent()
    return above if above is not None and above.tag == "div" and len(above) == 1 else p


def _empty(element: Element) -> None:
    if element.getparent() is None:
        return
    for inner in list(element):
        element.remove(inner)
    element.text = ""
    drop(element)


def _level(listing: Element) -> int:
    match = _LEVEL.search(names(listing))
    return int(match.group(1)) if match else -1


def _last(listing: Element, level: int) -> Element:
    """The last entry under which a list of this level belongs."""
    at = listing
    while True:
        item = at[-1]
        inner = item[-1] if len(item) and item[-1].tag in ("ul", "ol") else None
        if inner is None or not len(inner) or _level(inner) >= level:
            return item
        at = inner
