"""The web's copy of an issue: the artefact as it was sent, less what was for one subscriber alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import html
from lxml.html import builder

from pipeline.core.message.slots import SLOT

# The blocks that a slot makes personal as a whole: nothing of them is left when the slot is taken out.
PERSONAL = ("p", "li", "td", "a")


def series_code(slug: str) -> str:
    """How the public pages name a series: eight hex digits, since a path may not name a condition (C-28)."""
    return hashlib.sha256(slug.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class ArchiveNote:
    """What was found wrong with an issue after it went out: `Corrected on 29 November 2026`, and a sentence. `link` is
    a path and its words.
    """

    dated: str
    sentence: str
    link: tuple[str, str] | None = None


def web_copy(issue_html: str, notes: Sequence[ArchiveNote] = ()) -> str:
    """The HTML without any block that holds a slot: the greeting, the way out, the address. The letter is the main part
    of the page, where screen readers jump to. `notes` stand before its first word; the rest is as it was sent.
    """
    doctype = "<!doctype html>\n"
    page = html.document_fromstring(issue_html)
    while personal := [e for e in page.iter(*PERSONAL) if isinstance(e, html.HtmlElement) and _holds_slot(e)]:
        personal[-1].drop_tree()  # the innermost of the last: what is around it is looked at again without it
    for letter in page.iter("div"):
        if letter.get("role") == "article":  # among others in a mailbox, and here all there is
            letter.attrib.pop("aria-roledescription", "")
            letter.set("role", "main")
            for note in reversed(notes):
                letter.insert(0, _note(note))
    copy: str = html.tostring(page, encoding="unicode")
    return doctype + re.sub(SLOT, "", copy)


# Colours of its own, dark on light: legible on the letter's ground by day and by night.
_BOX = "max-width:600px;box-sizing:border-box;margin:16px auto;padding:14px 18px;border:2px solid #9a4708"
_WORDS = "background-color:#fcf0da;color:#222;font:18px/1.5 sans-serif"


def _note(note: ArchiveNote) -> html.HtmlElement:
    words = [builder.STRONG(f"{note.dated}: "), note.sentence]
    if note.link is not None:
        path, said = note.link
        words += [" ", builder.A(said, href=path, style="color:#0b4f4a")]
    made: html.HtmlElement = builder.DIV(
        builder.P(*words, style="margin:0"), role="note", style=f"{_BOX};{_WORDS}"
    )
    return made


def _holds_slot(element: html.HtmlElement) -> bool:
    values = [element.text or "", *element.attrib.values()]
    for child in element.iterdescendants():
        values += [child.text if isinstance(child.tag, str) and child.text else "", child.tail or ""]
        values += list(child.attrib.values())
    return any(SLOT.search(value) for value in values)
