"""The HTML part as a reader meets it: each stretch of words with the colours, size and place it ends up with.

Only inline styles count, as in the clients that drop style sheets (H-08); the one exception is the block of
dark colours, which is read to check it as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import cast

from lxml import html as lxml_html
from lxml.html import HtmlElement

from pipeline.core.message import colour, css
from pipeline.core.message.colour import Rgb


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

    def classes(self) -> set[str]:
        """The classes of the element and of all around it."""
        chain = [self.element, *self.element.iterancestors()]
        return {name for element in chain for name in (element.get("class") or "").split()}


class Page:
    def __init__(self, html: str) -> None:
        self.source = html
        self.root = lxml_html.document_fromstring(html)
        # lxml makes a Python object anew each time that an element is met, unless somebody holds the last one.
        self._held = list(self.root.iter())

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
    return " ".join(text.split())


def spoken(element: HtmlElement) -> str:
    return squeezed(element.text_content())


def _words(body: HtmlElement, dark: css.Rules) -> list[Words]:
    found: list[Words] = []
    _walk(body, Look(), frozenset(), dark, found)
    return found


def _walk(
    element: HtmlElement, around: Look, names: frozenset[str], dark: css.Rules, found: list[Words]
) -> None:
    """`names`: the classes of all that the element stands in."""
    look = _look(element, around, names, dark)
    if element.tag == "img" and (alternative := squeezed(element.get("alt") or "")):
        found.append(
            Words(alternative, element, look)
        )  # what is seen with pictures off, and what is read out
    if element.text and element.text.strip():
        found.append(Words(squeezed(element.text), element, look))
    inside = names | css.classes(element) if dark else names
    for child in element:
        if isinstance(child.tag, str):
            _walk(child, look, inside, dark, found)
        if child.tail and child.tail.strip():
            found.append(Words(squeezed(child.tail), element, look))


def _look(element: HtmlElement, around: Look, names: frozenset[str], dark: css.Rules) -> Look:
    style, ground, align = (
        element.get("style") or "",
        element.get("bgcolor") or "",
        element.get("align") or "",
    )
    rules = list(dark.of(element, names)) if dark else []
    if not rules:
        return _plain_look(around, element.tag, style, ground, align)
    declared = dict(css.declared(style))
    for rule in rules:
        declared.update(rule.declarations)
    return _seen(around, element.tag, ground, align, tuple(declared.get(name, "") for name in LOOKED_AT))


@lru_cache(maxsize=4096)
def _plain_look(around: Look, tag: str, style: str, bgcolor: str, align: str) -> Look:
    declared = css.declared(style)
    return _seen(around, tag, bgcolor, align, tuple(declared.get(name, "") for name in LOOKED_AT))


LOOKED_AT = (
    "color",
    "background-color",
    "background",
    "font-weight",
    "font-size",
    "text-align",
    "text-decoration",
    "display",
    "visibility",
)


@lru_cache(maxsize=4096)
def _seen(around: Look, tag: str, bgcolor: str, align: str, style: tuple[str, ...]) -> Look:
    """The look of an element within `around`, by the values of `LOOKED_AT`: few elements of a letter differ."""
    ink, ground_colour, background, weight, size, set_to, decoration, display, visibility = style
    return replace(
        around,
        colour=colour.parse(ink) or around.colour,
        ground=colour.parse(ground_colour or background or bgcolor) or around.ground,
        size=_px(size) or around.size,
        bold=weight in {"bold", "600", "700"} if weight else around.bold or tag in {"strong", "b", "th"},
        align=set_to or align or around.align,
        underlined="underline" in decoration or around.underlined,
        hidden=around.hidden or display == "none" or visibility == "hidden",
    )


def _px(value: str) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)px", value)
    return float(found.group(1)) if found else None
