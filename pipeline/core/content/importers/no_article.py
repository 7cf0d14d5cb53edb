"""What is no article, and by which sign it was told. Every reader of pages asks here before it answers.

A sign in words counts only where an article would not have it: at the end of a short text, alone on its line, or in a
title. An article about paywalls, captchas or error pages is an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.core.content.importers.web.blocks import Part
from pipeline.core.content.importers.web.tree import HEADINGS, Element, names, sizes, words_of
from pipeline.core.content.words import plain, texts, word_count
from pipeline.core.errors import BadInput

_FEW = 60  # words of a page that says nothing
_SHORT = 150  # words of a page that only says why it shows nothing
_PREVIEW = 600  # words of what a paywall lets through
_END = 60  # words in which it stops

_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*|<\?[^>]*>\s*)*<(rss|rdf:RDF|feed)\b", re.DOTALL
)
_JSON_FEED = re.compile(r"\s*\{[^{}\[\]]{0,1000}\bjsonfeed\.org\\?/version")
_SCRIPT_NEEDED = re.compile(
    r"\b(?:enable|turn on|activate|requires?|needs?|without) javascript\b|\bjavascript (?:is|must be|to be) "
    r"(?:required|disabled|enabled)\b",
    re.IGNORECASE,
)
_GUARD = re.compile(
    r"\bjust a moment\b|\bchecking (?:if the site|your browser)\b|\bverify(?:ing)? (?:that )?you(?: are|'re|’re) "
    r"(?:a )?human\b|\b(?:complete|solve) the captcha\b|\bare you a robot\b|\bunusual traffic\b|\bray id\b|"
    r"\bpress (?:and|&) hold\b|\baccess (?:to this page )?(?:has been |is )?(?:denied|blocked)\b",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"^\W*(?:error\W*)?(?:40[0134]|410|429|50[0-4])\b|\bpage (?:not found|cannot be found|could not be found|"
    r"does(?: not|n.t) exist|no longer exists)\b|^\W*(?:not found|forbidden|bad gateway|service unavailable|"
    r"internal server error|access denied)\W*$",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"\b(?:subscribe|register|log ?in|sign ?(?:in|up)|join)\b[^.]{0,40}\b(?:to|and) "
    r"(?:continue|keep|finish|read|unlock|view|access|see)\b[^.]{0,20}\b"
    r"(?:reading|the (?:rest|full|whole|entire)|full (?:article|text|story)|this (?:article|content|page|story))\b"
    r"|\bto (?:continue|keep) reading\b|\b(?:article|content|story) is (?:only )?"
    r"(?:for|available to|reserved for) (?:our )?(?:paying )?(?:subscribers|members)\b"
    r"|\balready a (?:subscriber|member)\b|\b(?:subscribe|sign ?up|log ?in) to read (?:more|on)?\W*$"
    r"|\bunlock (?:this|the full) (?:article|story)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?。！？؟।][)\]”\"’'\d,]*$")
_TEASER_END = re.compile(
    r"(?:…|\.\.\.|\[…\])\s*(?:continue reading|read more|read the full (?:article|story))?\W*$", re.I
)
_PAGE_OF = re.compile(r"\W*page (\d{1,2}) of (\d{1,2})\W*", re.IGNORECASE)
_PAGE_LINKS = re.compile(r"(?<=\s)(?:page-links|post-nav-links|article-pages)(?=\s)")  # of wp_link_pages
_MORE = re.compile(
    r"(?:read|find out|learn|see|view|continue) (?:more|reading|the full (?:article|story))\W*|more\W*", re.I
)
_ABSTRACT = frozenset(
    [
        "abstract",
        "aim",
        "aims",
        "background",
        "objective",
        "objectives",
        "introduction",
        "purpose",
        "methods",
        "method",
        "design",
        "setting",
        "participants",
        "patients",
        "interventions",
        "intervention",
        "results",
        "findings",
        "conclusion",
        "conclusions",
        "interpretation",
        "funding",
        "keywords",
    ]
)
_ABSTRACT_NEEDS = (frozenset({"methods", "method", "design"}), frozenset({"results", "findings"}))
_LABEL = re.compile(r"^([A-Za-z]{3,14})(?: and [a-z]{3,14})?\s*[:.—–]\s*\S")


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page shows before anything is taken out of it. `words` counts its text without its code."""

    words: int
    text: str
    title: str
    scripts: int
    is_free: bool | None
    pages: tuple[str, ...]  # lines such as "Page 1 of 5", and links to the next page of the same article
    walled: bool  # a box that is named for a paywall


def look(root: Element, is_free: bool | None) -> Signs:
    text = words_of(root, 40_000)
    head = root.find("head/title")
    title = " / ".join(
        words_of(e, 200) for e in [*([head] if head is not None else []), *list(root.iter("h1"))[:2]]
    )
    return Signs(
        words=len(text.split()),
        text=text,
        title=title,
        scripts=sum("json" not in (e.get("type") or "") for e in root.iter("script")),
        is_free=is_free,
        pages=tuple(_pages(root)),
        walled=any(
            re.search(r"(?<![a-z])pay-?wall(?![a-z])", names(e)) for e in root.iter("div", "section", "aside")
        ),
    )


def refuse_feed(name: str, text: str) -> None:
    match = _FEED.match(text)
    if match or _JSON_FEED.match(text):
        kind = {"feed": "an Atom feed", None: "a JSON Feed"}.get(match and match.group(1), "a feed (RSS)")
        kind = "a WordPress export" if "wordpress.org/export/" in text[:4096] else kind
        raise BadInput(
            f"This is {kind}, which holds many articles, and one was asked for. Import it as a feed or an export, or "
            "save the page of the article that you want.",
            place=name,
        )


def refuse_empty(name: str, signs: Signs) -> None:
    """An empty scrape: a page of script alone, a guard against robots, an error page."""
    if signs.words < 2 * _SHORT and (match := _ERROR.search(signs.title)):
        raise _not(
            name, f"an error page: its title says '{match.group().strip()}'", "Look up the article's address"
        )
    if signs.words < _SHORT and (match := _GUARD.search(f"{signs.title} {signs.text}")):
        raise _not(
            name,
            f"a page that keeps robots out: it says '{match.group()}'",
            "Open the article in a browser and save the page from there",
        )
    if signs.words < _SHORT and (match := _SCRIPT_NEEDED.search(signs.text)):
        raise _not(
            name,
            f"an empty page that script would fill: it says '{match.group()}'",
            "Open the article in a browser, wait until it shows, and save the page from there",
        )
    if signs.scripts and signs.words < _FEW // 3:
        raise _not(
            name,
            f"an empty page that script would fill: it holds {signs.scripts} scripts and {signs.words} words",
            "Open the article in a browser, wait until it shows, and save the page from there",
        )
    for line in signs.pages:
        raise _not(
            name, f"one page of several: it says '{line}'", "Save the article as one page, or join its pages"
        )


def refuse_plain(name: str, text: str) -> None:
    """The same for a page saved as text, before it is parted into lines of its own."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = len(text.split())
    title = lines[0][:200] if lines else ""
    refuse_empty(name, Signs(words, text[:40_000], title, scripts=0, is_free=None, pages=(), walled=False))
    more = sum(_MORE.fullmatch(line[:80]) is not None for line in lines)
    if more > 3 and sum(len(line) > 250 for line in lines) < max(3, more // 2):
        raise _not(
            name,
            f"a page that lists articles: {more} of its lines only lead on to another page",
            "Save the page of one article",
        )


def refuse_listing(name: str, main: Element, signs: Signs) -> None:
    """A page that lists articles: teasers, each with a link to go on, or hardly any words that are not links."""
    more = sum(1 for a in main.iter("a") if len(a) < 3 and _MORE.fullmatch(words_of(a, 60)))
    headed = sum(1 for h in main.iter(*HEADINGS) if _is_link(h))
    size = sizes(main)
    text, links = size[main]
    count = sum(1 for _ in main.iter("a"))
    prose = sum(size[p][0] - size[p][1] > 250 for p in main.iter("p", "li"))
    teasers = max(more, headed)
    if (more > 3 or headed > 4) and prose < max(3, teasers // 2):
        raise _not(
            name,
            f"a page that lists articles: {teasers} of its parts only lead on to another page",
            "Save the page of one article",
        )
    if count > 12 and links * 3 > text * 2 and prose < 2:
        raise _not(
            name,
            f"a page that lists articles: {links * 100 // max(text, 1)} % of its words are links",
            "Save the page of one article",
        )


def refuse_parts(name: str, signs: Signs, parts: Sequence[Part]) -> None:
    """An article with nothing in it, a preview, or an abstract."""
    blocks = [block for part in parts for block in part.blocks]
    if not blocks:
        raise BadInput(
            "There is no article on the page: no paragraph was left when menus, forms and "
            "the like were taken out. Save the page once its article shows.",
            place=name,
        )
    refuse_text(
        name,
        [plain(text) for text, _ in texts(blocks)],
        [part.heading for part in parts if not part.suggested],
        word_count(blocks),
        tail=signs.text,
        is_free=signs.is_free,
        walled=signs.walled,
    )


def refuse_text(
    name: str,
    lines: Sequence[str],
    headings: Iterable[str],
    words: int,
    *,
    tail: str = "",
    is_free: bool | None = None,
    walled: bool = False,
) -> None:
    """A preview or an abstract, by its lines. `tail` is the whole page's text, where the wall's own words stand."""
    for line in lines:
        if (match := _PAGE_OF.fullmatch(line)) and int(match.group(2)) > 1:
            raise _not(
                name,
                f"one page of several: it says '{line}'",
                "Save the article as one page, or join its pages",
            )
    if words < _PREVIEW:
        _refuse_preview(name, lines, tail, is_free, walled)
        _refuse_abstract(name, lines, [heading.casefold().strip(" :.") for heading in headings])


def _refuse_preview(name: str, lines: Sequence[str], tail: str, is_free: bool | None, walled: bool) -> None:
    advice = "Get the whole article, with its publisher's leave"
    last = " ".join(" ".join(lines[-3:]).split()[-_END:])
    at = tail.rfind(lines[-1][-40:]) if lines else -1
    beyond = " ".join(tail[at:].split()[: 2 * _END]) if at >= 0 and _is_cut(lines[-1]) else ""
    said = tail if is_free is False or walled else beyond
    for words in (last, said, *_asides(lines)):
        if match := _WALL.search(words):
            raise _not(
                name, f"the preview of an article behind a paywall: it says '{match.group().strip()}'", advice
            )
    if is_free is False:
        raise _not(
            name,
            "the preview of an article behind a paywall: its data say that it is not free to read",
            advice,
        )
    breaks_off = next((line for line in reversed(lines[-3:]) if _TEASER_END.search(line)), None)
    if breaks_off and (
        _MORE.fullmatch(lines[-1])
        or re.search(r"continue reading|read more", f"{last} {beyond}", re.IGNORECASE)
    ):
        raise _not(name, f"the start of an article: it breaks off at '{breaks_off[-40:]}'", advice)


def _is_cut(line: str) -> bool:
    return not _STOP.search(line) or line.endswith(("...", "…"))


def _asides(lines: Sequence[str]) -> Iterator[str]:
    """Short lines right after one that breaks off, where a wall cuts into the text."""
    for before, line in pairwise(lines):
        if len(line) < 160 and len(before) > 80 and _is_cut(before) and not before.endswith(":"):
            yield line


def _refuse_abstract(name: str, lines: Sequence[str], headings: Sequence[str]) -> None:
    advice = "Import the whole paper or an article about it"
    if list(headings) == ["abstract"]:
        raise _not(name, "the abstract of a paper: its only heading is 'Abstract'", advice)
    labels = [match.group(1).casefold() for line in lines if (match := _LABEL.match(line))]
    inline = [
        m.casefold()
        for m in re.findall(r"\b(Background|Methods?|Results?|Findings|Conclusions?)\s*:", " ".join(lines))
    ]
    for named, few in ((headings, False), (labels, True), (inline, True)):
        parts = [heading.split(" ")[0] for heading in named]
        known = [part for part in parts if part in _ABSTRACT]
        if len(known) < (3 if few else len(parts)) or not all(
            set(known) & needed for needed in _ABSTRACT_NEEDS
        ):
            continue
        raise _not(name, f"the abstract of a paper: its parts are {', '.join(dict.fromkeys(known))}", advice)


def _pages(root: Element) -> Iterable[str]:
    """Signs that a page is one of several of the same article."""
    canonical = next((e.get("href") or "" for e in root.iter("link") if e.get("rel") == "canonical"), "")
    for element in root.iter("link", "a"):
        href = element.get("href") or ""
        if element.get("rel") == "next" and canonical and _is_next(href, canonical):
            yield f"next page: {href[:120]}"
    for element in root.iter("p", "div", "nav"):
        if _PAGE_LINKS.search(names(element)) and sum(words_of(a, 20).isdigit() for a in element.iter("a")):
            yield words_of(element, 60)
    for element in root.iter("p", "div", "span", "li", "nav", "strong", "b"):
        if (
            len(element) < 4
            and (match := _PAGE_OF.fullmatch(words_of(element, 40)))
            and int(match.group(2)) > 1
        ):
            yield match.group().strip()


def _is_next(href: str, canonical: str) -> bool:
    page = canonical.split("?")[0].rstrip("/")
    return (
        re.fullmatch(re.escape(page) + r"/?(?:page/)?(?:\d{1,2}/?|\?(?:page|p|pg)=\d{1,2})", href) is not None
    )


def _is_link(heading: Element) -> bool:
    words = words_of(heading, 200)
    linked = " ".join(words_of(a, 200) for a in heading.iter("a"))
    above = heading.getparent()
    whole = above is not None and above.tag == "a"
    return bool(words) and (linked == words or whole)


def _not(name: str, what: str, advice: str) -> BadInput:
    return BadInput(f"This is no article but {what}. {advice}.", place=name)
