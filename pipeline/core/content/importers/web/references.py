"""The sources of a page: its list of references, the anchors that marks lead to, and sources that hide in tooltips."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from pipeline.core.content.article import Finding, Reference, Severity
from pipeline.core.content.importers import reference_list
from pipeline.core.content.importers.page import Entry
from pipeline.core.content.importers.reference_names import names_further_reading, names_references
from pipeline.core.content.importers.web import reference_lines
from pipeline.core.content.importers.web.furniture import Cleared, cut, line_of
from pipeline.core.content.importers.web.tree import HEADINGS, Element, clean, drop, inside, names, words_of
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.links import link_fault
from pipeline.core.content.slug import Slugs

TOOLTIP_RULE = "reference-in-tooltip"

_NAMED = re.compile(
    r"(?<![a-z])(?:references|reference-list|reflist|citations|citation-list|footnotes|bibliography|endnotes|"
    r"article-sources|sources-list)(?![a-z])"
)
_ROLES = ("doc-endnotes", "doc-bibliography", "doc-footnotes")
_BACK = re.compile(
    r"(?<![a-z])(?:backlinks?|backref|footnote-return|footnote-backref|mw-cite-backlink)(?![a-z])"
)
_BACK_MARKS = re.compile(r"[\s^↑↩⏎︎⤴a-z]{1,4}|jump up|jump up to:?|back to top|back")
_NUMBER = re.compile(r"^\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.)])\s*")
_TRACE = re.compile(r"https?://|\bdoi\b|\b(?:19|20)\d\d\b|\bet al\b|\bsource\b|\baccessed\b", re.IGNORECASE)
_TIP = re.compile(r"(?<![a-z])(?:tooltip\w*|tippy|popover|footnote-(?:text|content)|mfn\w*|reftip)(?![a-z])")
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§¶]+|i|ⓘ|source|ref)[\])]?", re.IGNORECASE)
_TIP_NAMES = (
    "data-tooltip",
    "data-tippy-content",
    "data-bs-title",
    "data-original-title",
    "data-content",
    "title",
)
_MOST = 500  # references
_LONGEST_TIP = 1000  # characters


@dataclass(slots=True)
class Sources:
    """`anchors` maps ids on the page to references; `cited` the elements that are marks by themselves."""

    references: list[Reference] = field(default_factory=list)
    anchors: dict[str, Reference] = field(default_factory=dict)
    cited: dict[Element, tuple[Reference, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def find(root: Element, main: Element, cleared: Cleared) -> Sources:
    """Takes the lists and the tooltips out of the tree. A list may stand beside the main part."""
    entries = _entries(main) or (_entries(root) if root is not main else [])
    references, findings = reference_list.references([_entry(e, n) for n, e in enumerate(entries, 1)])
    sources = Sources(list(references), findings=list(findings))
    for element, reference in zip(entries, references, strict=True):
        for anchor in _anchors(element):
            sources.anchors.setdefault(anchor, reference)
    for element in entries:
        drop(element)
    _tooltips(main, sources, cleared)
    _outside_links(main, sources)
    return sources


def _entry(element: Element, number: int) -> Entry:
    for back in [e for e in element.iter("a", "span", "sup", "b") if _is_back(e)]:
        if back is not element and back.getparent() is not None:
            drop(back)
    text = _NUMBER.sub("", words_of(element).lstrip("^↑ "))
    if "https://" not in text and "http://" not in text:
        links = [clean(a.get("href")).strip() for a in element.iter("a")]
        url = next((link for link in links if link.startswith(("https://", "http://"))), "")
        text = f"{text} {url}" if url else text
    return Entry(tidy_text(text), line_of(element), number=number)


def _is_back(element: Element) -> bool:
    if _BACK.search(names(element)):
        return True
    href = element.get("href") or ""
    return (
        element.tag == "a"
        and href.startswith("#")
        and _BACK_MARKS.fullmatch(words_of(element).lower()) is not None
    )


def _anchors(element: Element) -> Iterator[str]:
    for part in element.iter():
        for attribute in ("id", "name"):
            if anchor := part.get(attribute):
                yield anchor


def _entries(main: Element) -> list[Element]:
    """The elements of the first list of references, one each. Their heading is taken out of the tree."""
    further: list[Element] = []
    for heading in [
        e for e in main.iter(*HEADINGS, "p", "div", "summary", "button", "dt", "span") if _is_heading(e)
    ]:
        found = list(_under(heading))
        if not found:
            continue
        if names_further_reading(words_of(heading)):
            further = further or [heading]
            continue
        drop(heading)
        return found[:_MOST]
    for box in main.iter("ol", "ul", "div", "section", "aside"):
        if (_NAMED.search(names(box)) or box.get("role") in _ROLES) and (found := _listed(box)):
            return found[:_MOST]
    if further:
        found = list(_under(further[0]))
        drop(further[0])
        return found[:_MOST]
    return []


def _is_heading(element: Element) -> bool:
    text = element.text or ""
    if len(text) > 60 or (element.tag in ("div", "span") and len(element) > 0):
        return False
    if element.tag == "p" and not (
        len(element) == 1 and element[0].tag in ("strong", "b") and not text.strip()
    ):
        return False
    return names_references(words_of(element, most=60))


def _under(heading: Element) -> Iterator[Element]:
    """What stands after a heading: the entries of the first list there, or paragraphs that look like sources."""
    at: Element | None = heading
    while at is not None and at.getnext() is None and at.tag not in ("main", "article", "body"):
        at = at.getparent()
    after: list[Element] = []
    for element in at.itersiblings() if at is not None else ():
        if element.tag in HEADINGS or element.find(".//h2") is not None:
            break
        if found := _listed(element):
            if not after:
                yield from found
            break
        if not _is_source(element):
            break
        after += reference_lines.parted(element)
    yield from after


def _listed(box: Element) -> list[Element]:
    """The outermost list entries of a box, or its paragraphs where there is no list."""
    lists = [box] if box.tag in ("ol", "ul") else list(box.iter("ol", "ul"))
    if lists:
        return [e for e in lists[0] if e.tag == "li" and words_of(e)]
    if box.tag in ("p", "table", "dl"):
        return []
    return [e for e in box.iter("p") if _is_source(e)]


def _is_source(element: Element) -> bool:
    text = words_of(element)
    return (
        element.tag in ("p", "div", "li")
        and bool(_NUMBER.match(text) or _TRACE.search(text))
        and len(text) < 1000
    )


def _tooltips(main: Element, sources: Sources, cleared: Cleared) -> None:
    by_id = {e.get("id"): e for e in main.iter() if e.get("id")}
    for element in list(main.iter("sup", "a", "span", "button", "abbr", "i")):
        if element.getroottree().getroot() is not main.getroottree().getroot():
            continue
        tip, holder = _tip(element, by_id)
        if not tip:
            continue
        if holder is not None:
            drop(holder)
        mark = words_of(element, 80)
        if element.tag != "abbr" and (_MARK.fullmatch(mark) or not mark) and _TRACE.search(tip):
            _cite_tip(element, tip, mark, sources)
        elif tip.casefold() != mark.casefold() and not (element.tag == "a" and element.get("href")):
            cleared.note(element, f"{mark}: {tip}", "a tooltip that explains a word")


def _tip(element: Element, by_id: dict[str | None, Element]) -> tuple[str, Element | None]:
    """What a tooltip says, and the element that holds it where it is no attribute."""
    for name in _TIP_NAMES:
        if tip := tidy_text(clean(element.get(name))):
            return re.sub(r"<[^<>]*>", "", tip), None
    described = by_id.get(element.get("aria-describedby") or "")
    if described is not None and (described.get("role") == "tooltip" or _TIP.search(names(described))):
        return words_of(described, _LONGEST_TIP), described
    inner = next((e for e in element if e.get("role") == "tooltip" or _TIP.search(names(e))), None)
    return (words_of(inner, _LONGEST_TIP), inner) if inner is not None else ("", None)


def _cite_tip(element: Element, tip: str, mark: str, sources: Sources) -> None:
    reference = _known(tip, sources.references) or _added(tip, line_of(element), sources)
    if reference is None:
        return
    sources.cited[element] = (reference,)
    message = (
        f"This source stood in a tooltip beside the mark '{mark}'; it is reference {reference.number} now."
    )
    sources.findings.append(Finding(TOOLTIP_RULE, Severity.C, line_of(element), cut(tip), message))


def _known(tip: str, references: Iterable[Reference]) -> Reference | None:
    letters = _letters(tip)
    return next(
        (r for r in references if len(w := _letters(r.text)) > 10 and (w in letters or letters in w)), None
    )


def _added(text: str, line: int, sources: Sources) -> Reference | None:
    if len(sources.references) >= _MOST:
        return None
    text = re.sub(r"^(?:source|reference|ref)s?\s*:\s*", "", text, flags=re.IGNORECASE)
    made, findings = reference_list.references([Entry(_NUMBER.sub("", text), line)])
    sources.findings += findings
    ref_id = Slugs(reference.id for reference in sources.references).make(made[0].id)
    reference = replace(made[0], id=ref_id, number=len(sources.references) + 1)
    sources.references.append(reference)
    return reference


def _outside_links(main: Element, sources: Sources) -> None:
    """A mark such as [2] or a raised 2 that links to the source itself, on a page without a list."""
    if sources.references and not sources.cited:
        return
    by_url: dict[str, Reference] = {}
    for link in list(main.iter("a")):
        url = clean(link.get("href")).strip()
        words = words_of(link) if len(link) < 4 else ""
        bare = re.fullmatch(r"\d{1,3}", words) is not None and inside(link, "sup")
        if link in sources.cited or not (bare or re.fullmatch(r"\[\d{1,3}\]", words)) or link_fault(url):
            continue
        reference = by_url.get(url) or _added(
            f"{clean(link.get('title'))} {url}".strip(), line_of(link), sources
        )
        if reference is not None:
            by_url[url] = reference
            sources.cited[link] = (reference,)


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w", text.casefold()))
