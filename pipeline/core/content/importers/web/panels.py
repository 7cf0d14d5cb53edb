"""Accordions and tabs: which stretches of a page are shown by a button, and by which words."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.core.content.importers.web.tree import HEADINGS, Element, inside, words_of

_CONTROLS = ("aria-controls", "data-target", "data-bs-target", "href")
_LONGEST = 200  # characters of a label


@dataclass(slots=True)
class Panels:
    """`labels` has the words of the button for each panel that no heading names; `triggers` are such
    buttons, and `heads` the headings that hold one."""

    shown: set[Element] = field(default_factory=set)
    labels: dict[Element, str] = field(default_factory=dict)
    triggers: set[Element] = field(default_factory=set)
    heads: set[Element] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.labels)


def find(body: Element) -> Panels:
    panels = Panels()
    by_id = {e.get("id"): e for e in body.iter() if e.get("id")}
    for trigger in body.iter("button", "a", "div", "span", "li", *HEADINGS):
        panel = _panel_of(trigger, by_id)
        if panel is None or panel in panels.shown or inside(trigger, "nav", "header"):
            continue
        panels.shown.add(panel)
        head = trigger if trigger.tag in HEADINGS else next(trigger.iterancestors(*HEADINGS), None)
        if head is not None:
            panels.heads.add(head)
        else:
            panels.labels[panel] = words_of(trigger, most=_LONGEST)
            panels.triggers.add(trigger)
    for box in body.iter("details"):
        summary = box.find("summary")
        if summary is not None:
            panels.labels[box] = words_of(summary, most=_LONGEST)
            panels.triggers.add(summary)
        panels.shown.add(box)
    return panels


def _panel_of(trigger: Element, by_id: dict[str | None, Element]) -> Element | None:
    opens = "aria-expanded" in trigger.attrib or trigger.get("role") == "tab"
    toggles = trigger.get("data-toggle") or trigger.get("data-bs-toggle")
    if not (opens or toggles in ("collapse", "tab", "pill")):
        return None
    for name in _CONTROLS:
        if (target := by_id.get((trigger.get(name) or "").removeprefix("#"))) is not None:
            return target
    after = trigger.getnext()  # a button without aria-controls opens what follows it
    if after is not None and "aria-expanded" in trigger.attrib and after.tag in ("div", "section"):
        return after
    return None
