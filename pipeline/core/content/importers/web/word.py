"""Word's "Save as web page", filtered or not: headings by class, lists that are paragraphs with a mark, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline.core.content.importers import furniture
from pipeline.core.content.importers.web.furniture import Cleared
from pipeline.core.content.importers.web.tree import Element, drop, names, words_of

_HEADING = re.compile(r"\s(?:mso)?heading\s?([1-6])\s")
_OUTLINE = re.compile(r"mso-outline-level:\s*([1-6])")
_LIST = re.compile(r"\smsolist(?:paragraph|bullet|number)")
_LEVEL = re.compile(r"mso-list:\s*l\d+ level(\d)")
_MARGIN = re.compile(r"margin(?:-left:|:(?:\s*[\w.]+){3})\s*(\d*\.?\d+)(pt|in|cm)")
_INCH = {"pt": 72.0, "in": 1.0, "cm": 2.54}  # how many make one; a level is half an inch
_BULLET = re.compile(r"[·o§•▪◦–—Øüv*\uf000-\uf0ff-]")
_COUNT = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,6})[.)]", re.IGNORECASE)
_NOTE = re.compile(r"_?((?:edn|ftn)\d{1,4})")
_DEEPEST = 6


def made(root: Element) -> bool:
    if any("microsoft word" in (meta.get("content") or "").lower() for meta in root.iter("meta")):
        return True
    return any((p.get("class") or "").startswith("Mso") for p in root.iter("p"))


def clean(root: Element, cleared: Cleared) -> None:
    for element in list(root.iter("p", "div")):
        kind, style = names(element), element.get("style") or ""
        if " msotoc" in kind and element.tag == "p":
            cleared.take(element, furniture.CONTENTS)
        elif " msoheader " in kind or " msofooter " in kind:
            cleared.take(element, furniture.FOOTER)
        elif "mso-element:comment" in style.replace(" ", ""):
            cleared.take(element, "a comment of an editor")
        elif match := _HEADING.search(kind) or _OUTLINE.search(style):
            element.tag = f"h{match.group(1)}" if element.tag == "p" and words_of(element) else element.tag
    for parent in {p.getparent() for p in root.iter("p") if _is_listed(p)}:
        _gather(parent)


def title(root: Element) -> Element | None:
    return next((p for p in root.iter("p") if " msotitle" in names(p) and words_of(p)), None)


def notes(root: Element) -> Mapping[str, Element]:
    """The box of each note by the name of its anchor, as `_edn1`."""
    found: dict[str, Element] = {}
    for box in root.iter("div"):
        if match := _NOTE.fullmatch(box.get("id") or ""):
            found[f"_{match.group(1)}"] = box
    return found


def _is_listed(p: Element) -> bool:
    return _LIST.search(names(p)) is not None or _LEVEL.search(p.get("style") or "") is not None


def _gather(parent: Element) -> None:
    """Runs of paragraphs with marks, as lists in lists."""
    open_lists: list[tuple[int, bool, Element]] = []
    for p in list(parent):
        if p.tag != "p" or not _is_listed(p):
            if isinstance(p.tag, str) and words_of(p, 10):
                open_lists = []
            continue
        mark = _without_mark(p)
        if not mark and not open_lists:
            continue  # indented like a list, and none
        level = _level(p)
        while len(open_lists) > 1 and open_lists[-1][0] > level:
            open_lists.pop()
        if not mark:
            p.tail = None
            open_lists[-1][2][-1].append(p)  # goes on with the entry above
            continue
        _put(p, level, _COUNT.fullmatch(mark) is not None, open_lists)


def _put(p: Element, level: int, ordered: bool, open_lists: list[tuple[int, bool, Element]]) -> None:
    if open_lists and open_lists[-1][0] >= level and open_lists[-1][1] != ordered:
        open_lists.pop()
    if not open_lists or open_lists[-1][0] < level:
        made = etree.Element("ol" if ordered else "ul")
        made.sourceline = p.sourceline
        if open_lists:
            open_lists[-1][2][-1].append(made)
        else:
            p.addprevious(made)
        open_lists.append((level, ordered, made))
    item = etree.SubElement(open_lists[-1][2], "li")
    item.sourceline = p.sourceline
    p.tail = None
    item.append(p)


def _level(p: Element) -> int:
    style = p.get("style") or ""
    if match := _LEVEL.search(style):
        return min(int(match.group(1)), _DEEPEST)
    if match := _MARGIN.search(style):
        inches = float(match.group(1)) / _INCH[match.group(2)]
        return max(1, min(round(2 * inches), _DEEPEST))
    return 1


def _without_mark(p: Element) -> str:
    """Takes the mark of an entry out, and returns it. It stands in the first element, with spaces that fill."""
    for element in _first_elements(p):
        words = words_of(element, 40).strip("\u00a0 ")
        if _BULLET.fullmatch(words) or _COUNT.fullmatch(words):
            for inner in list(element):
                element.remove(inner)
            element.text = ""
            drop(element)
            return words
    text = (p.text or "").lstrip("\n\r\t \u00a0")
    start = re.match(rf"({_BULLET.pattern}|{_COUNT.pattern})[ \u00a0]+", text, re.IGNORECASE)
    if start:
        p.text = text[start.end() :]
        return start.group(1)
    return ""


def _first_elements(p: Element) -> Iterator[Element]:
    """The elements in which the paragraph begins, the outer ones first."""
    at = p
    while len(at) and not (at.text or "").strip():
        at = at[0]
        yield at
