"""Shortcodes of Hugo: `{{< figure >}}`, `{{% notice warning %}} ... {{% /notice %}}`."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.core.content.importers.foreign import components
from pipeline.core.content.importers.foreign.components import Component, Sort
from pipeline.core.content.importers.front_matter.strict import Fields, Scalar
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import gone, rewrite
from pipeline.core.content.inlines import tidy_text

_CODE = re.compile(
    r"\{\{[<%]\s{0,9}(?P<closes>/?)\s{0,9}(?P<name>[\w/.-]{1,60}+)(?P<rest>[^{}]{0,1000}?)(?P<alone>/?)\s{0,9}[>%]\}\}"
)
_NAMED = re.compile(r"([\w-]{1,40})=(?:\"([^\"]{0,900})\"|`([^`]{0,900})`|([^\s\"`]{1,200}))")
_UNNAMED = re.compile(r"\"([^\"]{0,900})\"|`([^`]{0,900})`|([^\s\"`]{1,200})")


def take(text: str, first_line: int, fields: Fields, notes: Notes) -> str:
    if "{{" not in text:
        return text
    closed = Counter(match["name"] for match in _CODE.finditer(text) if match["closes"])

    def one(match: re.Match[str], line: int) -> str:
        component = _component(match)
        if match["closes"]:
            if component.sort in (Sort.BOX, Sort.FOLD):
                return component.closing() + gone(match.group())
            notes.leave(line, match.group(), "a tag of the site's software; its words were kept")
            return components.taken(text, match.start(), match.end())
        if component.sort in (Sort.BOX, Sort.FOLD) and closed[match["name"]] > 0 and not match["alone"]:
            closed[match["name"]] -= 1
            return component.opening() + gone(match.group())
        if match["name"] in ("ref", "relref") and text[max(0, match.start() - 2) : match.start()] == "](":
            notes.leave(line, match.group(), "a link inside the site; its words were kept")
            return gone(match.group())
        if match["name"] in ("param", "ref", "relref"):
            known = fields.values.get("".join(component.unnamed[:1]))
            if isinstance(known, Scalar) and known.text:
                return tidy_text(known.text) + gone(match.group())
            return components.value_lost(match.group(), line, notes)
        words = component.whole(match.group(), line, notes)
        plain = gone(match.group())
        return words if words != plain else components.taken(text, match.start(), match.end())

    return rewrite(text, first_line, _CODE, one)


def _component(match: re.Match[str]) -> Component:
    rest = match["rest"]
    named = {key.lower(): a or b or c for key, a, b, c in _NAMED.findall(rest)}
    unnamed = [next(filter(None, words), "") for words in _UNNAMED.findall(_NAMED.sub(" ", rest))]
    return Component(match["name"], named, tuple(unnamed))
