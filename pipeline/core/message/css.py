"""As much of CSS as our letters use: declarations, and the rules of the block of dark colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
        return not self.classes or self.classes <= _classes(element)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is declared for elements that fit `last` and stand `within` the steps before it, outermost first."""

    within: tuple[Step | Literal[">"], ...]
    last: Step
    declarations: dict[str, str]

    @property
    def weight(self) -> tuple[int, int]:
        """How specific the selector is: its classes, then its tags."""
        steps = [self.last, *(step for step in self.within if step != ">")]
        return sum(len(step.classes) for step in steps), sum(bool(step.tag) for step in steps)

    def applies_to(self, element: HtmlElement) -> bool:
        return self.last.fits(element) and _stands_within(element, self.within)


class Rules:
    """Rules that are looked up by what their last step asks for, since a page has many elements and few fit."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._by_name: dict[str, list[tuple[int, Rule]]] = {}
        for place, rule in enumerate(sorted(rules, key=lambda rule: rule.weight)):
            name = f".{min(rule.last.classes)}" if rule.last.classes else rule.last.tag
            self._by_name.setdefault(name, []).append((place, rule))

    def of(self, element: HtmlElement) -> Iterator[Rule]:
        """Those that apply to `element`, the one that wins last."""
        if not self._by_name:
            return
        names = ["", element.tag, *(f".{name}" for name in _classes(element))]
        for _, rule in sorted(found for name in names for found in self._by_name.get(name, ())):
            if rule.applies_to(element):
                yield rule


def dark_rules(sheet: str) -> Rules:
    """The rules for dark colours. One with a selector that we do not know applies to nothing, and is left out."""
    return Rules(
        Rule(steps[:-1], last, declared(declarations))
        for block in _DARK_BLOCK.findall(sheet)
        for selectors, declarations in _RULE.findall(block)
        for selector in selectors.split(",")
        if (steps := _steps(selector)) and (last := steps[-1]) != ">"
    )


def declared(style: str) -> dict[str, str]:
    """`color: #123456; margin: 0` as a dictionary, later declarations winning, `!important` taken off."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip().lower(): value.replace("!important", "").strip() for name, value in pairs}


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


def _classes(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())
