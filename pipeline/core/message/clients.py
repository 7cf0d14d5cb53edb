"""Which of the things that a letter uses a mail client does not know (H-08, H-13), by caniemail's data.

What stands inline must work in every client of `CLIENTS`, or stand in `WITHOUT`, which says what a reader is left with
where it does not. A style sheet is an enhancement (Gmail's mobile web page reads none), so that of it only what it asks
of the client by an at-rule is looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from pipeline.core.message import css
from pipeline.core.message.client_support import CLIENTS, SUPPORT
from pipeline.core.message.page import Page

# What is reviewed: a feature of which a client knows part or nothing, and what its readers are left with.
WITHOUT: Mapping[str, str] = {
    "css-at-media": "the width of a desktop, and light colours: the letter is whole without a style sheet",
    "css-at-media-prefers-color-scheme": "light colours, or the client's own dark ones, in which contrast is checked",
    "css-background": "the same: it is a colour, and a cell has it as `bgcolor` too",
    "css-border": "the same on the tags that we put borders on: Outlook for Windows knows them on tables and cells",
    "css-border-radius": "a button with square corners",
    "css-direction": "the direction of the `dir` attribute",
    "css-display": "the same: we use block, inline-block and none",
    "css-display-none": "the preview line, shown above the letter; its words stand in the letter too",
    "css-font-size": "the same: all sizes are px and above those that a client raises",
    "css-font-weight": "the same: bold and normal alone",
    "css-height": "a step of the series as high as its `height` attribute says",
    "css-important": "light colours",
    "css-letter-spacing": "headings set a little wider",
    "css-line-height": "the client's own lines",
    "css-list-style": "references with a number of the client's before their own",
    "css-margin": "the client's own space around a paragraph; none is negative",
    "css-max-height": "the preview line, shown",
    "css-max-width": "the `width` attribute, which Outlook for Windows goes by",
    "css-opacity": "the preview line, shown",
    "css-outline": "the same: `none` is what there is",
    "css-overflow": "the preview line, shown",
    "css-padding": "less room in a box: Outlook for Windows sets it on cells alone, where ours is",
    "css-text-align": "words set to the side where lines begin",
    "css-text-decoration": "the client's own line under a link",
    "css-text-transform": "the same: `none` is what there is",
    "css-width": "the `width` attribute",
    "css-word-spacing": "the same: `normal` is what there is",
    "html-align": "the same by text-align",
    "html-anchor-links": "the list of references in the same letter; the mark itself goes to the web",
    "html-aria-hidden": "a row of empty cells read out as blank",
    "html-aria-label": "the number of the reference, which is the link's own words",
    "html-dir": "the client's own direction, by the first letter of a paragraph",
    "html-height": "the height of the picture by its width",
    "html-lang": "the language of the page around the letter",
    "html-lists": "the same, but for the kind of dot",
    "html-mailto-links": "the address, which is the link's own words",
    "html-role": "layout tables read out as tables",
    "html-style": "no style sheet: the letter is whole without one",
    "html-width": "the same in px; Outlook for Windows measures cells by their tables",
    "html-semantics": "the same: no tag of it is used",
    "css-word-break": "a long word that runs over the edge",
}

# Known to every client there is, and in no table of caniemail's.
_TAGS = "html head title body meta tbody thead tr td th a br em sup"
_ATTRIBUTES = (
    "class style content name id href src alt charset http-equiv xmlns scope colspan border bgcolor summary target "
    "start type"
)
EVERYWHERE = frozenset([*_TAGS.split(), *_ATTRIBUTES.split(), "color", "font-family", "cursor"])
# What only one engine reads and the others pass over: Outlook's own, and two that stop a client from resizing.
PRIVATE = re.compile(r"(?:mso-|-ms-|-webkit-)|xmlns:[vo]\Z|aria-roledescription\Z|vertical-align\Z")

TAGS: Mapping[str, str] = {
    **{f"h{level}": "html-h1-h6" for level in range(1, 7)},
    "ul": "html-lists",
    "ol": "html-lists",
    "li": "html-lists",
}
# Longhands that stand under the name of their shorthand.
SHORTHANDS = (
    "border-radius",
    "border-collapse",
    "border-spacing",
    "border",
    "margin",
    "padding",
    "list-style",
)
OWN_VALUES = {
    ("display", "none"): "css-display-none",
    ("display", "flex"): "css-display-flex",
    ("display", "grid"): "css-display-grid",
}
AT_RULES = {
    "prefers-color-scheme": "css-at-media-prefers-color-scheme",
    "prefers-reduced-motion": "css-at-media-prefers-reduced-motion",
    "hover": "css-at-media-hover",
    "orientation": "css-at-media-orientation",
}


def unknown_to_clients(page: Page) -> Iterator[tuple[str, str]]:
    """(feature, a sentence with the clients) for each that is used, not known everywhere, and not in `WITHOUT`."""
    for feature in sorted(features(page)):
        if feature in WITHOUT:
            continue
        if feature not in SUPPORT:
            yield (
                feature,
                f"{feature} is in no table of mail clients. Leave it out, or say in clients.py what it does.",
            )
            continue
        lacking: dict[str, list[str]] = defaultdict(list)
        for client, letter in zip(CLIENTS, SUPPORT[feature], strict=True):
            if letter in "an":
                lacking[letter].append(client)
        if lacking:
            said = [
                f"{word} {', '.join(lacking[letter])}"
                for letter, word in (("n", "not in"), ("a", "in part in"))
                if lacking[letter]
            ]
            yield (
                feature,
                f"{feature} works {'; '.join(said)}. Leave it out, or say in clients.py what is left.",
            )


def features(page: Page) -> set[str]:
    """Everything that the HTML uses, by caniemail's names where it has one, else as `tag x`, `attribute x`, `css x`."""
    found: set[str] = set()
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        found.add(_tag(element.tag))
        for name, value in element.attrib.items():
            found.add(_attribute(str(name)))
            if name == "style":
                found |= _style(str(value))
        if element.tag == "a" and "#" in (element.get("href") or ""):
            found.add("html-anchor-links")
        if element.tag == "a" and (element.get("href") or "").startswith("mailto:"):
            found.add("html-mailto-links")
        if element.tag == "img":
            found.add("image-" + (element.get("src") or "").rsplit(".", 1)[-1])
        if element.tag == "style":
            found.update(_at_rules(element.text or ""))
    return found - {""}


@lru_cache(maxsize=4096)
def _style(style: str) -> frozenset[str]:
    return frozenset(_property(name, value) for name, value in css.declared(style).items())


def _tag(tag: str) -> str:
    return "" if tag in EVERYWHERE else _known(TAGS.get(tag, f"html-{tag}"), f"tag {tag}")


def _attribute(name: str) -> str:
    return "" if name in EVERYWHERE or PRIVATE.match(name) else _known(f"html-{name}", f"attribute {name}")


def _property(name: str, value: str) -> str:
    if own := OWN_VALUES.get((name, value)):
        return own
    if name in EVERYWHERE or (PRIVATE.match(name) and name != "vertical-align"):
        return ""
    short = next((short for short in SHORTHANDS if name == short or name.startswith(short + "-")), name)
    return next((slug for slug in (f"css-{name}", f"css-{short}") if slug in SUPPORT), f"css {name}")


def _at_rules(sheet: str) -> Iterator[str]:
    for rule in re.findall(r"@[^{;]*", sheet):
        name = rule[1:].split(None, 1)[0].split("(")[0]
        yield _known(f"css-at-{name}", f"css @{name}")
        yield from (slug for words, slug in AT_RULES.items() if words in rule)


def _known(slug: str, otherwise: str) -> str:
    return slug if slug in SUPPORT else otherwise
