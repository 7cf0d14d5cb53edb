"""HTML that a word processor exported, as the page it stands for: its own marks become headings, lists and notes.

What both Word and Google Docs do is here: a title that is a paragraph by its style, and notes at the foot.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from pipeline.core.content.importers.web import google_docs, word
from pipeline.core.content.importers.web.furniture import Cleared
from pipeline.core.content.importers.web.tree import HEADINGS, Element, drop

_MOST_NOTES = 500


def as_page(root: Element, cleared: Cleared) -> None:
    """Changes the tree in place; a page of any other make stays as it is."""
    for kind in (word, google_docs):
        if kind.made(root):
            kind.clean(root, cleared)
            _set_headings(root, kind.title(root))
            _list_notes(root, kind.notes(root))
            return


def _set_headings(root: Element, title: Element | None) -> None:
    """The title as the page's heading, and the headings of the document one level under it."""
    if title is None:
        return
    for heading in list(root.iter(*HEADINGS)):
        heading.tag = f"h{min(int(heading.tag[1]) + 1, 6)}"
    title.tag = "h1"


def _list_notes(root: Element, notes: Mapping[str, Element]) -> None:
    """The notes, by their anchors, as a list of references in the order in which the text first cites them."""
    body = root.find("body")
    if body is None or not notes:
        return
    wanted = {f"#{anchor}": anchor for anchor in notes}
    cited = [a for a in root.iter("a") if a.get("href") in wanted]
    order = list(dict.fromkeys(wanted[a.get("href")] for a in cited))[:_MOST_NOTES]
    number = {anchor: n for n, anchor in enumerate(order, 1)}
    for mark in cited:
        if anchor := wanted[mark.get("href")]:
            for inner in list(mark):
                mark.remove(inner)
            mark.text = str(number.get(anchor, "")) or mark.text
    listed = etree.SubElement(body, "ol", {"class": "endnotes", "role": "doc-endnotes"})
    for anchor in order:
        note = notes[anchor]
        for back in [a for a in note.iter("a") if a.get("name") == anchor or a.get("id") == anchor]:
            drop_with_words(back)
        entry = etree.SubElement(listed, "li", {"id": anchor})
        entry.sourceline = note.sourceline
        entry.text = " "
        entry.append(note)
        note.tag = "span"
        note.tail = None


def drop_with_words(element: Element) -> None:
    """Takes out an element and the words in it; the text after it stays."""
    for inner in list(element):
        element.remove(inner)
    element.text = ""
    drop(element)
