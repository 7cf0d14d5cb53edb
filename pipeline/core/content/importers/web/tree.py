"""A page's source as a tree that is safe to walk, and the words in it.

libxml2 reads HTML as browsers do, except that it stops without a word where elements are nested 256 deep and takes the
square of the time for a tag with many attributes. Both are refused here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import lxml.html
from lxml import etree

from pipeline.core.content.inlines import tidy_text
from pipeline.core.errors import BadInput

Element: TypeAlias = Any  # lxml.html.HtmlElement, which the stubs of lxml do not know

MOST_ELEMENTS = 30_000  # a long page of a site with a large menu has a fifth of it
_MOST_ATTRIBUTES = 500  # of one tag

_TAGS = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1|\Z)"
    r"""|<[a-zA-Z][^\s/>]*+(?:[\s/]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s/>"']++)*+>?""",
    re.DOTALL | re.IGNORECASE,
)
_MARKUP = re.compile(r"<!--[^<>]*-->|</?[a-zA-Z][^<>]*>")
_SILENT = re.compile(
    r"</?(?:em|strong|b|i|span|sup|sub|a|wbr)\b[^<>]*>", re.IGNORECASE
)  # tags that part no words
_ATTRIBUTE = re.compile(r"""[\s/"'][^\s/>="']""")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), *range(127, 160)))
_SPACES = re.compile("[ \t\r\n]+")
_FILLED = re.compile(" ?\u00a0[ \u00a0]+| \u00a0")

BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "caption",
            "center",
            "dd",
            "details",
            "dialog",
            "dir",
            "div",
        ),
        *(
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        ),
        *(
            "header",
            "hgroup",
            "hr",
            "li",
            "main",
            "menu",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
        ),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def parse(name: str, text: str) -> Element:
    """The whole page's root, comments taken out. Raises `BadInput` where the page is built to hurt."""
    refuse_many_attributes(name, text)
    parser = lxml.html.HTMLParser(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise BadInput("The page is empty: there is no word in it. Save it again.", place=name) from error
    if too_deep := next((e for e in parser.error_log if e.type_name == "ERR_RESOURCE_LIMIT"), None):
        raise BadInput(
            "The page nests its elements more than 250 deep, which no article does. Save the article's text alone.",
            place=name,
            line=too_deep.line,
        )
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise BadInput(
            f"The page has more than {MOST_ELEMENTS:,} elements, which no article has. Save the article's text alone.",
            place=name,
        )
    return root


def refuse_many_attributes(name: str, text: str, most: int = _MOST_ATTRIBUTES) -> None:
    for tag in _TAGS.finditer(text):
        if tag.group(1) or tag.end() - tag.start() < 2 * most or text.startswith("<!--", tag.start()):
            continue
        if len(_ATTRIBUTE.findall(re.sub(r"\"[^\"]*+\"|'[^']*+'", '""', tag.group()))) > most:
            raise BadInput(
                f"A tag has more than {most} attributes, which none needs. Save the page or fetch the feed again.",
                place=name,
                line=text.count("\n", 0, tag.start()) + 1,
            )


def clean(text: str | None) -> str:
    """Text as it would show: no control characters, and no no-break spaces that only fill."""
    if not text:
        return ""
    text = text.translate(_CONTROLS) if _CONTROL.search(text) else text
    return _FILLED.sub(" ", _SPACES.sub(" ", text)) if "\u00a0" in text else text


def words_of(element: Element, most: int = 0) -> str:
    """All the words under an element, in one line, with a space where a block or a line ends.

    With `most`, only as many characters as are needed to tell that there are more.
    """
    pieces: list[str] = []
    longest = 4 * most + 200 if most else None
    count = 0
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(part.tag, str):
            continue
        is_end = event == "end"
        text = part.tail if is_end and part is not element else part.text if not is_end else ""
        if part.tag in BLOCKS or part.tag == "br":
            pieces.append(" ")
        if not text or (part.tag in ("script", "style") and not is_end):
            continue
        pieces.append(text[:longest])
        count += len(pieces[-1].strip())
        if most and count > most:
            break
    return tidy_text(clean("".join(pieces)))


def nodes(element: Element) -> Iterator[str | Element]:
    """What stands directly in an element, in order: stretches of text and elements."""
    if element.text:
        yield element.text
    for child in element:
        yield child
        if child.tail:
            yield child.tail


def names(element: Element) -> str:
    """The class names and the id of an element, small, between spaces: what sites tell their parts by."""
    return f" {element.get('class') or ''} {element.get('id') or ''} "[:500].lower()


def sizes(root: Element) -> dict[Element, tuple[int, int]]:
    """For each element the characters of its text, and how many of them stand in links."""
    found: dict[Element, list[int]] = {}
    for element in reversed(list(root.iter())):
        own = found.setdefault(element, [0, 0])
        if element.tag in ("script", "style", "noscript", "template"):
            own[:] = [0, 0]
        else:
            own[0] += len((element.text or "").strip())
        if element.tag == "a":
            own[1] = own[0]
        parent = element.getparent()
        if parent is not None:
            above = found.setdefault(parent, [0, 0])
            above[0] += own[0] + len((element.tail or "").strip())
            above[1] += own[1]
    return {element: (text, links) for element, (text, links) in found.items()}


def inside(element: Element, *tags: str) -> bool:
    return next(element.iterancestors(*tags), None) is not None


def drop(element: Element) -> None:
    """Takes an element out of the tree; the text after it stays."""
    element.drop_tree()


def words_in(markup: str) -> str:
    """The words of a short stretch of HTML, such as a title; tags and entities are undone."""
    return tidy_text(clean(html.unescape(_MARKUP.sub(" ", _SILENT.sub("", markup)))))
