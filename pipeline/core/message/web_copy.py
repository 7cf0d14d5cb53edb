"""The web's copy of an issue: the artefact as it was sent, less what was for one subscriber alone."""

from __future__ import annotations

import hashlib
import re

from lxml import html

from pipeline.core.message.slots import SLOT

# The blocks that a slot makes personal as a whole: nothing of them is left when the slot is taken out.
PERSONAL = ("p", "li", "td", "a")


def series_code(slug: str) -> str:
    """How the public pages name a series: eight hex digits, since a path may not name a condition (C-28)."""
    return hashlib.sha256(slug.encode()).hexdigest()[:8]


def web_copy(issue_html: str) -> str:
    """The HTML without any block that holds a slot: the greeting, the way out, the address. The letter is the main part
    of the page, where screen readers jump to.
    """
    doctype = "<!doctype html>\n"
    page = html.document_fromstring(issue_html)
    while personal := [e for e in page.iter(*PERSONAL) if isinstance(e, html.HtmlElement) and _holds_slot(e)]:
        personal[-1].drop_tree()  # the innermost of the last: what is around it is looked at again without it
    for letter in page.iter("div"):
        if letter.get("role") == "article":  # among others in a mailbox, and here all there is
            letter.attrib.pop("aria-roledescription", "")
            letter.set("role", "main")
    copy: str = html.tostring(page, encoding="unicode")
    return doctype + re.sub(SLOT, "", copy)


def _holds_slot(element: html.HtmlElement) -> bool:
    values = [element.text or "", *element.attrib.values()]
    for child in element.iterdescendants():
        values += [child.text if isinstance(child.tag, str) and child.text else "", child.tail or ""]
        values += list(child.attrib.values())
    return any(SLOT.search(value) for value in values)
