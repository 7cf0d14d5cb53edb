"""As much of CSS as our letters use: declarations, and the rules of the block of dark colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

_DARK_BLOCK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_STEP = re.compile(r"([a-z0-9]*)((?:\.[\w-]+)*)\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """An element as a selector sees it. `around` is the one that it stands in, `outer` are the classes of all those."""

    tag: str
    classes: frozenset[str]
    around: Place | None = None
    outer: frozenset[str] = frozenset()

    def inner(self, tag: str, classes: frozenset[str]) -> Place:
        """An element that stands in this one."""
        return Place(tag, classes, self, self.outer | self.classes if self.classes else self.outer)

    def outwards(self) -> Iterator[Place]:
        """What it stands in, the nearest first."""
        place = self.around
        while place is not None:
            yield place
            place = place.around


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a selector, such as `a.button`. An empty `tag` is any."""

    tag: str
    classes: frozenset[str]

    def fits(self, place: Place) -> bool:
        return (not self.tag or place.tag == self.tag) and self.classes <= place.classes


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

    def applies_to(self, place: Place) -> bool:
        return self.last.fits(place) and _stands_within(place, self.within)


class Rules:
    """Rules that are looked up by what their last step asks for, since a page has many elements and few fit."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._by_name: dict[str, list[tuple[int, Rule]]] = {}
        for place, rule in enumerate(sorted(rules, key=lambda rule: rule.weight)):
            name = f".{min(rule.last.classes)}" if rule.last.classes else rule.last.tag
            self._by_name.setdefault(name, []).append((place, rule))

    def of(self, place: Place) -> list[Rule]:
        """Those that apply to what stands at `place`, the one that wins last."""
        if not self._by_name:
            return []
        named = [self._by_name.get(name) for name in ("", place.tag, *map(".".__add__, place.classes))]
        found = [each for rules in named if rules for each in rules if each[1].applies_to(place)]
        return [rule for _, rule in sorted(found, key=lambda each: each[0])]


def dark_rules(sheet: str) -> Rules:
    """The rules for dark colours. One with a selector that we do not know applies to nothing, and is left out."""
    return Rules(
        Rule(steps[:-1], last, declared(declarations))
        for block in _DARK_BLOCK.findall(sheet)
        for selectors, declarations in _RULE.findall(block)
        for selector in selectors.split(",")
        if (steps := _steps(selector)) and (last := steps[-1]) != ">"
    )


@lru_cache(maxsize=2048)  # a letter writes the same few styles hundreds of times
def declared(style: str) -> Mapping[str, str]:
    """`color: #123456; margin: 0` as a mapping, later declarations winning, `!important` taken off."""
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


def _stands_within(place: Place, steps: tuple[Step | Literal[">"], ...]) -> bool:
    if not steps:
        return True
    if steps[-1] == ">":
        return place.around is not None and len(steps) > 1 and _fits_here(place.around, steps[:-1])
    last = steps[-1]
    if not last.classes <= place.outer:
        return False  # most elements, at the price of one look
    if len(steps) == 1 and len(last.classes) == 1 and not last.tag:
        return True
    return any(_fits_here(around, steps) for around in place.outwards())


def _fits_here(place: Place, steps: tuple[Step | Literal[">"], ...]) -> bool:
    last = steps[-1]
    return last != ">" and last.fits(place) and _stands_within(place, steps[:-1])
