"""Takes out of a page's tree what is not its article, and says what it took and why.

Sites mark their parts by tags, by roles and by words in class names. An element that holds the page's heading, or more
than half of its words, is kept whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from lxml import etree

from pipeline.core.content import lead_ins
from pipeline.core.content.article import Finding, LeftOut
from pipeline.core.content.importers import furniture
from pipeline.core.content.importers.web.tree import Element, drop, inside, names, sizes, words_of

QUOTE = 160  # characters of a stretch that a person sees
HIDDEN = "hidden on the page"
NAVIGATION = "navigation"

_CODE = ("script", "style", "template", "link", "meta")
_BY_TAG = {
    "nav": NAVIGATION,
    "footer": furniture.FOOTER,
    "form": "a form",
    "noscript": "a notice for browsers without script",
    "iframe": "another page shown inside this one",
    "video": "a film",
    "audio": "a recording",
    "object": "another file shown inside this page",
    "embed": "another file shown inside this page",
    "select": "a form",
    "textarea": "a form",
    "dialog": "a window over the page",
    "svg": "a drawing",
    "canvas": "a drawing",
    "map": "a drawing",
}
_BY_ROLE = {
    "navigation": NAVIGATION,
    "banner": "the head of the page",
    "contentinfo": furniture.FOOTER,
    "search": "a form",
    "dialog": "a window over the page",
    "alertdialog": "a window over the page",
    "complementary": "beside the article",
    "tablist": NAVIGATION,
    "menu": NAVIGATION,
    "menubar": NAVIGATION,
}
_ROWS: tuple[tuple[str, str], ...] = (
    ("a cookie notice", r"cookies?|cookiebanner|cookieconsent|gdpr|onetrust|cookiebot"),
    (
        furniture.SIGN_UP,
        r"newsletters?|subscribe|subscription|signup|sign-up|mailchimp|mc4wp|optin|opt-in|mc_embed\w*",
    ),
    ("buttons for sharing", r"share|sharing|sharedaddy|addtoany|sharethis|addthis|social|socials|follow-us"),
    (
        furniture.RELATED,
        r"related|relatedposts|recommended|recommendations|read-next|more-stories|you-may-also-like",
    ),
    ("comments of readers", r"comments?|commentlist|respond|disqus|disqus_thread"),
    (furniture.AUTHOR_BOX, r"author-box|author-bio|about-author|author-info|author-card"),
    (
        furniture.ADVERTISEMENT,
        r"ad|ads|advert|adverts|advertisement|adsbygoogle|sponsored|promo|promos|promotion|cta|affiliate",
    ),
    (
        NAVIGATION,
        r"nav|navbar|navigation|menu|breadcrumbs?|pager|pagination|page-links|skip-link|skiplink|skip|toc|"
        r"table-of-contents|back-to-top|post-tags|tag-links|cat-links|tagcloud",
    ),
    ("beside the article", r"sidebar|widget-area|widget"),
    ("a window over the page", r"modal|popup|pop-up|lightbox|overlay"),
    (furniture.FOOTER, r"footer|colophon|site-info"),
)
_TABLE = tuple((why, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for why, words in _ROWS)
# Names that say what a page is about, how it is laid out or which widget a page builder used, and not what a part is.
_NOT_NAMES = re.compile(
    r"(?<=\s)(?:category|tag|post|type|format|status|has|no|with|without|is|elementor|et)-\S*"
)
_PARTS = re.compile(r"(?<=\s)\S*__\S*")  # a part of a box, in the naming that writes box__part
_BOX = re.compile(
    r"(?<![a-z])(?:accordion|collaps\w*|toggle|faq\w*|panel|tab|tabs|tabpanel|answer|details)(?![a-z])"
)
_LEADING = ("p", "h2", "h3", "h4", "h5", "h6")
_LEADS_ON = re.compile(
    r"(?:share|follow|tweet|related|read|see also|more|you (?:may|might)|tags?|topics|categor|posted|filed|sources?"
    r"|references|in this|on this|contents|jump|skip)\b",
    re.IGNORECASE,
)
_TABS = re.compile(r"(?<![a-z])(?:tabs?|tab-?list|subnav)(?![a-z])")
_MOST_TABS = 12
_LINK_LABEL = ("trusted source", "trusted sources")  # what a site writes beside each link to a source
_UNSEEN = re.compile(r"(?<![a-z])(?:visually-?hidden|sr-only|sro|screen-reader(?:-text)?|u-hidden)(?![a-z])")
_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_CALLOUT = re.compile(
    r"(?<![a-z])(?:care-card|callout|notice|warning|alert|admonition|infobox|info-box|key-?facts?|emergency|urgent)"
    r"(?![a-z])"
)


@dataclass(slots=True)
class Cleared:
    """What was taken out of the tree, in the order of the page."""

    left_out: list[LeftOut] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, element: Element, why: str, words: str | None = None) -> None:
        """Takes the element out, and lists it if it has words."""
        self.note(element, words_of(element, most=2 * QUOTE) if words is None else words, why)
        drop(element)

    def note(self, element: Element, words: str, why: str) -> None:
        if words:
            self.left_out.append(LeftOut(line_of(element), cut(words), why))


def line_of(element: Element) -> int:
    return int(element.sourceline or 0)


def cut(quote: str) -> str:
    return quote if len(quote) <= QUOTE else quote[:QUOTE] + "…"


def is_callout(element: Element) -> bool:
    """Whether an element is a box that warns or explains. Its class says so, or its role."""
    return (
        element.get("role") in ("alert", "note")
        or _CALLOUT.search(_PARTS.sub(" ", names(element))) is not None
    )


def is_unseen(element: Element) -> bool:
    """Whether an element is there for screen readers alone."""
    return _UNSEEN.search(names(element)) is not None


def clear(root: Element, panels: Set[Element], cleared: Cleared) -> None:
    """`panels` are shown by a button or a tab, so that `hidden` says nothing about them."""
    _clear_code(root, cleared)
    body = root.find("body")
    if body is None:
        return
    kept = _kept(body)
    for element, why in list(_furniture(body, kept, panels)):
        if (lead := _lead_in_to(element)) is not None:
            found = lead_ins.taken_away(words_of(lead, 300), line_of(lead), f"left out, as {why}")
            cleared.findings.append(found)
        cleared.take(element, why)


def _lead_in_to(element: Element) -> Element | None:
    """What leads into a list which a site calls by the name of furniture. A share bar has such words too."""
    before = element.getprevious()
    if before is None or (before.tail or "").strip():
        return None
    if element.tag not in ("ul", "ol") and next(element.iter("ul", "ol"), None) is None:
        return None
    while before.tag not in _LEADING and len(before) and not (before[-1].tail or "").strip():
        before = before[-1]
    words = words_of(before, 300) if before.tag in _LEADING else ""
    return before if lead_ins.is_lead_in(words) and not _LEADS_ON.match(words) else None


def _clear_code(root: Element, cleared: Cleared) -> None:
    found = [e for e in root.iter(*_CODE) if e.getparent() is not None]
    shown = [e for e in found if e.tag in ("script", "style", "template")]
    if shown:
        quote = ", ".join(
            f"{count} {tag}"
            for tag in ("script", "style", "template")
            if (count := sum(e.tag == tag for e in shown))
        )
        cleared.left_out.append(LeftOut(line_of(shown[0]), quote, "code of the page"))
    for element in found:
        if element.tag != "meta" and element.tag != "link":
            drop(element)


def _kept(body: Element) -> set[Element]:
    """The body, what holds the page's heading, and what holds more than half of its words."""
    kept = {body}
    for heading in body.iter("h1"):
        if not inside(heading, "nav", "footer", "aside"):
            kept.update((heading, *heading.iterancestors()))
            break
    size = sizes(body)
    half = size[body][0] / 2
    kept.update(
        e for e, (text, _) in size.items() if text > half and e.tag not in ("nav", "footer", "noscript")
    )
    return kept


def _furniture(body: Element, kept: Set[Element], panels: Set[Element]) -> Iterator[tuple[Element, str]]:
    walk = etree.iterwalk(body, events=("start",))
    for _, element in walk:
        if element in kept or not isinstance(element.tag, str):
            continue
        if why := _why(element, panels):
            walk.skip_subtree()
            yield element, why


def _why(element: Element, panels: Set[Element]) -> str | None:
    if element in panels:
        return None
    tag, role = element.tag, element.get("role")
    if why := _BY_TAG.get(tag) or _BY_ROLE.get(role or ""):
        return why
    named = _NOT_NAMES.sub(" ", names(element)) if element.get("class") or element.get("id") else ""
    if _is_hidden(element, named):
        return HIDDEN
    if tag in ("ul", "ol") and _TABS.search(named) and _leads_elsewhere(element):
        return NAVIGATION
    if tag in ("span", "small", "i") and not len(element) and words_of(element).casefold() in _LINK_LABEL:
        return "a label beside a link"
    if tag == "header" and not inside(element, "article", "main"):
        return "the head of the page"
    why = next((why for why, words in _TABLE if words.search(named)), None) if named else None
    if why and not (is_callout(element) and why == "beside the article"):
        return why
    if tag == "aside" and not is_callout(element):
        return "beside the article"
    return None


def _is_hidden(element: Element, named: str) -> bool:
    hidden = (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or _STYLE.search((element.get("style") or "")[:500].lower()) is not None
    )
    opens = _BOX.search(named) or element.get("role") in ("tabpanel", "tooltip") or inside(element, "details")
    return hidden and not opens


def _leads_elsewhere(tabs: Element) -> bool:
    """Whether a row of tabs is links to other pages alone. Tabs that show a part of this page name it by `#`."""
    if not 0 < len(tabs) <= _MOST_TABS or any(len(entry) != 1 or entry[0].tag != "a" for entry in tabs):
        return False
    if any((part or "").strip() for entry in tabs for part in (entry.text, entry[0].tail, entry.tail)):
        return False
    addresses = [(entry[0].get("href") or "").strip() for entry in tabs]
    return any(address.strip("#") for address in addresses) and not any(
        address.startswith("#") and len(address) > 1 for address in addresses
    )
