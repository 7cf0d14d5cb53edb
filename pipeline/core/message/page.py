"""The HTML part as a reader meets it: each stretch of words with the colours, size and place it ends up with.

Only inline styles count, as in the clients that drop style sheets (H-08); the one exception is the block of
dark colours, which is read to check it as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

from lxml import html as lxml_html
from lxml.html import HtmlElement

from pipeline.core.message import colour, css
from pipeline.core.message.colour import Rgb

SPACES = re.compile(r"\s+")
_PX = re.compile(r"(\d+(?:\.\d+)?)px")


@dataclass(frozen=True, slots=True)
class Look:
    """How words look at one place. Sizes in px."""

    colour: Rgb = (0, 0, 0)
    ground: Rgb = (255, 255, 255)
    size: float = 16
    bold: bool = False
    align: str = "left"
    underlined: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of text, the element it stands in, and its look."""

    text: str
    element: HtmlElement
    look: Look
    place: css.Place

    def classes(self) -> frozenset[str]:
        """The classes of the element and of all around it."""
        return self.place.classes | self.place.outer

    def within(self, tag: str) -> bool:
        """Whether the element, or one around it, is a `tag`."""
        return any(place.tag == tag for place in (self.place, *self.place.outwards()))


class Page:
    def __init__(self, html: str) -> None:
        self.source = html
        self.root = lxml_html.document_fromstring(html)

    @cached_property
    def words(self) -> list[Words]:
        """Every stretch of words in the body, in light colours, hidden ones too."""
        return _words(self.root.find("body"), css.Rules())

    @cached_property
    def dark_words(self) -> list[Words]:
        """The same in the dark colours that the letter asks for."""
        return _words(self.root.find("body"), css.dark_rules(self._sheet()))

    @cached_property
    def visible_text(self) -> str:
        return squeezed(" ".join(words.text for words in self.words if not words.look.hidden))

    def elements(self, *tags: str) -> list[HtmlElement]:
        return [element for element in self.root.iter(*tags) if isinstance(element.tag, str)]

    def found(self, path: str) -> list[HtmlElement]:
        """Elements by XPath, from the root."""
        return cast("list[HtmlElement]", self.root.xpath(path))

    def _sheet(self) -> str:
        return "".join(element.text or "" for element in self.elements("style"))


def squeezed(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def spoken(element: HtmlElement) -> str:
    return squeezed(element.text_content())


def place_of(element: HtmlElement) -> css.Place:
    """Where an element stands, for selectors."""
    around = element.getparent()
    return _place(element, None if around is None else place_of(around))


def _words(body: HtmlElement, dark: css.Rules) -> list[Words]:
    found: list[Words] = []
    around = body.getparent()
    _walk(body, Look(), None if around is None else place_of(around), dark, found)
    return found


def _place(element: HtmlElement, around: css.Place | None) -> css.Place:
    classes = _classes(element.get("class") or "")
    return around.inner(element.tag, classes) if around else css.Place(element.tag, classes)


@lru_cache(maxsize=1024)
def _classes(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _walk(
    element: HtmlElement, look: Look, around: css.Place | None, dark: css.Rules, found: list[Words]
) -> None:
    place = _place(element, around)
    look = _look(element, look, dark.of(place))
    if element.text and element.text.strip():
        found.append(Words(squeezed(element.text), element, look, place))
    for child in element:
        if isinstance(child.tag, str):
            _walk(child, look, place, dark, found)
        if child.tail and child.tail.strip():
            found.append(Words(squeezed(child.tail), element, look, place))


def _look(element: HtmlElement, around: Look, rules: list[css.Rule]) -> Look:
    dark = tuple(pair for rule in rules for pair in rule.declarations.items())
    bold = element.tag in {"strong", "b", "th"}
    return _changed(
        around,
        element.get("style") or "",
        dark,
        element.get("bgcolor") or "",
        element.get("align") or "",
        bold,
    )


@lru_cache(maxsize=4096)  # a letter has many elements and few ways to look
def _changed(
    around: Look, inline: str, dark: tuple[tuple[str, str], ...], bgcolor: str, align: str, bold: bool
) -> Look:
    style = {**css.declared(inline), **dict(dark)}
    ground = style.get("background-color") or style.get("background") or bgcolor
    weight = style.get("font-weight", "")
    return Look(
        colour=colour.parse(style.get("color", "")) or around.colour,
        ground=colour.parse(ground) or around.ground,
        size=_px(style.get("font-size", "")) or around.size,
        bold=weight in {"bold", "600", "700"} if weight else around.bold or bold,
        align=style.get("text-align") or align or around.align,
        underlined="underline" in style.get("text-decoration", "") or around.underlined,
        hidden=around.hidden or style.get("display") == "none" or style.get("visibility") == "hidden",
    )


def _px(value: str) -> float | None:
    found = _PX.fullmatch(value)
    return float(found.group(1)) if found else None
