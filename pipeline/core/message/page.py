"""The HTML part as a reader meets it: each stretch of words with the colours, size and place it ends up with.

Only inline styles count, as in the clients that drop style sheets (H-08); the one exception is the block of
dark colours, which is read to check it as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from lxml import html as lxml_html
from lxml.html import HtmlElement

from pipeline.core.message import colour
from pipeline.core.message.colour import Rgb

DARK_BLOCK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
STEP = re.compile(r"([a-z0-9]*)((?:\.[\w-]+)*)\Z")
SPACES = re.compile(r"\s+")


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


@dataclass(frozen=True, slots=True)
class DarkRule:
    steps: tuple[str, ...]  # a selector, such as ("page", ">", "a"); innermost last
    declarations: dict[str, str]

    @property
    def weight(self) -> tuple[int, int]:
        classes = sum(step.count(".") for step in self.steps)
        return classes, sum(1 for step in self.steps if step != ">" and not step.startswith("."))


class Page:
    def __init__(self, html: str) -> None:
        self.source = html
        self.root = lxml_html.document_fromstring(html)

    @cached_property
    def words(self) -> list[Words]:
        """Every stretch of words in the body, in light colours, hidden ones too."""
        return list(_walk(self.root.find("body"), Look(), ()))

    @cached_property
    def dark_words(self) -> list[Words]:
        """The same in the dark colours that the letter asks for."""
        return list(_walk(self.root.find("body"), Look(), tuple(self._dark_rules())))

    @cached_property
    def visible_text(self) -> str:
        return squeezed(" ".join(words.text for words in self.words if not words.look.hidden))

    def elements(self, *tags: str) -> list[HtmlElement]:
        return [element for element in self.root.iter(*tags) if isinstance(element.tag, str)]

    def found(self, path: str) -> list[HtmlElement]:
        """Elements by XPath, from the root."""
        return cast("list[HtmlElement]", self.root.xpath(path))

    def _dark_rules(self) -> Iterator[DarkRule]:
        sheet = "".join(element.text or "" for element in self.elements("style"))
        for block in DARK_BLOCK.findall(sheet):
            for selectors, declarations in RULE.findall(block):
                for selector in selectors.split(","):
                    yield DarkRule(tuple(selector.split()), declared(declarations))


def squeezed(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def spoken(element: HtmlElement) -> str:
    return squeezed(element.text_content())


def declared(style: str) -> dict[str, str]:
    """`color: #123456; margin: 0` as a dictionary, later declarations winning, `!important` taken off."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip().lower(): value.replace("!important", "").strip() for name, value in pairs}


def _walk(element: HtmlElement, around: Look, dark: tuple[DarkRule, ...]) -> Iterator[Words]:
    look = _look(element, around, dark)
    if element.text and element.text.strip():
        yield Words(squeezed(element.text), element, look)
    for child in element:
        if isinstance(child.tag, str):
            yield from _walk(child, look, dark)
        if child.tail and child.tail.strip():
            yield Words(squeezed(child.tail), element, look)


def _look(element: HtmlElement, around: Look, dark: tuple[DarkRule, ...]) -> Look:
    style = declared(element.get("style") or "")
    for rule in sorted(
        (rule for rule in dark if _matches(element, rule.steps)), key=lambda rule: rule.weight
    ):
        style.update(rule.declarations)
    ground = style.get("background-color") or style.get("background") or element.get("bgcolor") or ""
    weight = style.get("font-weight", "")
    return replace(
        around,
        colour=colour.parse(style.get("color", "")) or around.colour,
        ground=colour.parse(ground) or around.ground,
        size=_px(style.get("font-size", "")) or around.size,
        bold=weight in {"bold", "600", "700"}
        if weight
        else around.bold or element.tag in {"strong", "b", "th"},
        align=style.get("text-align") or element.get("align") or around.align,
        underlined="underline" in style.get("text-decoration", "") or around.underlined,
        hidden=around.hidden or style.get("display") == "none" or style.get("visibility") == "hidden",
    )


def _px(value: str) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)px", value)
    return float(found.group(1)) if found else None


def _matches(element: HtmlElement, steps: tuple[str, ...]) -> bool:
    if not _is(element, steps[-1]):
        return False
    if len(steps) == 1:
        return True
    if steps[-2] == ">":
        parent = element.getparent()
        return parent is not None and _matches(parent, steps[:-2])
    return any(_matches(ancestor, steps[:-1]) for ancestor in element.iterancestors())


def _is(element: HtmlElement, step: str) -> bool:
    found = STEP.match(step)
    if not found:
        return False
    tag, classes = found.group(1), set(found.group(2).split(".")) - {""}
    return (not tag or element.tag == tag) and classes <= set((element.get("class") or "").split())
