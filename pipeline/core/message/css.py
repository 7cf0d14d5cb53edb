"""As much of CSS as our letters use: declarations, and the rules of the block of dark colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Literal

from lxml.html import HtmlElement

_DARK_BLOCK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_STEP = re.compile(r"([a-z0-9]*)((?:\.[\w-]+)*)\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a selector, such as `a.button`. An empty `tag` is any."""

    tag: str
    classes: frozenset[str]

    def fits(self, element: HtmlElement) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        return not self.classes or self.classes <= classes(element)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is declared for elements that fit `last` and stand `within` the steps before it, outermost first."""

    within: tuple[Step | Literal[">"], ...]
    last: Step
    declarations: Mapping[str, str]

    @property
    def weight(self) -> tuple[int, int]:
        """How specific the selector is: its classes, then its tags."""
        steps = [self.last, *(step for step in self.within if step != ">")]
        return sum(len(step.classes) for step in steps), sum(bool(step.tag) for step in steps)

    @property
    def needs(self) -> frozenset[str]:
        """Classes that what is around an element must have, wherever."""
        return frozenset(name for step in self.within if isinstance(step, Step) for name in step.classes)

    def applies_to(self, element: HtmlElement) -> bool:
        return self.last.fits(element) and _stands_within(element, self.within)


class Rules:
    """Rules that are looked up by what their last step asks for, since a page has many elements and few fit."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._by_name: dict[str, list[tuple[int, frozenset[str], Rule]]] = {}
        for place, rule in enumerate(sorted(rules, key=lambda rule: rule.weight)):
            name = f".{min(rule.last.classes)}" if rule.last.classes else rule.last.tag
            self._by_name.setdefault(name, []).append((place, rule.needs, rule))

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def of(self, element: HtmlElement, around: frozenset[str]) -> Iterator[Rule]:
        """Those that apply to `element`, the one that wins last. `around`: the classes of all that it stands in."""
        names = ["", element.tag, *(f".{name}" for name in classes(element))]
        found = [
            (place, rule)
            for name in names
            for place, needs, rule in self._by_name.get(name, ())
            if needs <= around and rule.applies_to(element)
        ]
        yield from (rule for _, rule in sorted(found, key=itemgetter(0)))


def dark_rules(sheet: str) -> Rules:
    """The rules for dark colours. One with a selector that we do not know applies to nothing, and is left out."""
    return Rules(
        Rule(steps[:-1], last, declared(declarations))
        for block in _DARK_BLOCK.findall(sheet)
        for selectors, declarations in _RULE.findall(block)
        for selector in selectors.split(",")
        if (steps := _steps(selector)) and (last := steps[-1]) != ">"
    )


@lru_cache(maxsize=4096)
def declared(style: str) -> Mapping[str, str]:
    """`color: #123456; margin: 0` as a dictionary, later declarations winning, `!important` taken off."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return MappingProxyType(
        {name.strip().lower(): value.replace("!important", "").strip() for name, value in pairs}
    )


def _steps(selector: str) -> tuple[Step | Literal[">"], ...]:
    """Empty where a step is none that we know."""
    steps: list[Step | Literal[">"]] = []
    for text in selector.split():
        if text == ">":
            steps.append(">")
        elif found := _STEP.match(text):
            steps.append(Step(found.group(1), frozenset(found.group(2).split(".")) - {""}))
        else:
            return ()
    return tuple(steps)


def _stands_within(element: HtmlElement, steps: tuple[Step | Literal[">"], ...]) -> bool:
    if not steps:
        return True
    if steps[-1] == ">":
        parent = element.getparent()
        return parent is not None and len(steps) > 1 and _fits_here(parent, steps[:-1])
    return any(_fits_here(ancestor, steps) for ancestor in element.iterancestors())


def _fits_here(element: HtmlElement, steps: tuple[Step | Literal[">"], ...]) -> bool:
    last = steps[-1]
    return last != ">" and last.fits(element) and _stands_within(element, steps[:-1])


def classes(element: HtmlElement) -> frozenset[str]:
    """The names in `class`."""
    return _names(element.get("class") or "")


@lru_cache(maxsize=1024)
def _names(value: str) -> frozenset[str]:
    return frozenset(value.split())
